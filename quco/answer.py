"""An answer and everything that led to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from quco.errors import InputError
from quco.serialize import to_jsonable
from quco.types import Passage, QuestionReport, SentenceReport, Verdict

if TYPE_CHECKING:
    from pydantic import TypeAdapter

DecisionKind = Literal[
    "check_question",
    "accept",
    "look",
    "retrieve",
    "regenerate",
    "revise",
    "keep_marked",
    "premise",
    "conclude",
    "complete",
    "stop",
]
"""What the controller can decide; in words in `Decision`."""

Outcome = Literal["complete", "abstained", "truncated", "failed"]
"""How an answer ended."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One step of the control loop.

    `check_question` looked at the question, `accept` and `keep_marked` ended the work on a
    sentence, `look` showed articles of the corpus that was counted in, `retrieve` asked for
    passages or, without queries, says why not, `regenerate` threw a sentence away, `revise` put
    what the corpus says into one, `premise` asked for a sentence without which the final answer
    follows from nothing or says nothing, `conclude` put a final answer right, `complete` asked for
    one that was missing, `stop` ended the loop early.
    """

    kind: DecisionKind
    """What was decided."""

    reason: str
    """Why, in one line for people."""

    verdict: Verdict | None = None
    """The verdict that led to it, where one did."""

    sentence: str | None = None
    """The sentence it is about, where it is about one."""

    report: QuestionReport | SentenceReport | None = None
    """Entities, claims, counts and evidence, where the corpus was asked."""

    queries: tuple[str, ...] = ()
    """What the retriever was asked."""

    passages: tuple[str, ...] = ()
    """Ids of the passages that came back."""


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence of the answer and why it is there."""

    text: str
    """The sentence, white space around it included."""

    report: SentenceReport
    """Its claims with counts, verdict and evidence."""

    tries: int = 1
    """How many drafts of it were made."""

    passages: tuple[str, ...] = ()
    """Ids of the passages the model saw when it wrote the sentence."""

    cited: tuple[str, ...] = ()
    """Those of them that name head and tail of a claim of the sentence."""

    marked: bool = False
    """True where it is still suspect and the budget was spent."""

    @property
    def verdict(self) -> Verdict:
        """The verdict on the sentence."""
        return self.report.verdict


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost."""

    llm_calls: int = 0
    """Calls of the generator."""

    prompt_tokens: int = 0
    """Tokens the generator read."""

    completion_tokens: int = 0
    """Tokens the generator wrote."""

    retrievals: int = 0
    """Queries put to the retriever."""

    looks: int = 0
    """Times that the model was shown places of the corpus that is counted in."""

    checks: int = 0
    """Times that the corpus was asked about a question or a sentence."""

    seconds: Mapping[str, float] = field(default_factory=dict)
    """Seconds spent by part: ``generate``, ``retrieve``, ``check``, ``look``."""

    first_token_s: float | None = None
    """Seconds of all parts up to the first drafted token; None where the generator tells none."""

    @property
    def total_s(self) -> float:
        """Seconds of all parts."""
        return sum(self.seconds.values())


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question, with its evidence."""

    question: str
    """The question."""

    text: str
    """The whole answer, reasoning included."""

    final: str
    """The short final answer; empty where there is none."""

    sentences: tuple[AnswerSentence, ...]
    """The sentences of `text`, in order."""

    decisions: tuple[Decision, ...]
    """What was decided, in order."""

    passages: tuple[Passage, ...]
    """Every passage that was retrieved, in order of arrival, without duplicates."""

    usage: Usage
    """What it cost."""

    outcome: Outcome = "complete"
    """How it ended."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists, strings and numbers that go through JSON unchanged.

        Whatever else a passage's metadata holds becomes a string.
        """
        plain: dict[str, Any] = to_jsonable(self, other=str)
        for shown, sentence in zip(plain["sentences"], self.sentences, strict=True):
            shown["verdict"] = sentence.verdict.value
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Answer:
        """Return the answer that `to_dict` made `plain` of.

        Raises
        ------
        InputError
            If a part is missing or has another type; the message names it.
        """
        from pydantic import ValidationError

        try:
            return _reader().validate_python(dict(plain))
        except ValidationError as exc:
            first = exc.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise InputError(f"this is no answer: {where}: {first['msg']}") from exc


@cache
def _reader() -> TypeAdapter[Answer]:
    from pydantic import TypeAdapter

    return TypeAdapter(Answer)
