"""What the baselines share: drafting, retrieving, accepting, and ending with a final answer.

Each of them is a generator of effects over one `Writer`, which keeps the books in the same ledger
as the control loop, so that costs and decisions of all methods mean the same.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from eval.methods.base import Method
from eval.types import Sample
from quco.answer import Answer, Decision, Outcome
from quco.config import ControllerPolicy
from quco.controller.effects import Effect, Generate, Reply, Retrieve
from quco.controller.ledger import Ledger
from quco.controller.loop import Steps
from quco.demonstrations import CLOSING
from quco.drafts import CutDraft, cut_draft, leading_space
from quco.errors import GenerationError, QuCoError
from quco.prompts import final_answer
from quco.types import Generation, Passage, SentenceReport, Verdict

V = TypeVar("V")

Work = Generator[Effect, Reply, V]
"""Steps that return a value."""

FINAL_TOKENS = 32
"""New tokens of a final answer that has to be asked for."""


class _StopError(Exception):
    """Ends the answer as it stands."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome


class Writer:
    """The answer that is being written.

    Parameters
    ----------
    method : Method
        Whose options and parts are used.
    sample : Sample
        The question.
    """

    def __init__(self, method: Method[Any], sample: Sample) -> None:
        options = method.options
        policy = ControllerPolicy(
            k=options.k,
            max_passages=options.k,
            max_retrievals=options.max_retrievals,
            draft_tokens=options.draft_tokens,
            max_tokens=options.max_tokens,
            max_llm_calls=options.max_llm_calls,
        )
        self.ledger = Ledger(sample.question, policy)
        self.method = method
        self.sample = sample
        self.outcome: Outcome = "complete"

    @property
    def question(self) -> str:
        """The question."""
        return self.sample.question

    @property
    def text(self) -> str:
        """What has been accepted."""
        return self.ledger.text

    @property
    def room(self) -> int:
        """Tokens that the answer may still grow by."""
        return self.ledger.room

    def split(self, text: str) -> list[str]:
        """Return the sentences of a text, white space at the beginning of each, none at the end."""
        return leading_space(self.method.parts.extractor.split(text) if text.strip() else [])

    # ------------------------------------------------------------ effects

    def draft(
        self,
        max_tokens: int,
        *,
        lead: str = "",
        bare: bool = False,
        logprobs: bool = False,
        attentions: bool = False,
    ) -> Work[Generation]:
        """Have the accepted text plus `lead` continued; `bare` hides the passages."""
        prompt = self.method.parts.prompt
        shown = [] if bare else self.ledger.visible
        request = prompt.request(self.question, shown, self.text + lead, max_tokens)
        effect = Generate(replace(request, logprobs=logprobs, attentions=attentions))
        if refusal := self.ledger.exhausted(Generate):
            raise _StopError("truncated", refusal)
        try:
            return (yield from self.ledger.perform(effect, Generation))
        except QuCoError as error:
            if not self.ledger.sentences:
                raise GenerationError(str(error)) from error
            raise _StopError("failed", f"the generator failed: {error}") from error

    def retrieve(self, query: str, reason: str, *, keep: bool = False) -> Work[bool]:
        """Show the passages for `query`, and no others unless `keep`; return whether it worked."""
        effect = Retrieve(query, self.ledger.policy.k)
        found: list[Passage] = []
        if refusal := self.ledger.exhausted(Retrieve):
            reason = f"{reason}; {refusal}"
        else:
            try:
                found = yield from self.ledger.perform(effect, list[Passage])
            except QuCoError as error:
                reason = f"{reason}; retrieval failed: {error}"
        self.ledger.decide(
            Decision(
                "retrieve",
                reason,
                queries=() if refusal else (query,),
                passages=tuple(passage.id for passage in found),
            )
        )
        if found:
            self.show(found, keep=keep)
        return bool(found)

    def show(self, passages: Sequence[Passage], *, keep: bool = False) -> None:
        """Have the model see these passages from now on; `keep` adds them to those it sees."""
        for passage in passages:
            self.ledger.passages.setdefault(passage.id, passage)
        before = self.ledger.shown if keep else []
        self.ledger.shown = list(dict.fromkeys([*before, *(p.id for p in passages)]))

    # ------------------------------------------------------------ text

    def accept(self, text: str, reason: str) -> bool:
        """Append a piece of text; return whether the answer may go on."""
        repeated = len(text.strip()) > 1 and any(
            text.strip() == sentence.text.strip() for sentence in self.ledger.sentences
        )
        if not text.strip() or repeated:
            why = "the model repeats itself" if repeated else "the model wrote nothing"
            self.ledger.decide(Decision("stop", why, sentence=text.strip()))
            return False
        report = SentenceReport(text, Verdict.UNKNOWN, reason="not checked")
        self.ledger.accept(report, text=text, tries=1, marked=False)
        self.ledger.decide(Decision("accept", reason, sentence=text.strip()))
        return True

    def accept_draft(self, draft: Generation, reason: str) -> bool:
        """Append a whole draft, sentence by sentence; return whether the answer goes on."""
        cut = self.cut(draft)
        for sentence in cut.sentences:
            if not self.accept(sentence, reason):
                return False
        return bool(cut.sentences) and not cut.ended

    def accept_first(self, draft: Generation, reason: str) -> str:
        """Append the first sentence of a draft; return it, or nothing where the answer ends."""
        cut = self.cut(draft)
        if not cut.sentences or not self.accept(cut.sentences[0], reason):
            return ""
        return "" if cut.ended and len(cut.sentences) == 1 else cut.sentences[0].strip()

    def cut(self, draft: Generation) -> CutDraft:
        """Return the whole sentences of a draft, and whether the answer ends with them."""
        split = self.method.parts.extractor.split
        return cut_draft(draft, split, begun=bool(self.ledger.sentences))

    def complete(self) -> Work[None]:
        """Ask for the final answer where the model ended without one."""
        if final_answer(self.text):
            return
        self.ledger.decide(Decision("complete", "the draft ended without a final answer"))
        draft = yield from self.draft(FINAL_TOKENS, lead=f" {CLOSING}")
        stated = draft.text.strip().split("\n", 1)[0]
        lead = " " if self.ledger.sentences else ""
        closing = self.split(f"{CLOSING} {final_answer(stated) or stated}")[0]
        self.accept(lead + closing, "asked for the final answer")

    def answer(self) -> Answer:
        """Return the answer as it stands."""
        return self.ledger.answer(self.outcome)


def written(method: Method[Any], sample: Sample, work: Callable[[Writer], Work[None]]) -> Steps:
    """Return the steps of an answer that `work` writes and that ends with a final answer."""
    writer = Writer(method, sample)
    try:
        yield from work(writer)
        if writer.room <= 0:
            writer.outcome = "truncated"
        yield from writer.complete()
    except _StopError as stop:
        writer.ledger.decide(Decision("stop", str(stop)))
        writer.outcome = stop.outcome
    return writer.answer()
