"""Values that cross the border of the package."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"
"""A value that JSON can hold."""

Term: TypeAlias = str | Sequence[str]
"""One term: a text, or surface variants of which any counts."""

Progress: TypeAlias = Callable[[str, int, int | None], None]
"""Called with the stage, the units done and their total where it is known."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a corpus, as it is given to a build."""

    id: str
    """Name by which evidence refers to the document; need not be unique."""

    text: str
    """What is counted, and what evidence shows."""

    metadata: Mapping[str, JSON] = field(default_factory=dict)
    """Whatever should come back with evidence (a title, a source, a date)."""


@dataclass(frozen=True, slots=True)
class Count:
    """How often something occurs."""

    value: int
    """Number of occurrences, at least 0."""

    exact: bool
    """False where a limit set by the caller ended the count early or sampled it."""


class _ExactCounts(dict[int, Count]):
    """Exact counts by value; the first of them are made once, for speed."""

    def __missing__(self, value: int) -> Count:
        count = _new(Count)
        _set_value(count, value)
        _set_exact(count, True)
        if len(self) < _SHARED_COUNTS:
            self[value] = count
        return count


# What the frozen class does when it is called, in half the time.
_new = object.__new__
_set_value, _set_exact = (vars(Count)[name].__set__ for name in ("value", "exact"))
_SHARED_COUNTS = 1 << 15
exact_count = _ExactCounts().__getitem__
"""Return the exact count of a value."""


@dataclass(frozen=True, slots=True)
class CoOccurrence:
    """How often terms occur near each other in one document."""

    value: int
    """Occurrences of the anchor that have the other term near them; stops at `at_least`."""

    exact: bool
    """False when the count stopped at the `at_least` that the caller set."""

    anchor: int
    """Which term or clause has the fewest occurrences in the whole index (the first on a tie)."""

    counts: tuple[int, ...]
    """Occurrences of each term or clause in the whole index, exact."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A half-open range of suffix-array ranks in one shard."""

    lo: int
    """First rank."""

    hi: int
    """One past the last rank."""

    def __len__(self) -> int:
        return self.hi - self.lo


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage of a document in which the terms occur, as it was written."""

    text: str
    """Original text from a sentence start before the hit to a sentence end after it."""

    document_id: str
    """The document's `id`."""

    metadata: Mapping[str, JSON]
    """The document's metadata."""

    a_span: tuple[int, int]
    """Characters of `text` where the first term stands, half-open."""

    b_span: tuple[int, int] | None
    """Characters of `text` where the second term stands; None for a single term."""

    document_span: tuple[int, int]
    """Characters of the document that `text` is."""

    distance: int
    """Tokens between the starts of the two terms (words, for the word analyzer)."""


@dataclass(frozen=True, slots=True)
class IndexSummary:
    """What a build made."""

    path: Path
    """Folder of the index."""

    n_documents: int
    """Documents, empty ones included."""

    n_tokens: int
    """Tokens as the analyzer sees them (words, for the word analyzer), without separators."""

    n_shards: int
    """Shards."""

    vocabulary_size: int
    """Distinct words of the word analyzer; the size of the token range of any other."""

    size_bytes: int
    """Bytes of all files of the index."""

    text_bytes: int
    """Bytes of the documents' text in UTF-8."""

    seconds: float
    """Wall-clock time of the build."""


@dataclass(frozen=True, slots=True)
class Probability:
    """How often a token follows a prompt."""

    prompt_count: int
    """Occurrences of the prompt."""

    continuation_count: int
    """Occurrences of the prompt with the token after it."""

    suffix_len: int
    """Tokens at the end of the prompt that were counted; all of them, unless it backs off."""

    @property
    def value(self) -> float | None:
        """The probability in [0, 1], or None where the prompt does not occur."""
        return self.continuation_count / self.prompt_count if self.prompt_count else None


@dataclass(frozen=True, slots=True)
class NextTokenDistribution:
    """Which tokens follow a prompt, and how often."""

    prompt_count: int
    """Occurrences of the prompt."""

    counts: Mapping[int, int]
    """Occurrences of each token after the prompt (or in the sample), most frequent first.

    The separator's id stands for the end of a document.
    """

    n_counted: int
    """Occurrences of the prompt that were looked at: all, or the size of the sample."""

    exact: bool
    """False where a limit made a sample of it."""

    suffix_len: int
    """Tokens at the end of the prompt that were counted; all of them, unless it backs off."""

    def probability(self, token_id: int) -> float | None:
        """Return the share of a token in [0, 1], or None where the prompt does not occur."""
        return self.counts.get(token_id, 0) / self.n_counted if self.n_counted else None


@dataclass(frozen=True, slots=True)
class Continuation:
    """A word or token that follows a text."""

    text: str | None
    """The word; None for the end of a document."""

    count: int
    """Occurrences of the text with it."""

    probability: float
    """Its share in [0, 1] of all that follows the text."""


@dataclass(frozen=True, slots=True)
class DocumentExtract:
    """The part of a document around a place in the index."""

    number: int
    """Number of the document, counted from 0 over all shards."""

    document_id: str | None
    """The document's id; None in an index of another program."""

    metadata: str
    """JSON of the document's metadata; empty where the index has none."""

    length: int
    """Tokens of the whole document."""

    token_ids: tuple[int, ...]
    """Tokens of the extract, in reading order."""

    hit: int
    """Place of the hit among `token_ids`, as they lie in the stream."""


@dataclass(frozen=True, slots=True)
class AttributedSpan:
    """A part of a text that a corpus holds verbatim and that no longer such part contains."""

    start: int
    """First token of the span, counted from 0."""

    end: int
    """One past its last token."""

    count: int
    """Occurrences in the corpus."""

    places: tuple[tuple[int, int], ...]
    """Shard and byte offset of the first occurrences, in rank order."""

    text: str | None = None
    """The span as it is written in the text; None for token ids."""

    text_span: tuple[int, int] | None = None
    """Characters of the text, half-open; None for token ids."""

    evidence: tuple[Evidence, ...] = ()
    """Passages of documents that hold the span."""

    @property
    def length(self) -> int:
        """Tokens of the span."""
        return self.end - self.start
