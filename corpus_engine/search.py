"""Token-level queries over all shards: the border between Python and the kernels."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus_engine.errors import IndexFormatError
from corpus_engine.shard import Shard
from corpus_engine.types import Segment

NO_LIMIT = 1 << 62
_PADDING = bytes(8)


class _Scratch(threading.local):
    """Buffers of one thread, so that a query allocates nothing."""

    def __init__(self) -> None:
        self.query = np.zeros(4096, np.uint8)
        self.room = len(self.query) - len(_PADDING)
        self.query_address: int = self.query.ctypes.data
        self.view = self.query.data
        self.numbers = np.zeros(512, np.int64)
        self.numbers_address: int = self.numbers.ctypes.data


class Clauses:
    """Encoded variants of several clauses, with the ends that kernels need.

    Parameters
    ----------
    clauses : sequence of sequences of bytes
        For each clause, the stream bytes of each of its variants.
    """

    __slots__ = ("_data", "_ends", "data_address", "ends_address", "sizes")

    def __init__(self, clauses: Sequence[Sequence[bytes]]) -> None:
        variants = [variant for clause in clauses for variant in clause]
        self.sizes = [len(clause) for clause in clauses]
        self._data = array("B", b"".join(variants) + _PADDING)
        self._ends = array("q")
        end = 0
        for variant in variants:
            end += len(variant)
            self._ends.append(end)
        self.data_address = self._data.buffer_info()[0]
        self.ends_address = self._ends.buffer_info()[0]


class Search:
    """Finds and counts encoded queries in a list of shards.

    Parameters
    ----------
    folder : Path
        The index, for messages.
    shards : sequence of Shard
        Open shards; they must stay open as long as the searcher is used.
    trail_units : (int, int)
        Range of the trail units of a word stream; (0, 0) for any other.
    """

    def __init__(self, folder: Path, shards: Sequence[Shard], trail_units: tuple[int, int]) -> None:
        from corpus_engine.kernels import bounds, cooccurrence, stream

        self._folder = folder
        self._count = bounds.count
        self._count_many = bounds.count_many
        self._find = bounds.find
        self._cooccurrence = cooccurrence.cooccurrence
        self._hits = cooccurrence.hits
        self._steps = stream.steps
        self._document_of = stream.document_of
        self.n_shards = len(shards)
        self._shards = tuple(shards)
        fields = [len(shards), shards[0].width, *trail_units]
        for shard in shards:
            fields += shard.record()
        self._handle = np.array(fields, np.int64)
        self._address: int = self._handle.ctypes.data
        self._scratch = _Scratch()

    def count(self, query: bytes) -> int:
        """Return the number of occurrences of an encoded query in all shards."""
        scratch = self._scratch
        length = len(query)
        if length > scratch.room:
            long_query = Clauses([[query]])
            value = self._count(self._address, long_query.data_address, length)
        else:
            scratch.view[:length] = query
            value = self._count(self._address, scratch.query_address, length)
        if value < 0:
            raise self._damaged()
        return value

    def count_many(self, queries: bytes, ends: NDArray[np.int64]) -> list[int]:
        """Count queries that lie one after the other; `ends` are byte offsets."""
        data = array("B", queries + _PADDING)
        out = np.empty(len(ends), np.int64)
        status = self._count_many(
            self._address, data.buffer_info()[0], ends.ctypes.data, len(ends), out.ctypes.data
        )
        if status < 0:
            raise self._damaged()
        counts: list[int] = out.tolist()
        return counts

    def find(self, query: bytes) -> list[Segment]:
        """Return the range of ranks of an encoded query in each shard."""
        clause = Clauses([[query]])
        out = np.empty((self.n_shards, 2), np.int64)
        if self._find(self._address, clause.data_address, len(query), out.ctypes.data) < 0:
            raise self._damaged()
        return [Segment(lo, hi) for lo, hi in out.tolist()]

    def cooccurrence(
        self, a: Sequence[bytes], b: Sequence[bytes], window: int, at_least: int | None
    ) -> tuple[int, bool, int, int]:
        """Return the hits, whether all were counted, and the occurrences of both clauses."""
        clauses = Clauses([a, b])
        scratch = self._scratch
        value = self._cooccurrence(
            self._address,
            clauses.data_address,
            clauses.ends_address,
            len(a),
            len(b),
            window,
            NO_LIMIT if at_least is None else at_least,
            scratch.numbers_address,
        )
        if value < 0:
            raise self._damaged()
        count_a, count_b, stopped = scratch.numbers[:3].tolist()
        return value, not stopped, count_a, count_b

    def hits(
        self, a: Sequence[bytes], b: Sequence[bytes], window: int, most: int
    ) -> list[tuple[int, int, int]]:
        """Return (shard, a's byte offset, b's byte offset) of up to `most` hits.

        Without variants of b, every occurrence of a is a hit and b's offset is -1.
        """
        clauses = Clauses([a, b])
        out = np.empty((most, 3), np.int64)
        n = self._hits(
            self._address,
            clauses.data_address,
            clauses.ends_address,
            len(a),
            len(b),
            window,
            most,
            out.ctypes.data,
        )
        if n < 0:
            raise self._damaged()
        return [(shard, at, near) for shard, at, near in out[:n].tolist()]

    def steps(self, shard: int, at: int, other: int) -> int:
        """Return the distance between two byte offsets of a shard in words."""
        distance: int = self._steps(self._address, shard, at, other)
        return distance

    def document_of(self, shard: int, at: int) -> int:
        """Return the number within its shard of the document at a byte offset."""
        number: int = self._document_of(self._address, shard, at)
        return number

    def _damaged(self) -> IndexFormatError:
        return IndexFormatError(
            f"the suffix array in {self._folder} points outside its token stream: the index is "
            "damaged; verify it, and build it again"
        )
