"""What the control loop asks of the world, and what it is told.

The loop does nothing itself: it yields one of these effects and is sent a `Reply`. Whoever drives
it decides how the effect is carried out: at once, in a thread, or together with others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from quco.errors import QuCoError
from quco.ports import ExtractionContext
from quco.types import (
    Generation,
    GenerationRequest,
    Passage,
    QuestionReport,
    SentenceReport,
    Surroundings,
)

AskAgain = Callable[[str], SentenceReport | None]
"""Asks the corpus about a sentence; None where it cannot say."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How far a draft is wanted: up to the first sentence after which `until` says so.

    Where the generator can stop in between (`GenerationRequest.enough`), sentences are checked as
    they are written, and what was found out about them is kept here.
    """

    context: ExtractionContext
    """What stands before the draft."""

    begins: str
    """How its first sentence begins, before what the model writes."""

    until: Callable[[SentenceReport, AskAgain], bool]
    """Whether no more is wanted after a sentence; it may ask about another in its place."""

    leaves: Callable[[str], bool]
    """Whether no more is wanted of a sentence that begins so, nor the sentence."""

    replies: dict[CheckSentence, Reply] = field(default_factory=dict, compare=False)
    """What checks of its sentences gave, and of those in their place."""


@dataclass(frozen=True, slots=True)
class Generate:
    """Continue an answer; the reply's value is a `Generation`."""

    part: ClassVar[str] = "generate"
    request: GenerationRequest
    watch: Watch | None = None
    """Who may end the draft early."""


@dataclass(frozen=True, slots=True)
class Retrieve:
    """Find passages; the reply's value is a list of `Passage`."""

    part: ClassVar[str] = "retrieve"
    query: str
    k: int


@dataclass(frozen=True, slots=True)
class CheckQuestion:
    """Ask the corpus about the question; the reply's value is a `QuestionReport`."""

    part: ClassVar[str] = "check"
    question: str


@dataclass(frozen=True, slots=True)
class LookAround:
    """Read the corpus around a question's rare entities; the reply's value is `Surroundings`."""

    part: ClassVar[str] = "look"
    report: QuestionReport
    articles: bool


@dataclass(frozen=True, slots=True)
class CheckSentence:
    """Ask the corpus about a sentence; the reply's value is a `SentenceReport`."""

    part: ClassVar[str] = "check"
    sentence: str
    context: ExtractionContext


Effect = Generate | Retrieve | CheckQuestion | LookAround | CheckSentence
"""Anything the loop may yield."""

Value = Generation | list[Passage] | QuestionReport | Surroundings | SentenceReport
"""Anything it may be told."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The result of an effect."""

    value: Value | None = None
    """What came back; None where `error` is set."""

    error: QuCoError | None = None
    """Why nothing came back."""

    seconds: float = 0.0
    """How long it took."""
