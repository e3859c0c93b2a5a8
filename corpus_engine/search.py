"""Queries in stream bytes over all shards: the border between Python and the kernels."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus_engine.calls import Calls
from corpus_engine.errors import IndexFormatError
from corpus_engine.shard import Shard
from corpus_engine.types import Segment

NO_TOKENS = -3
"""Stands for the count of a text without a token, as in `kernels.calls`."""

NOT_PLAIN = -4
"""Stands for the count of a text that has to be prepared first, as in `kernels.calls`."""

_BAD_WORDS = -2
_NO_LIMIT = 1 << 62
_WIDEST_WINDOW = 1 << 40
_PADDING = bytes(8)


class _Clauses:
    """Encoded queries of several clauses, as kernels take them."""

    __slots__ = ("_data", "_ends", "_sizes", "addresses")

    def __init__(self, clauses: Sequence[Sequence[bytes]]) -> None:
        queries = [query for clause in clauses for query in clause]
        self._data = array("B", b"".join(queries) + _PADDING)
        self._ends = array("q")
        end = 0
        for query in queries:
            end += len(query)
            self._ends.append(end)
        self._sizes = array("q", map(len, clauses))
        self.addresses = (
            self._data.buffer_info()[0],
            self._ends.buffer_info()[0],
            self._sizes.buffer_info()[0],
            len(clauses),
        )


class Search:
    """Finds and counts encoded queries in a list of shards; safe to use from several threads.

    Parameters
    ----------
    folder : Path
        The index, for messages.
    shards : sequence of Shard
        Open shards; they must stay open as long as the searcher is used.
    trail_units : (int, int)
        Range of the tokens that continue a word; (0, 0) where there are none.
    units_a_token : int
        Most stream tokens that one token of the analyzer takes.
    backwards : bool
        Whether documents lie in the streams from their last token to their first (infini-gram's
        version 5). Queries are given in reading order all the same.
    words_address : int
        Where the record of the vocabulary lies that texts are looked up in; 0 where texts come as
        stream bytes. The vocabulary must stay open as long as the searcher is used.
    """

    def __init__(
        self,
        folder: Path,
        shards: Sequence[Shard],
        *,
        trail_units: tuple[int, int] = (0, 0),
        units_a_token: int = 1,
        backwards: bool = False,
        words_address: int = 0,
    ) -> None:
        self._folder = folder
        self.shards = tuple(shards)
        """The shards."""
        self.width = shards[0].width
        """Bytes of a token."""
        self.trail_units = trail_units
        """Range of the tokens that continue a word."""
        self.backwards = backwards
        """Whether documents lie backwards in the streams."""
        self._in_words = words_address != 0
        fields = [len(shards), self.width, *trail_units, units_a_token, backwards, words_address]
        for shard in shards:
            fields += shard.record()
        self._handle = np.array(fields, np.int64)
        self.calls = Calls(self._handle.ctypes.data)
        """The kernels, for callers that save a step; they must check what these return."""

    @property
    def n_shards(self) -> int:
        """Shards."""
        return len(self.shards)

    def count(self, query: bytes) -> int:
        """Return the number of occurrences of a query in all shards."""
        value: int = self.calls.count_query(query)
        if value < 0:
            raise self.damaged()
        return value

    def count_many(self, queries: bytes, ends: NDArray[np.int64]) -> list[int]:
        """Count queries that lie one after the other; `ends` are byte offsets."""
        return self._counts(self.calls.count_queries, queries, ends)

    def count_texts(self, texts: bytes, ends: NDArray[np.int64]) -> list[int]:
        """Count prepared texts that lie one after the other; `ends` are byte offsets.

        A text without tokens gets `NO_TOKENS`.
        """
        return self._counts(self.calls.count_texts, texts, ends.copy())

    def _counts(
        self, kernel: Callable[..., int], queries: bytes, ends: NDArray[np.int64]
    ) -> list[int]:
        found = np.empty(len(ends), np.int64)
        status = kernel(queries, ends, found)
        if status < 0 and status != NO_TOKENS:
            raise self.failed(status)
        counts: list[int] = found.tolist()
        return counts

    def encode(self, text: bytes) -> bytes:
        """Return the stream bytes of a prepared text, in reading order."""
        if not self._in_words:
            return text
        length, units = self.calls.encode_text(text)
        if length < 0:
            raise self.failed(length)
        encoded: bytes = units[:length].tobytes()
        return encoded

    def cooccurrence(
        self, a: bytes, b: bytes, window: int, at_least: int | None
    ) -> tuple[int, bool, int, tuple[int, int]]:
        """Return what `count_cnf` does for two prepared texts; `NO_TOKENS` if one has none."""
        value, early, anchor, count_a, count_b = self.calls.cooccurrence(
            a, b, min(window, _WIDEST_WINDOW), _NO_LIMIT if at_least is None else at_least
        )
        if value < 0 and value != NO_TOKENS:
            raise self.failed(value)
        return value, not early, anchor, (count_a, count_b)

    def find(self, query: bytes) -> list[Segment]:
        """Return the range of ranks of a query in each shard."""
        query = self.oriented(query)
        data = array("B", query + _PADDING)
        out = np.empty((self.n_shards, 2), np.int64)
        found = self.calls.find(data.buffer_info()[0], len(query), out.ctypes.data)
        if found < 0:
            raise self.damaged()
        return [Segment(lo, hi) for lo, hi in out.tolist()]

    def count_cnf(
        self, clauses: Sequence[Sequence[bytes]], window: int, at_least: int | None
    ) -> tuple[int, bool, int, list[int]]:
        """Count the anchors that have all other clauses near them.

        Returns
        -------
        (int, bool, int, list of int)
            The hits, whether all were counted, the number of the anchor clause, and the
            occurrences of each clause.
        """
        encoded = _Clauses(self._oriented_clauses(clauses))
        n = len(clauses)
        out = array("q", bytes(8 * (n + 2)))
        limit = _NO_LIMIT if at_least is None else at_least
        value = self.calls.count_cnf(
            *encoded.addresses, min(window, _WIDEST_WINDOW), limit, out.buffer_info()[0]
        )
        if value < 0:
            raise self.damaged()
        return value, not out[n + 1], out[n], out[:n].tolist()

    def places_cnf(
        self,
        clauses: Sequence[Sequence[bytes]],
        window: int,
        most: int,
        *,
        leftmost: bool = False,
    ) -> NDArray[np.int64]:
        """Return up to `most` hits, shape (n, 2 + clauses): shard, anchor, a place of each clause.

        Places are byte offsets. A clause's place is the one nearest to the anchor, or with
        `leftmost` the last one before it, if there is one within the window.
        """
        encoded = _Clauses(self._oriented_clauses(clauses))
        out = np.empty((max(most, 1), len(clauses) + 2), np.int64)
        n = self.calls.places_cnf(
            *encoded.addresses, min(window, _WIDEST_WINDOW), most, leftmost, out.ctypes.data
        )
        if n < 0:
            raise self.damaged()
        return out[:n]

    def runs(self, shard: int, segment: Segment, length: int) -> NDArray[np.int64]:
        """Return the tokens after a query of `length` bytes and their counts, shape (n, 2).

        -1 stands for the end of the stream, and -2 for a damaged entry of the suffix array.
        """
        found: NDArray[np.int64] = self.calls.runs(shard, segment.lo, segment.hi, length)
        return found

    def neighbours(self, shard: int, ranks: NDArray[np.int64], distance: int) -> NDArray[np.int64]:
        """Return the token `distance` bytes from where each rank starts; -1 and -2 as in `runs`."""
        found: NDArray[np.int64] = self.calls.neighbours(
            shard, np.ascontiguousarray(ranks, np.int64), distance
        )
        return found

    def longest_prefixes(self, query: bytes) -> NDArray[np.int64]:
        """Return for each token of a query the bytes from there on that occur in some shard."""
        data = array("B", query + _PADDING)
        out = np.empty(len(query) // self.width, np.int64)
        status = self.calls.longest_prefixes(data.buffer_info()[0], len(query), out.ctypes.data)
        if status < 0:
            raise self.damaged()
        return out

    def steps(self, shard: int, at: int, other: int) -> int:
        """Return the distance between two byte offsets of a shard in words."""
        distance: int = self.calls.steps(shard, at, other)
        return distance

    def document_of(self, shard: int, at: int) -> int:
        """Return the number within its shard of the document at a byte offset."""
        number: int = self.calls.document_of(shard, at)
        return number

    def oriented(self, query: bytes) -> bytes:
        """Return a query given in reading order as it lies in the streams."""
        if not self.backwards:
            return query
        return np.frombuffer(query, f"<u{self.width}")[::-1].tobytes()

    def _oriented_clauses(self, clauses: Sequence[Sequence[bytes]]) -> Sequence[Sequence[bytes]]:
        if not self.backwards:
            return clauses
        return [[self.oriented(query) for query in clause] for clause in clauses]

    def damaged(self) -> IndexFormatError:
        """Return the error for a suffix array that points outside its stream."""
        return IndexFormatError(
            f"the suffix array in {self._folder} points outside its token stream: the index is "
            "damaged; verify it, and build it again"
        )

    def failed(self, status: int) -> IndexFormatError:
        """Return the error for a negative status of a kernel that is not `NO_TOKENS`."""
        if status == _BAD_WORDS:
            return IndexFormatError(
                f"the words in {self._folder} (files words.*) contradict each other: the index is "
                "damaged; verify it, and build it again"
            )
        return self.damaged()
