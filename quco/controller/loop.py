"""The control loop of QuCo-RAG (arXiv 2512.19134, section 3), without any input or output.

`answer_steps` is a generator: it yields effects and is sent replies (see `effects`), and returns
the answer. Stage one asks the corpus about the question's entities; stage two drafts, splits the
draft into sentences, has each checked, accepts those before the first suspect one, puts that right
as the corpus has it or retrieves for it, and drafts again from there. The final answer to a
comparison must follow from what was said.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace

from quco.answer import Answer, Decision, Outcome
from quco.controller.asking import ask_question, ask_sentence, context
from quco.controller.concluding import closing, concluded
from quco.controller.drafting import Drafter, StopError
from quco.controller.effects import AskAgain, Effect, Reply, Watch
from quco.controller.leading import Leader
from quco.controller.ledger import Ledger
from quco.controller.revising import revise, will_revise
from quco.controller.searching import Searcher
from quco.controller.trying import Tries, Try
from quco.demonstrations import CLOSING
from quco.drafts import CutDraft, cut_draft, is_refusal
from quco.errors import BudgetExhaustedError
from quco.ports import GeneratorCapabilities
from quco.prompts import FewShotPrompt, final_answer
from quco.types import SentenceReport, Verdict

FINAL_TOKENS = 32
"""New tokens of a final answer that has to be asked for."""

DECLINES = "the model declines to answer"
"""Reason of what is done about a refusal."""

Steps = Generator[Effect, Reply, Answer]
"""The loop as a generator."""


def answer_steps(
    ledger: Ledger,
    prompt: FewShotPrompt,
    split: Callable[[str], list[str]],
    capabilities: GeneratorCapabilities | None = None,
) -> Steps:
    """Answer a question; see the module's first lines.

    Parameters
    ----------
    ledger : Ledger
        The question, the policy, and an empty record that is filled step by step.
    prompt : FewShotPrompt
        Makes the requests.
    split : callable
        Text to sentences; joined, they must give the text back.
    capabilities : GeneratorCapabilities, optional
        What the generator can do: how much fits into a prompt, and whether an answer can be
        continued exactly. Where it cannot, a draft is the whole rest of the answer, and what it
        says again is passed over.

    Raises
    ------
    BudgetExhaustedError
        If a sentence is still suspect after its budget and the policy says "raise".
    GenerationError
        If the generator fails before it has written anything.
    """
    loop = _Loop(ledger, prompt, split, capabilities or GeneratorCapabilities())
    try:
        yield from loop.check_question()
        yield from loop.write()
        yield from loop.complete()
    except StopError as stop:
        ledger.decide(Decision("stop", str(stop), verdict=stop.verdict))
        return ledger.answer(stop.outcome)
    return ledger.answer(loop.outcome)


class _Loop:
    def __init__(
        self,
        ledger: Ledger,
        prompt: FewShotPrompt,
        split: Callable[[str], list[str]],
        capabilities: GeneratorCapabilities,
    ) -> None:
        self.ledger = ledger
        self.policy = ledger.policy
        self.searcher = Searcher(ledger)
        self.drafter = Drafter(ledger, prompt, capabilities.context_tokens)
        self.split = split
        self.exact = capabilities.prefix != "emulated"
        self.leader = Leader(ledger, exact=self.exact)
        self.tries = Tries(ledger.policy.keep_draft)
        self.begins = ""
        """How the sentence begins that the model is led to, until one is accepted."""
        self.watch: Watch | None = None
        """What was found out while the last draft was written."""
        self.outcome: Outcome = "complete"

    def check_question(self) -> Generator[Effect, Reply, None]:
        """Stage one."""
        if not self.policy.check_question:
            return
        report = yield from ask_question(self.ledger)
        self.leader.opening = report.leads_to
        wanted = self._suspect(report.verdict, known=True, reason=report.reason)
        self.ledger.decide(
            Decision("check_question", report.reason, verdict=report.verdict, report=report)
        )
        if wanted:
            yield from self.searcher.for_question(report)

    def write(self) -> Generator[Effect, Reply, None]:
        """Stage two: draft and judge until the answer has ended."""
        finished = False
        while not finished:
            if self.ledger.room <= 0:
                self.ledger.stop(f"max_tokens={self.policy.max_tokens} is spent")
                self.outcome = "truncated"
                return
            accepted = yield from self._judge((yield from self._draft()))
            finished = accepted is not None and (accepted.ended or not accepted.sentences)
            if finished and accepted is not None and accepted.circular:
                self.ledger.stop("the model repeats itself")

    def _draft(self) -> Generator[Effect, Reply, CutDraft]:
        """Return the sentences of a draft that goes on from the accepted text."""
        room = self.ledger.room
        wanted = min(room, self.policy.draft_tokens) if self.exact else room
        self.leader.start()
        self.begins = self.begins or self.leader.upcoming()
        if self.exact and self.policy.check_sentences:
            said, leaves = context(self.ledger), self.leader.leaves
            self.watch = Watch(said, self.begins, self._is_enough, leaves)
        draft = yield from self.drafter.draft(wanted, self.begins, self.watch)
        draft = replace(draft, text=self.begins + draft.text)
        cut = self._without_repeats(cut_draft(draft, self.split, begun=bool(self.ledger.sentences)))
        if not cut.sentences:
            self.begins = ""
        return cut

    def _is_enough(self, report: SentenceReport, ask: AskAgain) -> bool:
        """Return whether a draft need not go on after a sentence.

        What follows one that will be tried again is written for nothing, and another try is about
        its sentence alone: where that is no better, the first draft goes on.
        """
        if self.leader.is_astray(report) or self._refuses(report.text):
            return True
        if self.tries.n > 1 or closing(self.ledger, report):
            return True
        if not self._is_suspect(report.verdict, known=bool(report.claims)):
            return False
        again = self.policy.max_regenerations > 0 and self.searcher.may_help(report)
        return again or will_revise(self.ledger, report, ask)

    def _refuses(self, sentence: str) -> bool:
        """Return whether the model declines to say what it was led to; it may say other things."""
        return bool(self.begins) and is_refusal(sentence)

    def _without_repeats(self, cut: CutDraft) -> CutDraft:
        """Return what a draft says for the first time, up to where it begins to repeat itself."""
        said = {sentence.text.strip() for sentence in self.ledger.sentences}
        sentences = list(cut.sentences)
        if not self.exact:
            # A model that cannot go on where it stopped may say all of it again.
            while sentences and sentences[0].strip() in said:
                del sentences[0]
        for number, sentence in enumerate(sentences):
            if sentence.strip() in said:
                return CutDraft(tuple(sentences[:number]), ended=True, circular=True)
            said.add(sentence.strip())
        return replace(cut, sentences=tuple(sentences))

    def complete(self) -> Generator[Effect, Reply, None]:
        """Ask for the final answer where the model ended without one."""
        if not final_answer(self.ledger.text):
            said = "without a final answer" if self.ledger.sentences else "before it began"
            self.ledger.decide(Decision("complete", f"the model ended {said}"))
            while not final_answer(self.ledger.text):
                yield from self._judge((yield from self._closing()))
        if is_refusal(final_answer(self.ledger.text)):
            raise StopError("abstained", DECLINES)

    def _closing(self) -> Generator[Effect, Reply, CutDraft]:
        """Return the sentence with the final answer, asked for; first one that it lacks."""
        if self.begins and self.ledger.room > 0:
            return (yield from self._draft())
        draft = yield from self.drafter.draft(FINAL_TOKENS, f" {CLOSING}")
        stated = draft.text.strip().split("\n", 1)[0]
        final = self.split(f"{CLOSING} {final_answer(stated) or stated}")[0].rstrip()
        if not final_answer(final):
            raise StopError("failed", "the model gives no answer")
        return CutDraft((self.ledger.after(final),), ended=True)

    def _judge(self, cut: CutDraft) -> Generator[Effect, Reply, CutDraft | None]:
        """Accept sentences up to the first suspect one, or up to what the answer follows from.

        Returns the draft that was accepted to its end, which is the first draft of a sentence
        where a later one was no better; None where a sentence is to be drafted anew.
        """
        left = list(cut.sentences)
        while left:
            sentence, shown = left.pop(0), tuple(self.ledger.shown)
            known = self.watch.replies if self.watch else {}
            report = yield from ask_sentence(self.ledger, sentence, known, tuple(left))
            if begins := self.leader.missing(report):
                self.begins = begins
                cut = yield from self._draft()
                left = list(cut.sentences)
                continue
            sentence, report = concluded(self.ledger, sentence, report)
            claims = bool(report.claims)
            suspect = self._suspect(report.verdict, known=claims, reason=sentence.strip())
            if suspect and (better := (yield from revise(self.ledger, report, known))):
                sentence, report, suspect = better.text, better, False
                cut, left = CutDraft((sentence,), ended=False), []
            if (yield from self._wants_another_try(sentence, report, suspect=suspect)):
                this = Try(sentence, report, cut, tuple(left), shown)
                self.tries.again(this if suspect else None)
                return None
            if self._refuses(sentence):
                self.begins = ""
                return None
            if suspect and (earlier := self.tries.better_than(report)):
                sentence, report, cut, rest, shown = earlier
                self.ledger.shown = list(shown)
                left = list(rest)
            self.leader.start()
            self._accept(sentence, report, suspect=suspect)
            if self.leader.is_astray(report) or (left and self.leader.leaves(left[0])):
                cut, left = CutDraft((sentence,), ended=False), []
            if final := closing(self.ledger, report):
                cut, left = CutDraft((final,), ended=True), [final]
        return cut

    def _wants_another_try(
        self, sentence: str, report: SentenceReport, *, suspect: bool
    ) -> Generator[Effect, Reply, bool]:
        if self.tries.n > self.policy.max_regenerations:
            return False
        if suspect:
            styles = self.policy.queries[self.tries.n - 1 :] or self.policy.queries[-1:]
            return (yield from self.searcher.for_sentence(report, styles, _why(report)))
        if self.policy.check_sentences and is_refusal(sentence):
            return (yield from self.searcher.for_sentence(report, ("question",), DECLINES))
        return False

    def _accept(self, sentence: str, report: SentenceReport, *, suspect: bool) -> None:
        if suspect and self.policy.on_exhausted == "raise":
            raise BudgetExhaustedError(
                f"still {report.verdict.value} after {self.tries.n} tries: {sentence.strip()!r}; "
                "raise the budget or set on_exhausted to 'accept' or 'abstain'"
            )
        if suspect and self.policy.on_exhausted == "abstain":
            reason = f"still suspect after {self.tries.n} tries: {sentence.strip()!r}"
            raise StopError("abstained", reason, report.verdict)
        self.ledger.accept(report, text=sentence, tries=self.tries.n, marked=suspect)
        self.ledger.note("keep_marked" if suspect else "accept", report, _why(report))
        self.tries = Tries(self.policy.keep_draft)
        self.begins = ""

    def _suspect(self, verdict: Verdict, *, known: bool, reason: str) -> bool:
        """Whether to work on it; `known` is False for a sentence that claims nothing."""
        if verdict is Verdict.UNKNOWN and known and self.policy.on_unknown == "abstain":
            raise StopError("abstained", f"the corpus cannot say: {reason}", verdict)
        return self._is_suspect(verdict, known=known)

    def _is_suspect(self, verdict: Verdict, *, known: bool) -> bool:
        unknown = verdict is Verdict.UNKNOWN and known and self.policy.on_unknown == "retrieve"
        return verdict is Verdict.UNSUPPORTED or unknown


def _why(report: SentenceReport) -> str:
    """Return the reason of the claim that decided, or of the sentence."""
    for claim in report.claims:
        if claim.verdict is report.verdict and claim.reason:
            return claim.reason
    return report.reason
