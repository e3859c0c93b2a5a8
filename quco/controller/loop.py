"""The control loop of QuCo-RAG (arXiv 2512.19134, section 3), without any input or output.

`answer_steps` is a generator: it yields effects and is sent replies (see `effects`), and returns
the answer. Stage one asks the corpus about the question's entities; stage two drafts, splits the
draft into sentences, has each checked, accepts those before the first suspect one, retrieves for
it, and drafts again from there.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TypeVar, cast, get_origin

from quco.answer import Answer, Decision, Outcome
from quco.controller.effects import (
    CheckQuestion,
    CheckSentence,
    Effect,
    Generate,
    Reply,
    Retrieve,
)
from quco.controller.ledger import Ledger
from quco.errors import BudgetExhaustedError, GenerationError, QuCoError
from quco.ports import ExtractionContext
from quco.prompts import CLOSING, FewShotPrompt, final_answer, split_closing
from quco.queries import make_queries
from quco.types import Generation, Passage, QuestionReport, SentenceReport, Verdict

V = TypeVar("V")

FINAL_TOKENS = 32
"""New tokens of a final answer that has to be asked for."""

Steps = Generator[Effect, Reply, Answer]
"""The loop as a generator."""


class _StopError(Exception):
    """Ends the loop early with the answer as it stands."""

    def __init__(self, outcome: Outcome, reason: str, verdict: Verdict | None = None) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.verdict = verdict


def answer_steps(ledger: Ledger, prompt: FewShotPrompt, split: Callable[[str], list[str]]) -> Steps:
    """Answer a question; see the module's first lines.

    Parameters
    ----------
    ledger : Ledger
        The question, the policy, and an empty record that is filled step by step.
    prompt : FewShotPrompt
        Makes the requests.
    split : callable
        Text to sentences; joined, they must give the text back.

    Raises
    ------
    BudgetExhaustedError
        If a sentence is still suspect after its budget and the policy says "raise".
    GenerationError
        If the generator fails before it has written anything.
    """
    loop = _Loop(ledger, prompt, split)
    try:
        yield from loop.check_question()
        yield from loop.write()
        yield from loop.complete()
    except _StopError as stop:
        loop.ledger.decide(Decision("stop", str(stop), verdict=stop.verdict))
        return loop.ledger.answer(stop.outcome)
    return loop.ledger.answer(loop.outcome)


class _Loop:
    def __init__(
        self, ledger: Ledger, prompt: FewShotPrompt, split: Callable[[str], list[str]]
    ) -> None:
        self.ledger = ledger
        self.policy = ledger.policy
        self.prompt = prompt
        self.split = split
        self.tries = 1
        self.repeating = False
        self.outcome: Outcome = "complete"

    def check_question(self) -> Generator[Effect, Reply, None]:
        """Stage one."""
        if not self.policy.check_question:
            return
        question = self.ledger.question
        report = yield from self._ask_question(question)
        wanted = self._suspect(report.verdict, known=True, reason=report.reason)
        self.ledger.decide(
            Decision("check_question", report.reason, verdict=report.verdict, report=report)
        )
        if wanted:
            yield from self._retrieve([question], report.reason, report.verdict, None)

    def write(self) -> Generator[Effect, Reply, None]:
        """Stage two: draft and judge until the answer has ended."""
        finished = False
        while not (finished or self.repeating):
            room = self.policy.max_tokens - self.ledger.n_tokens
            if room <= 0:
                reason = f"max_tokens={self.policy.max_tokens} is spent"
                self.ledger.decide(Decision("stop", reason))
                self.outcome = "truncated"
                return
            draft = yield from self._draft(min(room, self.policy.draft_tokens))
            sentences, ended = self._cut(draft)
            if not sentences:
                if not self.ledger.sentences:
                    raise _StopError("failed", "the model wrote nothing")
                return
            finished = (yield from self._judge(sentences)) and ended

    def _cut(self, draft: Generation) -> tuple[list[str], bool]:
        """Return the sentences of a draft that can be judged, and whether the answer has ended.

        A last sentence that the token limit cut short is left for the next draft, unless it is
        the only one.
        """
        body, closing = split_closing(draft.text)
        sentences = _with_leading_space(self.split(body) if body.strip() else [])
        if closing is not None:
            closing = self.split(closing)[0].rstrip()
            sentences.append(self._lead(sentences) + closing)
        whole = draft.finish_reason == "stop" or _goes_on_after(draft.text, closing)
        if not whole and len(sentences) > 1:
            sentences.pop()
            return sentences, False
        return sentences, whole or closing is not None

    def _lead(self, sentences: Sequence[str]) -> str:
        return " " if sentences or self.ledger.sentences else ""

    def complete(self) -> Generator[Effect, Reply, None]:
        """Ask for the final answer where the model ended without one."""
        if final_answer(self.ledger.text):
            return
        self.ledger.decide(Decision("complete", "the draft ended without a final answer"))
        lead = f" {CLOSING}"
        draft = yield from self._draft(FINAL_TOKENS, lead)
        closing = lead + draft.text.split("\n", 1)[0]
        yield from self._judge([closing])

    def _judge(self, sentences: Sequence[str]) -> Generator[Effect, Reply, bool]:
        """Accept sentences up to the first suspect one; return whether all were accepted."""
        for sentence in sentences:
            if any(s.text.strip() == sentence.strip() for s in self.ledger.sentences):
                self.ledger.decide(
                    Decision("stop", "the model repeats itself", sentence=sentence.strip())
                )
                self.repeating = True
                return False
            report = yield from self._ask_sentence(sentence)
            known = bool(report.claims)
            suspect = self._suspect(report.verdict, known=known, reason=sentence.strip())
            if suspect and (yield from self._prepare_another_try(report)):
                self.tries += 1
                return False
            self._accept(sentence, report, suspect=suspect)
        return True

    def _accept(self, sentence: str, report: SentenceReport, *, suspect: bool) -> None:
        if suspect and self.policy.on_exhausted == "raise":
            raise BudgetExhaustedError(
                f"still {report.verdict.value} after {self.tries} tries: {sentence.strip()!r}; "
                "raise the budget or set on_exhausted to 'accept' or 'abstain'"
            )
        if suspect and self.policy.on_exhausted == "abstain":
            reason = f"still suspect after {self.tries} tries: {sentence.strip()!r}"
            raise _StopError("abstained", reason, report.verdict)
        self.ledger.accept(report, text=sentence, tries=self.tries, marked=suspect)
        self.ledger.decide(
            Decision(
                "keep_marked" if suspect else "accept",
                _why(report),
                verdict=report.verdict,
                sentence=sentence.strip(),
                report=report,
            )
        )
        self.tries = 1

    def _prepare_another_try(self, report: SentenceReport) -> Generator[Effect, Reply, bool]:
        """Retrieve for a suspect sentence; return whether another draft can differ."""
        if self.tries > self.policy.max_regenerations:
            return False
        for style in self.policy.queries[self.tries - 1 :] or self.policy.queries[-1:]:
            queries = make_queries(report, self.ledger.question, style)
            new = yield from self._retrieve(queries, _why(report), report.verdict, report)
            if new:
                self.ledger.decide(
                    Decision(
                        "regenerate",
                        "new passages were found",
                        verdict=report.verdict,
                        sentence=report.text.strip(),
                        passages=tuple(self.ledger.shown),
                    )
                )
                return True
        return False

    def _retrieve(
        self,
        queries: Sequence[str],
        reason: str,
        verdict: Verdict,
        report: SentenceReport | None,
    ) -> Generator[Effect, Reply, bool]:
        """Run the queries the budget allows; return whether the model now sees new passages."""
        found: list[Passage] = []
        asked: list[str] = []
        for query in queries:
            effect = Retrieve(query, self.policy.k)
            if refusal := self.ledger.exhausted(effect):
                reason = f"{reason}; {refusal}"
                break
            asked.append(query)
            try:
                found.extend((yield from self._perform(effect, list[Passage])))
            except QuCoError as error:
                reason = f"{reason}; retrieval failed: {error}"
                break
        self.ledger.decide(
            Decision(
                "retrieve",
                reason,
                verdict=verdict,
                sentence=report.text.strip() if report else None,
                report=report,
                queries=tuple(asked),
                passages=tuple(dict.fromkeys(passage.id for passage in found)),
            )
        )
        return self.ledger.show(found)

    def _draft(self, wanted: int, lead: str = "") -> Generator[Effect, Reply, Generation]:
        """Have the accepted text plus `lead` continued by up to `wanted` tokens."""
        ledger = self.ledger
        prefix = ledger.text + lead
        effect = Generate(self.prompt.request(ledger.question, ledger.visible, prefix, wanted))
        if refusal := ledger.exhausted(effect):
            raise _StopError("truncated", refusal)
        try:
            return (yield from self._perform(effect, Generation))
        except QuCoError as error:
            if not ledger.sentences:
                raise GenerationError(str(error)) from error
            raise _StopError("failed", f"the generator failed: {error}") from error

    def _ask_question(self, question: str) -> Generator[Effect, Reply, QuestionReport]:
        try:
            return (yield from self._perform(CheckQuestion(question), QuestionReport))
        except QuCoError as error:
            return QuestionReport(question, (), Verdict.UNKNOWN, str(error))

    def _ask_sentence(self, sentence: str) -> Generator[Effect, Reply, SentenceReport]:
        if not self.policy.check_sentences:
            return SentenceReport(sentence, Verdict.UNKNOWN, reason="not checked")
        preceding = tuple(s.text for s in self.ledger.sentences)
        context = ExtractionContext(self.ledger.question, preceding)
        try:
            return (yield from self._perform(CheckSentence(sentence, context), SentenceReport))
        except QuCoError as error:
            return SentenceReport(sentence, Verdict.UNKNOWN, reason=str(error))

    def _suspect(self, verdict: Verdict, *, known: bool, reason: str) -> bool:
        """Whether to work on it; `known` is False for a sentence that claims nothing."""
        if verdict is Verdict.UNKNOWN and known and self.policy.on_unknown == "abstain":
            raise _StopError("abstained", f"the corpus cannot say: {reason}", verdict)
        unknown = verdict is Verdict.UNKNOWN and known and self.policy.on_unknown == "retrieve"
        return verdict is Verdict.UNSUPPORTED or unknown

    def _perform(self, effect: Effect, kind: type[V]) -> Generator[Effect, Reply, V]:
        """Yield an effect, book its cost, and return its value or raise its error."""
        reply = yield effect
        self.ledger.charge(effect, reply)
        if reply.error is not None:
            raise reply.error
        if not isinstance(reply.value, get_origin(kind) or kind):
            raise TypeError(f"{effect} was answered with {reply.value!r}; expected {kind}")
        return cast(V, reply.value)


def _why(report: SentenceReport) -> str:
    """Return the reason of the claim that decided, or of the sentence."""
    for claim in report.claims:
        if claim.verdict is report.verdict and claim.reason:
            return claim.reason
    return report.reason


def _with_leading_space(pieces: Sequence[str]) -> list[str]:
    """Move white space from the end of a sentence to the beginning of the next.

    A prompt that ends in white space makes models stumble.
    """
    sentences: list[str] = []
    space = ""
    for piece in pieces:
        text = space + piece
        kept = text.rstrip()
        space = text[len(kept) :]
        if kept:
            sentences.append(kept)
    return sentences


def _goes_on_after(draft: str, closing: str | None) -> bool:
    """Whether the draft has text after its final-answer sentence, so that this one is whole."""
    return closing is not None and not draft.endswith(closing)
