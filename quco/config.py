"""Options of the control loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Literal, get_args

from quco.errors import ConfigError
from quco.types import SentenceReport

OnUnknown = Literal["retrieve", "accept", "abstain"]
"""What to do where the corpus cannot say."""

KeepDraft = Literal["first", "last", "best"]
"""The first draft of a suspect sentence; the last, written with what was retrieved for it; or the
one that is wrong with the least probability, the first among equals."""

ShowEvidence = Literal["none", "unseen", "any"]
"""Nothing; what no passage before the model says; or every place that speaks against a claim."""

OnExhausted = Literal["accept", "abstain", "raise"]
"""What to do with a suspect sentence when the budget is spent."""

QuestionPassages = Literal["retriever", "articles"]
"""What the retriever finds; or articles of the corpus about a rare question's entities and the
names beside them, and what the retriever finds where there are none."""

QuestionQuery = Literal["question", "neighbours"]
"""The question as it stands, or with the names that the corpus sets beside its rare entity."""

SentencePassages = Literal["naming", "counted", "any"]
"""Of what is retrieved for a suspect sentence: passages that name what its claims are about; the
same, of the very corpus that is counted: where the model has passages with as many mentions as it
holds, no other names it, and nothing is retrieved; or all."""

QueryStyle = Literal["head_relation", "triplet", "sentence", "question_relation", "question"]
"""How a query is made from a suspect sentence."""

QueryMaker = Callable[[SentenceReport, str], Sequence[str]]
"""Your own way: from the report of a suspect sentence and the question to queries."""


@dataclass(frozen=True, slots=True)
class ControllerPolicy:
    """When to retrieve, how often to try again, and what to do then.

    The defaults follow QuCo-RAG (arXiv 2512.19134, section 3) except that regenerated sentences
    are checked too, and that what the corpus cannot say is not taken for fine.
    """

    check_question: bool = True
    """Stage one: retrieve before generation where the question's entities are rare."""

    question_passages: QuestionPassages = "retriever"
    """What the model is shown before generation.

    Articles take both steps of a question through the corpus that is counted in, with half of the
    queries to the retriever; see `quco.surroundings`.
    """

    question_query: QuestionQuery = "neighbours"
    """What the retriever is asked before generation.

    The passage that answers a question in two steps often shares no word with it, but a name with
    the passage of the first step; see `quco.neighbours`.
    """

    check_sentences: bool = True
    """Stage two: check every sentence of the draft."""

    check_conclusion: bool = True
    """Whether the final answer must answer, and to a comparison follow from what was said before.

    Where the sentences before it say what it takes, one that does not follow is put right without
    the model; where they do not, or where it says no more than the question, the model is asked
    for the sentence that is missing. See `quco.conclusions`.
    """

    on_unknown: OnUnknown = "retrieve"
    """For a question or claim that the corpus cannot judge."""

    on_exhausted: OnExhausted = "accept"
    """For a sentence still unsupported after its budget; "accept" keeps it, marked."""

    keep_draft: KeepDraft = "first"
    """Which draft of a sentence stays where the corpus supports none of them."""

    show_evidence: ShowEvidence = "unseen"
    """Which places of the corpus the model is shown before the retriever is asked.

    They are those that spoke against the sentence, known from checking it.
    """

    revise_below: float = 0.05
    """Probability of being wrong below which a sentence is taken that the corpus put right.

    Where a suspect sentence names what the corpus does not, and the corpus has something else that
    fits, that is put in its place and the sentence checked anew, before the model is asked again.
    At 0 nothing is ever revised.
    """

    queries: tuple[QueryStyle | QueryMaker, ...] = ("head_relation", "sentence", "question")
    """Query of the first regeneration of a sentence, of the second, and so on; the last stays.

    Where one yields no passage that is new to the model, the next is tried at once.
    """

    sentence_passages: SentencePassages = "naming"
    """Which of the passages retrieved for a suspect sentence the model is shown.

    A passage that does not even name what a claim is about cannot mend it. `quco.wiring.QuCo` knows
    whether its passages are of the corpus that is counted, and says "counted" where they are.
    """

    k: int = 3
    """Passages for each query."""

    max_passages: int = 6
    """Passages shown to the model at once; the newest stay."""

    max_passage_tokens: int = 1500
    """Tokens of the passages shown at once; less where the model has less room."""

    max_regenerations: int = 1
    """Regenerations of one sentence."""

    max_retrievals: int = 1
    """Queries for one question; more for answers of many sentences.

    What speaks against a sentence is shown without a query.
    """

    draft_tokens: int = 96
    """New tokens of one draft; a model that cannot go on exactly writes all in one draft."""

    max_tokens: int = 256
    """New tokens of the whole answer, rejected drafts not counted."""

    max_llm_calls: int = 16
    """Calls of the generator for one question."""

    deadline_s: float | None = None
    """Seconds of work on one question after which no draft or query is begun; None for no limit.

    In a batch a question is charged its share of what was done for all.
    """

    def __post_init__(self) -> None:
        """Reject values outside their ranges.

        Raises
        ------
        ConfigError
            Naming the option, the value and what is allowed.
        """
        choices = {
            "on_unknown": OnUnknown,
            "on_exhausted": OnExhausted,
            "keep_draft": KeepDraft,
            "question_passages": QuestionPassages,
            "question_query": QuestionQuery,
            "show_evidence": ShowEvidence,
            "sentence_passages": SentencePassages,
        }
        for name, allowed in choices.items():
            _one_of(name, getattr(self, name), get_args(allowed))
        for style in self.queries:
            if not callable(style):
                _one_of("queries", style, get_args(QueryStyle))
        if not self.queries:
            raise ConfigError("queries is empty; name at least one of " + _names(QueryStyle))
        for field in fields(self):
            value = getattr(self, field.name)
            least = 0 if field.name in {"max_regenerations", "max_retrievals"} else 1
            if field.type == "int" and value < least:
                raise ConfigError(f"{field.name} is {value!r}; it must be at least {least}")
        if not 0 <= self.revise_below <= 1:
            raise ConfigError(f"revise_below is {self.revise_below!r}; it must be from 0 to 1")
        if self.deadline_s is not None and not self.deadline_s > 0:
            raise ConfigError(f"deadline_s is {self.deadline_s!r}; it must be above 0, or None")


def _one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ConfigError(f"{name} is {value!r}; expected one of {', '.join(allowed)}")


def _names(literal: object) -> str:
    return ", ".join(get_args(literal))


NO_RETRIEVAL = ControllerPolicy(check_question=False, check_sentences=False)
"""The language model alone."""
