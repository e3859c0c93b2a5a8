"""The frequencies of a local corpus, for the core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from corpus_engine.errors import CorpusEngineError
from quco.errors import StatisticsError
from quco.ports import TermCount, Variants
from quco.types import Evidence

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from corpus_engine import CorpusIndex
    from corpus_engine import Evidence as Passage


class LocalStatistics:
    """`CorpusStatistics` over an index of this machine.

    Parameters
    ----------
    index : CorpusIndex
        An open index; closing it is the caller's business, unless `open` made it.
    """

    def __init__(self, index: CorpusIndex) -> None:
        self.index = index

    @classmethod
    def open(cls, path: str | Path) -> LocalStatistics:
        """Open the index in folder `path`.

        Raises
        ------
        StatisticsError
            If there is none, or it is damaged.
        """
        from corpus_engine import CorpusIndex

        with _translated():
            return cls(CorpusIndex.open(path))

    def load(self) -> None:
        """Load what counting needs now, which otherwise the first count has to wait for."""
        self.count_many(["London"])
        self.count_many([("London", "london")])

    @property
    def n_tokens(self) -> int:
        """Words in the corpus."""
        with _translated():
            return self.index.n_tokens

    def count_many(self, terms: Sequence[Variants]) -> list[TermCount]:
        """Return the occurrences of each term, in order."""
        with _translated():
            counts = self.index.count_many([_plain(term) for term in terms])
        return [TermCount(count.value, count.exact) for count in counts]

    def cooccurrence(
        self, a: Variants, b: Variants, *, window: int = 100, at_least: int | None = None
    ) -> TermCount:
        """Return how often `a` and `b` meet within `window` words of one document."""
        with _translated():
            found = self.index.cooccurrence(a, b, window=window, at_least=at_least)
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
        with _translated():
            found = self.index.windows(a, b, window=window, k=k, context=context)
        return [_evidence(passage) for passage in found]

    def close(self) -> None:
        """Close the index."""
        self.index.close()

    def __enter__(self) -> LocalStatistics:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> Literal[False]:
        self.close()
        return False


def _plain(term: Variants) -> Variants:
    """Return the only variant as a string: the engine counts strings in one batch."""
    return term[0] if len(term) == 1 else term


@contextmanager
def _translated() -> Iterator[None]:
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
