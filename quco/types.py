"""Values that pass between the parts: entities, claims, verdicts, decisions, answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


Progress = Callable[[str, int, int | None], None]
"""Called with a stage, what is done and, where known, the total."""


class Verdict(StrEnum):
    """What the corpus says of a claim, a sentence or a text."""

    SUPPORTED = "supported"
    """The corpus speaks for it."""

    UNSUPPORTED = "unsupported"
    """The corpus was asked and does not speak for it."""

    UNKNOWN = "unknown"
    """The corpus could not be asked, or does not know what the claim is about."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A span of a text that names something."""

    text: str
    """As written."""

    label: str = ""
    """The extractor's type, such as ``PERSON``; empty where it has none."""

    start: int = -1
    """Character offset into the text it was found in; -1 where that is not known."""

    end: int = -1
    """End of the span, exclusive."""


@dataclass(frozen=True, slots=True)
class Triplet:
    """A claim: head, relation, tail."""

    head: str
    """What the claim is about, pronouns resolved."""

    relation: str
    """The relation in words, such as ``directed by``."""

    tail: str | None
    """What is said of the head; None where a question asks for it."""

    negated: bool = False
    """Whether the sentence denies the claim."""

    tail_label: str = field(default="", compare=False)
    """The extractor's type of the tail, such as ``PERSON``; empty where it has none."""

    def __str__(self) -> str:
        sign = "not " if self.negated else ""
        return f"({self.head} | {sign}{self.relation} | {self.tail or '?'})"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place of the corpus that was looked at for a claim."""

    text: str
    """The original text around the match."""

    document_id: str
    """Id of its document."""

    title: str = ""
    """Title of its document; empty where it has none."""

    head_span: tuple[int, int] | None = None
    """Character offsets of the head in `text`."""

    tail_span: tuple[int, int] | None = None
    """Character offsets of the tail in `text`."""


@dataclass(frozen=True, slots=True)
class EntityCount:
    """How often the corpus names an entity."""

    entity: Entity
    """The entity."""

    count: int
    """Occurrences of any surface variant."""

    per_million: float
    """Occurrences in a million words."""

    exact: bool = True
    """False where the engine estimated the count."""


@dataclass(frozen=True, slots=True)
class QuestionReport:
    """Stage one: does the corpus know what the question is about?"""

    question: str
    """The question."""

    entities: tuple[EntityCount, ...]
    """Its entities with their counts."""

    verdict: Verdict
    """UNSUPPORTED where the entities are too rare to trust the model's memory."""

    reason: str
    """One line for people."""

    leads_to: str = ""
    """How an answer begins that takes several facts; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a question's rare entities."""

    names: tuple[str, ...] = ()
    """Names beside the only one, the likeliest link to the answer first; for a query."""

    articles: tuple[Evidence, ...] = ()
    """The beginnings of the articles about the entities, then of those about the names in them.

    Empty where an entity has none, or where nothing leads on from it.
    """


@dataclass(frozen=True, slots=True)
class ClaimReport:
    """The verdict on one triplet, with what it rests on."""

    triplet: Triplet
    """The claim."""

    verdict: Verdict
    """What the corpus says."""

    p_wrong: float | None = None
    """Probability in [0, 1] that the claim is wrong; None where the rule gives none."""

    head_count: int | None = None
    """Occurrences of the head; None where it was not asked."""

    tail_count: int | None = None
    """Occurrences of the tail; None where it was not asked."""

    cooccurrence: int | None = None
    """Occurrences of one near the other; a count that may stop early, see the policy."""

    reason: str = ""
    """One line for people."""

    evidence: tuple[Evidence, ...] = ()
    """Windows that speak for the verdict, best first."""

    instead: str = ""
    """Of a claim that is UNSUPPORTED: what the corpus says in place of the tail, if anything."""


@dataclass(frozen=True, slots=True)
class SentenceReport:
    """The verdict on one sentence: that of its worst claim, or of the conclusion that it draws."""

    text: str
    """The sentence."""

    verdict: Verdict
    """UNSUPPORTED if any claim is; else UNKNOWN if any is or none was found; else SUPPORTED. Of a
    sentence without a claim by `follows`, where that is known."""

    claims: tuple[ClaimReport, ...] = ()
    """One for each triplet."""

    reason: str = ""
    """Why there is no claim, where there is none; of a final answer why it follows, or does not."""

    follows: str = ""
    """Of a final answer to a comparison: the one that follows from the sentences before it."""

    lacks: str = ""
    """Of a final answer: how the sentence begins without which nothing follows, or that it owes."""

    concludes: str = ""
    """Of any other sentence: the final answer to a comparison that follows once it is said."""

    leads_to: str = ""
    """Of any other sentence: how the next begins that the answer takes, once this is said."""

    hallucination_score: float | None = None
    """How doubtful it is as a whole, in [0, 1]: what is no claim counts too, and of several claims
    the best supported. For ranking the sentences of a text, where `verdict` and `p_wrong` say
    whether any claim is doubtful. None where none of its claims has a probability, for a final
    answer or a text without a word, and where the policy has no model for it."""

    @property
    def claims_p_wrong(self) -> tuple[float, ...]:
        """The `p_wrong` of each of its claims that has one."""
        return tuple(claim.p_wrong for claim in self.claims if claim.p_wrong is not None)

    @property
    def p_wrong(self) -> float | None:
        """The greatest `p_wrong` of its claims; None where no claim has one."""
        return max(self.claims_p_wrong, default=None)


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on a text."""

    text: str
    """The text."""

    sentences: tuple[SentenceReport, ...]
    """One for each sentence, in order."""

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of its sentences; UNKNOWN for an empty text."""
        return worst(sentence.verdict for sentence in self.sentences)


def worst(verdicts: Any) -> Verdict:
    """Return the verdict that decides: UNSUPPORTED before UNKNOWN before SUPPORTED.

    Examples
    --------
    >>> worst([Verdict.SUPPORTED, Verdict.UNKNOWN]).value
    'unknown'
    >>> worst([]).value
    'unknown'
    """
    found = set(verdicts)
    if Verdict.UNSUPPORTED in found:
        return Verdict.UNSUPPORTED
    if Verdict.UNKNOWN in found or not found:
        return Verdict.UNKNOWN
    return Verdict.SUPPORTED


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that the retriever found."""

    id: str
    """Stable id of the passage."""

    text: str
    """Its text."""

    title: str = ""
    """Its title; empty where it has none."""

    score: float = 0.0
    """The retriever's score; greater is better."""

    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Whatever the source said of it."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the prompt."""

    role: Literal["system", "user", "assistant"]
    """Who speaks."""

    content: str
    """What is said."""


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """What a generator is asked for: the answer that continues `prefix`."""

    messages: tuple[Message, ...]
    """The prompt."""

    prefix: str = ""
    """The beginning of the answer, kept as it is."""

    stop: tuple[str, ...] = ()
    """The answer ends before any of these."""

    max_tokens: int = 256
    """Upper bound of new tokens."""

    temperature: float = 0.0
    """0 is greedy decoding."""

    seed: int = 0
    """For sampling."""

    logprobs: bool = False
    """Whether the log-probability of each token is wanted, and its entropy where there is one."""

    attentions: bool = False
    """Whether the attention of each new token is wanted."""

    grammar: str = ""
    """GBNF grammar of the continuation; a backend that cannot constrain does without."""

    enough: Callable[[str], bool] | None = None
    """Asked after each token about the continuation so far: once it says so, no more is needed. It
    may ask the same backend something else. A backend that cannot stop in between writes on."""


@dataclass(frozen=True, slots=True)
class Token:
    """A generated token."""

    text: str
    """Its text; may be part of a character, then it is empty."""

    logprob: float
    """Natural logarithm of its probability."""

    entropy: float | None = None
    """Entropy in nats of the model's distribution in its place; None where it cannot be had."""


@dataclass(frozen=True, slots=True, eq=False)
class Attention:
    """What each new token attends to: the last layer, mean over heads (as in DRAGIN).

    Source: DRAGIN, arXiv 2403.10081, section 3.
    """

    tokens: tuple[str, ...]
    """Texts of all `n_all` tokens: prompt, prefix and answer, without padding."""

    weights: NDArray[np.float32]
    """Shape (n_new, n_all), in [0, 1], rows sum to 1; row i is the i-th new token's."""


@dataclass(frozen=True, slots=True)
class Generation:
    """What a generator returned."""

    text: str
    """The continuation, without the prefix and without the stop string."""

    finish_reason: Literal["stop", "length"]
    """Whether the model ended by itself (or at a stop string) or ran out of tokens."""

    n_prompt_tokens: int = 0
    """Tokens of the prompt."""

    n_cached_tokens: int = 0
    """Those of the prompt that an earlier one began with, so that they were not read again."""

    first_token_s: float | None = None
    """Seconds to the first new token; None where the runtime does not say."""

    n_completion_tokens: int = 0
    """Tokens written."""

    tokens: tuple[Token, ...] = ()
    """With log-probabilities, where they were asked for."""

    attention: Attention | None = None
    """Where it was asked for."""
