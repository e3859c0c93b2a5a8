"""The frequencies of a corpus that `corpus_engine` asks, for the core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, Self

from corpus_engine.closing import Closing
from corpus_engine.errors import CorpusEngineError
from quco.errors import StatisticsError
from quco.ports import TermCount, Variants
from quco.types import Evidence

if TYPE_CHECKING:
    from pathlib import Path

    from corpus_engine import CoOccurrence, CorpusIndex, Count
    from corpus_engine import Evidence as Passage


class Engine(Protocol):
    """What is asked: `corpus_engine.CorpusIndex`, or one that answers as it does."""

    @property
    def n_tokens(self) -> int:
        """Words or tokens in the corpus."""
        ...

    def count_many(self, texts: Sequence[Variants]) -> list[Count]:
        """Return the occurrences of each term, in order."""
        ...

    def cooccurrence(
        self, a: Variants, b: Variants, *, window: int, at_least: int | None
    ) -> CoOccurrence:
        """Return how often two terms meet."""
        ...

    def windows(
        self, a: Variants, b: Variants | None, *, window: int, k: int, context: int
    ) -> list[Passage]:
        """Return places where they do."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...


class EngineStatistics(Closing):
    """`CorpusStatistics` over an engine.

    Parameters
    ----------
    engine : Engine
        Who is asked.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def n_tokens(self) -> int:
        """Words in the corpus."""
        with translated():
            return self._engine.n_tokens

    def count_many(self, terms: Sequence[Variants]) -> list[TermCount]:
        """Return the occurrences of each term, in order."""
        with translated():
            counts = self._engine.count_many([_plain(term) for term in terms])
        return [TermCount(count.value, count.exact) for count in counts]

    def cooccurrence(
        self, a: Variants, b: Variants, *, window: int = 100, at_least: int | None = None
    ) -> TermCount:
        """Return how often `a` and `b` meet within `window` words of one document."""
        with translated():
            found = self._engine.cooccurrence(a, b, window=window, at_least=at_least)
            return TermCount(found.value, found.exact)

    def windows(
        self,
        a: Variants,
        b: Variants | None = None,
        *,
        window: int = 100,
        k: int = 3,
        context: int = 0,
    ) -> list[Evidence]:
        """Return up to `k` places where `a` and `b` meet, or where `a` occurs if `b` is None."""
        with translated():
            found = self._engine.windows(a, b, window=window, k=k, context=context)
        return [_evidence(passage) for passage in found]

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()


class LocalStatistics(EngineStatistics):
    """`CorpusStatistics` over an index of this machine.

    Parameters
    ----------
    index : CorpusIndex
        An open index; closing it is the caller's business, unless `open` made it.
    """

    def __init__(self, index: CorpusIndex) -> None:
        super().__init__(index)
        self.index = index

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open the index in folder `path`.

        Raises
        ------
        StatisticsError
            If there is none, or it is damaged.
        """
        from corpus_engine import CorpusIndex

        with translated():
            return cls(CorpusIndex.open(path))

    def load(self) -> None:
        """Load what counting needs now, which otherwise the first count has to wait for."""
        self.count_many(["London"])
        self.count_many([("London", "london")])


def _plain(term: Variants) -> Variants:
    """Return the only variant as a string: the engine counts strings in one batch."""
    return term[0] if len(term) == 1 else term


@contextmanager
def translated() -> Iterator[None]:
    """Raise the engine's errors, and those of the disk, as the core's."""
    try:
        yield
    except (CorpusEngineError, OSError) as exc:
        raise StatisticsError(str(exc)) from exc


def _evidence(found: Passage) -> Evidence:
    title = found.metadata.get("title")
    return Evidence(
        text=found.text,
        document_id=found.document_id,
        title=title if isinstance(title, str) else "",
        head_span=found.a_span,
        tail_span=found.b_span,
    )
