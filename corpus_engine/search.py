"""Queries in stream bytes over all shards: the border between Python and the kernels."""

from __future__ import annotations

import itertools
import threading
from array import array
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus_engine.errors import IndexFormatError
from corpus_engine.shard import Shard
from corpus_engine.types import Segment

_NO_LIMIT = 1 << 62
_PADDING = bytes(8)


class _Scratch(threading.local):
    """Buffers of one thread, so that a count allocates nothing."""

    def __init__(self) -> None:
        self.query = np.zeros(4096, np.uint8)
        self.room = len(self.query) - len(_PADDING)
        self.query_address: int = self.query.ctypes.data
        self.view = self.query.data


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
    """

    def __init__(
        self,
        folder: Path,
        shards: Sequence[Shard],
        *,
        trail_units: tuple[int, int] = (0, 0),
        units_a_token: int = 1,
        backwards: bool = False,
    ) -> None:
        from corpus_engine.kernels import bounds, cnf, ngram, stream

        self._folder = folder
        self._count = bounds.count
        self._count_many = bounds.count_many
        self._find = bounds.find
        self._count_cnf = cnf.count_cnf
        self._places_cnf = cnf.places_cnf
        self._runs = ngram.runs
        self._neighbours = ngram.neighbours
        self._longest_prefixes = ngram.longest_prefixes
        self._steps = stream.steps
        self._document_of = stream.document_of
        self.shards = tuple(shards)
        """The shards."""
        self.width = shards[0].width
        """Bytes of a token."""
        self.trail_units = trail_units
        """Range of the tokens that continue a word."""
        self.backwards = backwards
        """Whether documents lie backwards in the streams."""
        fields = [len(shards), self.width, *trail_units, units_a_token]
        for shard in shards:
            fields += shard.record()
        self._handle = np.array(fields, np.int64)
        self._address: int = self._handle.ctypes.data
        self._scratch = _Scratch()

    @property
    def n_shards(self) -> int:
        """Shards."""
        return len(self.shards)

    def count(self, query: bytes) -> int:
        """Return the number of occurrences of a query in all shards."""
        if self.backwards:
            query = self.oriented(query)
        scratch = self._scratch
        length = len(query)
        if length > scratch.room:
            padded = array("B", query + _PADDING)
            value = self._count(self._address, padded.buffer_info()[0], length)
        else:
            scratch.view[:length] = query
            value = self._count(self._address, scratch.query_address, length)
        if value < 0:
            raise self.damaged()
        return value

    def count_many(self, queries: bytes, ends: NDArray[np.int64]) -> list[int]:
        """Count queries that lie one after the other; `ends` are byte offsets."""
        if self.backwards:
            starts = [0, *ends.tolist()]
            queries = b"".join(
                self.oriented(queries[start:end]) for start, end in itertools.pairwise(starts)
            )
        data = array("B", queries + _PADDING)
        ends = np.ascontiguousarray(ends, np.int64)
        out = np.empty(len(ends), np.int64)
        status = self._count_many(
            self._address, data.buffer_info()[0], ends.ctypes.data, len(ends), out.ctypes.data
        )
        if status < 0:
            raise self.damaged()
        counts: list[int] = out.tolist()
        return counts

    def find(self, query: bytes) -> list[Segment]:
        """Return the range of ranks of a query in each shard."""
        query = self.oriented(query)
        data = array("B", query + _PADDING)
        out = np.empty((self.n_shards, 2), np.int64)
        found = self._find(self._address, data.buffer_info()[0], len(query), out.ctypes.data)
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
        value = self._count_cnf(
            self._address, *encoded.addresses, window, limit, out.buffer_info()[0]
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
        n = self._places_cnf(
            self._address, *encoded.addresses, window, most, leftmost, out.ctypes.data
        )
        if n < 0:
            raise self.damaged()
        return out[:n]

    def runs(self, shard: int, segment: Segment, length: int) -> NDArray[np.int64]:
        """Return the tokens after a query of `length` bytes and their counts, shape (n, 2).

        -1 stands for the end of the stream, and -2 for a damaged entry of the suffix array.
        """
        found: NDArray[np.int64] = self._runs(self._address, shard, segment.lo, segment.hi, length)
        return found

    def neighbours(self, shard: int, ranks: NDArray[np.int64], distance: int) -> NDArray[np.int64]:
        """Return the token `distance` bytes from where each rank starts; -1 and -2 as in `runs`."""
        found: NDArray[np.int64] = self._neighbours(
            self._address, shard, np.ascontiguousarray(ranks, np.int64), distance
        )
        return found

    def longest_prefixes(self, query: bytes) -> NDArray[np.int64]:
        """Return for each token of a query the bytes from there on that occur in some shard."""
        data = array("B", query + _PADDING)
        out = np.empty(len(query) // self.width, np.int64)
        status = self._longest_prefixes(
            self._address, data.buffer_info()[0], len(query), out.ctypes.data
        )
        if status < 0:
            raise self.damaged()
        return out

    def steps(self, shard: int, at: int, other: int) -> int:
        """Return the distance between two byte offsets of a shard in words."""
        distance: int = self._steps(self._address, shard, at, other)
        return distance

    def document_of(self, shard: int, at: int) -> int:
        """Return the number within its shard of the document at a byte offset."""
        number: int = self._document_of(self._address, shard, at)
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
