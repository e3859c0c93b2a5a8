"""Which parts of a text a corpus holds verbatim (OLMoTrace, arXiv 2504.07096, section 3).

From every token on, the longest run that occurs in the corpus is found; a run inside another is
dropped. What is left are the maximal spans.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from corpus_engine.search import Search
from corpus_engine.types import AttributedSpan


class Attribution:
    """Finds the maximal verbatim spans of token sequences.

    Parameters
    ----------
    search : Search
        Finds queries.
    """

    def __init__(self, search: Search) -> None:
        self._search = search

    def reaches(self, query: bytes) -> list[int]:
        """Return for each token of a query where the longest run from there on ends.

        Numbers are tokens of the query. A run never ends inside a word.
        """
        width = self._search.width
        n = len(query) // width
        if self._search.backwards:
            return self._reaches_backwards(query, n)
        found = self._search.longest_prefixes(query) // width
        ends: list[int] = (np.arange(n) + found).tolist()
        first, end = self._search.trail_units
        if first < end:
            tokens = np.frombuffer(query, f"<u{width}")
            inside = (tokens >= first) & (tokens < end)
            ends = [_whole(inside.tolist(), start, stop) for start, stop in enumerate(ends)]
        return ends

    def _reaches_backwards(self, query: bytes, n: int) -> list[int]:
        """Widen a sliding window: where documents lie backwards, only whole runs can be found."""
        width = self._search.width
        ends = []
        end = 0
        for start in range(n):
            end = max(end, start)
            while end < n and self._search.count(query[start * width : (end + 1) * width]):
                end += 1
            ends.append(end)
        return ends

    def spans(
        self,
        query: bytes,
        *,
        min_length: int = 1,
        max_count: int | None = None,
        delimiters: Collection[int] = (),
        starts: Collection[int] | None = None,
        k: int | None = None,
    ) -> list[AttributedSpan]:
        """Return the maximal spans of a query in order of their starts.

        Parameters
        ----------
        query : bytes
            Tokens as stream bytes.
        min_length : int
            Tokens that a span must have.
        max_count : int or None
            A span that occurs more often is dropped.
        delimiters : collection of int
            Token ids that a span may end with but not go beyond.
        starts : collection of int or None
            Token ids that begin a word: a span starts with one and ends before one; None allows
            any.
        k : int or None
            Places to give for each span; None for all.
        """
        width = self._search.width
        tokens = np.frombuffer(query, f"<u{width}").tolist()
        found = []
        last_end = 0
        for start, reach in enumerate(self.reaches(query)):
            if self._inside_word(tokens[start]) or (
                starts is not None and tokens[start] not in starts
            ):
                continue
            end = _cut(tokens, start, reach, delimiters, starts)
            if end - start < min_length or end - start == 0:
                continue
            run = query[start * width : end * width]
            count = self._search.count(run)
            if (max_count is not None and count > max_count) or end <= last_end:
                continue
            last_end = end
            found.append(AttributedSpan(start, end, count, self.places(run, k)))
        return found

    def places(self, query: bytes, k: int | None) -> tuple[tuple[int, int], ...]:
        """Return the shard and byte offset of the first `k` occurrences, in rank order."""
        found: list[tuple[int, int]] = []
        for shard, segment in enumerate(self._search.find(query)):
            end = segment.hi if k is None else min(segment.hi, segment.lo + k - len(found))
            pointer = self._search.shards[shard].pointer
            found.extend((shard, pointer(rank)) for rank in range(segment.lo, end))
        return tuple(found)

    def _inside_word(self, token: int) -> bool:
        return self._search.trail_units[0] <= token < self._search.trail_units[1]


def _whole(inside: list[bool], start: int, stop: int) -> int:
    """Move the end of a run back to the end of its last whole word."""
    while start < stop < len(inside) and inside[stop]:
        stop -= 1
    return stop


def _cut(
    tokens: list[int],
    start: int,
    end: int,
    delimiters: Collection[int],
    starts: Collection[int] | None,
) -> int:
    """Shorten a run to its first delimiter, and to the start of a word."""
    for place in range(start, end - 1):
        if tokens[place] in delimiters:
            end = place + 1
            break
    if starts is not None:
        while start < end < len(tokens) and tokens[end] not in starts:
            end -= 1
    return end
