"""The protocols through which the core sees the world.

Engines and models satisfy them through adapters; the core imports nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from quco.types import (
    Entity,
    Evidence,
    Generation,
    GenerationRequest,
    Passage,
    QuestionReport,
    SentenceReport,
    Surroundings,
    Triplet,
)

Variants = str | Sequence[str]
"""A term, or several surface variants of one term: any of them counts."""


@dataclass(frozen=True, slots=True)
class TermCount:
    """How often something occurs."""

    value: int
    """Occurrences."""

    exact: bool = True
    """False where the engine estimated it."""


@runtime_checkable
class CorpusStatistics(Protocol):
    """Frequencies in a corpus.

    Every method raises `quco.errors.StatisticsError` where the corpus cannot be asked; a value of
    0 always means "absent from the corpus".
    """

    @property
    def n_tokens(self) -> int:
        """Words in the corpus."""
        ...

    def count_many(self, terms: Sequence[Variants]) -> list[TermCount]:
        """Return the occurrences of each term, in order."""
        ...

    def cooccurrence(
        self, a: Variants, b: Variants, *, window: int = 100, at_least: int | None = None
    ) -> TermCount:
        """Return how often `a` and `b` meet within `window` words of one document.

        The rarer term is the anchor; its occurrences that have the other within the window are
        counted. With `at_least`, counting stops there.
        """
        ...

    def windows(
        self,
        a: Variants,
        b: Variants | None = None,
        *,
        window: int = 100,
        k: int = 3,
        context: int = 0,
    ) -> list[Evidence]:
        """Return up to `k` places where `a` and `b` meet, or where `a` occurs if `b` is None.

        `context` is how many characters are wanted on either side of them, at least.
        """
        ...


@dataclass(frozen=True, slots=True)
class ExtractionContext:
    """What stands around a sentence; what was said before resolves "he" and "the film"."""

    question: str = ""
    """The question that is being answered."""

    preceding: tuple[str, ...] = ()
    """The sentences before it, in order."""

    following: tuple[str, ...] = field(default=(), compare=False)
    """Sentences after it that will be asked about next. They change no result, but may be read in
    the same go, which costs less."""


@runtime_checkable
class Extractor(Protocol):
    """Finds what can be looked up: entities of a question, claims of a sentence."""

    def split(self, text: str) -> list[str]:
        """Return the sentences of `text`; joined, they give `text` back to the character."""
        ...

    def entities(self, text: str) -> list[Entity]:
        """Return the entities of `text` in order of appearance, without duplicates."""
        ...

    def triplets(self, sentence: str, context: ExtractionContext | None = None) -> list[Triplet]:
        """Return the claims of one sentence; of a question, with the tail None."""
        ...


SentenceInContext = tuple[str, ExtractionContext]
"""A sentence with what was said before it."""


@runtime_checkable
class BatchExtractor(Extractor, Protocol):
    """An extractor for which many sentences in one call cost less than one call each."""

    def triplets_many(self, sentences: Sequence[SentenceInContext]) -> list[list[Triplet]]:
        """Return the claims of each sentence, in order; the same as `triplets` gives."""
        ...


@dataclass(frozen=True, slots=True)
class GeneratorCapabilities:
    """What a generator can do; the controller adapts."""

    prefix: Literal["exact", "template", "emulated"] = "exact"
    """How an answer is continued: token by token, by the chat template, or by instruction."""

    logprobs: bool = False
    """Whether token log-probabilities can be had."""

    entropy: Literal["exact", "top_k"] | None = None
    """Whether tokens carry an entropy: over the whole vocabulary, or over the best k."""

    attentions: bool = False
    """Whether attentions can be had."""

    batch: bool = False
    """Whether many requests in one call cost less than one call each."""

    context_tokens: int | None = None
    """Tokens of prompt and answer together; None where unknown."""


@runtime_checkable
class Generator(Protocol):
    """A language model that can continue an answer it has begun."""

    @property
    def name(self) -> str:
        """Name of the model, for reports."""
        ...

    @property
    def capabilities(self) -> GeneratorCapabilities:
        """What it can do."""
        ...

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
        """Continue each request, in order.

        Raises
        ------
        quco.errors.GenerationError
            If the model fails or is out of reach.
        """
        ...


@runtime_checkable
class Judge(Protocol):
    """Reads windows of the corpus for one claim, as a model of entailment does."""

    def support(self, claim: Triplet, windows: Sequence[Evidence]) -> float | None:
        """Return the probability in [0, 1] that the windows state the claim; None: cannot say.

        Raises
        ------
        quco.errors.GenerationError
            If the model fails or is out of reach.
        """
        ...


@runtime_checkable
class Retriever(Protocol):
    """Finds passages for a query."""

    def retrieve(self, query: str, k: int) -> list[Passage]:
        """Return up to `k` passages, best first.

        Raises
        ------
        quco.errors.RetrievalError
            If the index fails or is out of reach.
        """
        ...


@runtime_checkable
class Checker(Protocol):
    """Asks the corpus about questions and sentences; `quco.verifier.Verifier` is one."""

    def split(self, text: str) -> list[str]:
        """Return the sentences of `text`; joined, they give `text` back to the character."""
        ...

    def check_question(self, question: str) -> QuestionReport:
        """Say whether the corpus knows what the question is about."""
        ...

    def check_questions(self, questions: Sequence[str]) -> list[QuestionReport]:
        """Say it of several questions, in order, for as few calls of the corpus as it takes."""
        ...

    def look_around(self, report: QuestionReport, *, articles: bool = True) -> Surroundings:
        """Say what stands around the rare entities of a question, names alone or articles too."""
        ...

    def check_sentence(
        self, sentence: str, context: ExtractionContext | None = None
    ) -> SentenceReport:
        """Say whether the corpus supports the claims of a sentence."""
        ...

    def check_sentences(
        self, sentences: Sequence[tuple[str, ExtractionContext]]
    ) -> list[SentenceReport]:
        """Say it of several sentences, in order, for as few calls of the corpus as it takes."""
        ...
