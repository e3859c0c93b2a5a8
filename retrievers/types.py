"""Values that every part of the package shares."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from retrievers.errors import PassageError

Mask: TypeAlias = NDArray[np.bool_]
"""Of each row of a collection, whether it may be found."""

Rows: TypeAlias = NDArray[np.int64]
"""Positions of passages in a collection."""

Scores: TypeAlias = NDArray[np.float32]
"""Scores of rows."""

Progress: TypeAlias = Callable[[str, int, int | None], None] | None
"""`progress(stage, done, total)`; `total` is None while it is unknown."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A titled piece of a document, the unit of retrieval.

    Examples
    --------
    >>> Passage("d1:6-11", "Greetings", "world", document_id="d1", start=6).end
    11
    """

    id: str
    """Unique within a collection and stable over rebuilds; not empty."""

    title: str
    """Title of the document; may be empty."""

    text: str
    """Exactly the characters `start` to `end` of the document's text."""

    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """JSON values, kept as they are and usable in filters."""

    document_id: str = ""
    """Id of the document that the passage was cut from; the passage's own id when not given."""

    start: int = 0
    """Offset of the first character in the document's text (characters, not bytes)."""

    def __post_init__(self) -> None:
        if not self.id:
            raise PassageError(f"a passage needs an id; got '' for the text {self.text[:60]!r}")
        if self.start < 0:
            raise PassageError(f"passage {self.id!r}: start must be 0 or more, got {self.start}")
        if not self.document_id:
            object.__setattr__(self, "document_id", self.id)

    @property
    def end(self) -> int:
        """Offset just past the last character in the document's text."""
        return self.start + len(self.text)

    @property
    def content(self) -> str:
        """Title and text together: what encoders and BM25 read."""
        return f"{self.title}\n{self.text}" if self.title else self.text


class ScoredPassage(NamedTuple):
    """A passage found, with its score; unpacks as `passage, score`."""

    passage: Passage
    """The passage."""

    score: float
    """Higher is better; comparable only within one method and one collection."""


PassagePredicate: TypeAlias = Callable[[Passage], bool]
Where: TypeAlias = Mapping[str, Any] | PassagePredicate | None
"""A filter: `{key: value}` or `{key: [any, of, these]}`, all keys must match; or a predicate."""


class Searcher(Protocol):
    """Whatever finds passages: dense, BM25, hybrid."""

    def search(self, query: str, k: int = 5, *, where: Where = None) -> list[ScoredPassage]:
        """Return at most `k` passages, best first."""
        ...


def report(progress: Progress, stage: str, done: int, total: int | None) -> None:
    """Call `progress` if there is one."""
    if progress is not None:
        progress(stage, done, total)


def tracked(items: Iterable[Any], progress: Progress, stage: str, total: int | None) -> Any:
    """Yield `items`, reporting every 256th and the last."""
    done = 0
    for done, item in enumerate(items, 1):
        yield item
        if not done % 256:
            report(progress, stage, done, total)
    report(progress, stage, done, total if total is not None else done)
