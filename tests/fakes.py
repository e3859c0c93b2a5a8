"""Stand-ins for the ports: small, obvious, and real enough to be wrong in the right way."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from quco.errors import StatisticsError
from quco.ports import TermCount, Variants
from quco.types import Evidence


class FakeStatistics:
    """Counts by scanning its documents; the slow meaning of `CorpusStatistics`.

    Parameters
    ----------
    documents : mapping from str to str
        Text of each document by its id, which is its title too.
    broken : str
        With a message, every call fails with it.
    """

    def __init__(self, documents: Mapping[str, str], broken: str = "") -> None:
        self.documents = dict(documents)
        self.broken = broken
        self.calls: list[str] = []

    @property
    def n_tokens(self) -> int:
        self._called("n_tokens")
        return sum(len(_words(text)) for text in self.documents.values())

    def count_many(self, terms: Sequence[Variants]) -> list[TermCount]:
        self._called("count_many")
        return [
            TermCount(sum(len(_starts(text, term)) for text in self.documents.values()))
            for term in terms
        ]

    def cooccurrence(
        self, a: Variants, b: Variants, *, window: int = 100, at_least: int | None = None
    ) -> TermCount:
        self._called("cooccurrence")
        places = [(_starts(text, a), _starts(text, b)) for text in self.documents.values()]
        if sum(len(y) for _, y in places) < sum(len(x) for x, _ in places):
            places = [(y, x) for x, y in places]
        met = sum(any(abs(i - j) <= window for j in y) for x, y in places for i in x)
        stopped = at_least is not None and met >= at_least
        return TermCount(min(met, at_least) if at_least is not None else met, not stopped)

    def windows(
        self,
        a: Variants,
        b: Variants | None = None,
        *,
        window: int = 100,
        k: int = 3,
        context: int = 0,
    ) -> list[Evidence]:
        self._called("windows")
        found = []
        for name, text in self.documents.items():
            spans = [m.span() for m in re.finditer(r"\w+", text)]
            for i in _starts(text, a):
                near = [j for j in _starts(text, b) if abs(i - j) <= window] if b else []
                if b is None or near:
                    tail = spans[near[0]] if near else None
                    found.append(Evidence(text, name, name, spans[i], tail))
        return found[:k]

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.broken:
            raise StatisticsError(self.broken)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _starts(text: str, term: Variants) -> list[int]:
    """Return the word positions at which any variant begins."""
    words = _words(text)
    names = [_words(name) for name in ([term] if isinstance(term, str) else term)]
    return [i for i in range(len(words)) if any(n and words[i : i + len(n)] == n for n in names)]
