"""Clauses: the alternatives of one term, as disjoint ranges of ranks in every shard."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corpus_engine.kernels.batch import GROUP, bounds_of_group, search_of
from corpus_engine.kernels.handle import (
    N_SHARDS,
    POINTER_BYTES,
    RANKS,
    RANKS_BYTES,
    STREAM_BYTES,
    header,
    shard_field,
)
from corpus_engine.kernels.memory import kernel
from corpus_engine.kernels.ranks import pointer

_FEW = 64
_DIGIT_BITS = 10
_DIGIT = (1 << _DIGIT_BITS) - 1


@kernel
def segments(handle: int, queries: int, ends: int, n: int) -> NDArray[np.int64]:
    """Return the ranks of `n` queries, shape (n_shards, n, 2); a damaged index gives no shards.

    Ranges of ranks either nest, where one query starts with another, or are disjoint.
    """
    n_shards = header(handle, N_SHARDS)
    found = np.empty((n_shards, n, 2), np.int64)
    group = np.empty((GROUP, 4), np.int64)
    for first in range(0, n * n_shards, GROUP):
        end = min(first + GROUP, n * n_shards)
        if not bounds_of_group(handle, queries, ends, first, end, group):
            return np.empty((0, n, 2), np.int64)
        for i in range(first, end):
            query, shard = search_of(i, n_shards)
            found[shard, query, 0], found[shard, query, 1] = (
                group[i - first, 0],
                group[i - first, 1],
            )
    return found


@kernel
def drop_nested(found: NDArray[np.int64], first: int, end: int) -> int:
    """Empty each range of the clause `[first, end)` that lies in another; return what is left."""
    total = 0
    for shard in range(found.shape[0]):
        for i in range(first, end):
            lo, hi = found[shard, i, 0], found[shard, i, 1]
            for j in range(first, end):
                inside = found[shard, j, 0] <= lo and hi <= found[shard, j, 1]
                smaller = hi - lo < found[shard, j, 1] - found[shard, j, 0]
                if i != j and inside and (smaller or j < i):
                    found[shard, i, 1] = lo
            total += found[shard, i, 1] - found[shard, i, 0]
    return total


@kernel
def size(found: NDArray[np.int64], shard: int, first: int, end: int) -> int:
    """Return how many occurrences a clause has in a shard."""
    total = 0
    for i in range(first, end):
        total += found[shard, i, 1] - found[shard, i, 0]
    return total


@kernel
def occurrence(handle: int, shard: int, rank: int) -> int:
    """Return the byte offset of a rank, or -1 where the suffix array is damaged."""
    ranks = shard_field(handle, shard, RANKS)
    width = shard_field(handle, shard, POINTER_BYTES)
    at = pointer(ranks, shard_field(handle, shard, RANKS_BYTES), width, rank)
    if at < 0 or at >= shard_field(handle, shard, STREAM_BYTES):
        return -1
    return at


@kernel
def sort_places(places: NDArray[np.int64], end: int) -> NDArray[np.int64]:
    """Sort numbers from 0 to `end`, by insertion where they are few and by their digits else."""
    n = len(places)
    if n <= _FEW:
        for i in range(1, n):
            value = places[i]
            j = i
            while j > 0 and places[j - 1] > value:
                places[j] = places[j - 1]
                j -= 1
            places[j] = value
        return places
    other = np.empty(n, np.int64)
    starts = np.empty(1 << _DIGIT_BITS, np.int64)
    shift = 0
    while end >> shift > 0:
        for digit in range(1 << _DIGIT_BITS):
            starts[digit] = 0
        for i in range(n):
            starts[(places[i] >> shift) & _DIGIT] += 1
        before = 0
        for digit in range(1 << _DIGIT_BITS):
            before, starts[digit] = before + starts[digit], before
        for i in range(n):
            digit = (places[i] >> shift) & _DIGIT
            other[starts[digit]] = places[i]
            starts[digit] += 1
        places, other = other, places
        shift += _DIGIT_BITS
    return places


@kernel
def occurrences(
    handle: int, shard: int, found: NDArray[np.int64], first: int, end: int
) -> NDArray[np.int64]:
    """Return the sorted byte offsets of a clause in a shard; [-1] where the index is damaged."""
    places = np.empty(size(found, shard, first, end), np.int64)
    n = 0
    for i in range(first, end):
        for rank in range(found[shard, i, 0], found[shard, i, 1]):
            at = occurrence(handle, shard, rank)
            if at < 0:
                return np.full(1, -1, np.int64)
            places[n] = at
            n += 1
    return sort_places(places, shard_field(handle, shard, STREAM_BYTES))
