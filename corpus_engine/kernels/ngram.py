"""What follows a query, and how much of a text a corpus holds."""

from __future__ import annotations

import numpy as np
from numba import int64
from numpy.typing import NDArray

from corpus_engine.kernels.bounds import bounds
from corpus_engine.kernels.clauses import occurrence
from corpus_engine.kernels.handle import (
    N_RANKS,
    N_SHARDS,
    STREAM,
    STREAM_BYTES,
    WIDTH,
    header,
    shard_field,
)
from corpus_engine.kernels.memory import kernel, load8, load64, store64
from corpus_engine.kernels.ranks import BAD_POINTER
from corpus_engine.kernels.stream import token

END = -1
"""Stands for the token after the last one of a stream."""

_BAD = -2


@kernel
def neighbour(handle: int, shard: int, rank: int, distance: int) -> int:
    """Return the token `distance` bytes from where a rank starts, `END`, or -2 for a bad rank."""
    at = occurrence(handle, shard, rank)
    if at < 0:
        return _BAD
    width = header(handle, WIDTH)
    if at + distance < 0 or at + distance + width > shard_field(handle, shard, STREAM_BYTES):
        return END
    return token(shard_field(handle, shard, STREAM), at + distance, width)


@kernel
def neighbours(
    handle: int, shard: int, ranks: NDArray[np.int64], distance: int
) -> NDArray[np.int64]:
    """Return the `neighbour` of each of several ranks; ranks must lie in the shard."""
    tokens = np.empty(len(ranks), np.int64)
    for i in range(len(ranks)):
        tokens[i] = neighbour(handle, shard, ranks[i], distance)
    return tokens


@kernel
def _end_of_run(handle: int, shard: int, rank: int, hi: int, distance: int, value: int) -> int:
    """Return the first rank after `rank` whose neighbour is another, by galloping."""
    step = 1
    while rank + step < hi and neighbour(handle, shard, rank + step, distance) == value:
        step *= 2
    lo = rank + step // 2 + 1
    hi = min(rank + step, hi)
    while lo < hi:
        middle = (lo + hi) >> 1
        if neighbour(handle, shard, middle, distance) == value:
            lo = middle + 1
        else:
            hi = middle
    return lo


@kernel
def runs(handle: int, shard: int, lo: int, hi: int, distance: int) -> NDArray[np.int64]:
    """Return the tokens after a query, with their counts: shape (n, 2), in rank order.

    `[lo, hi)` are the query's ranks and `distance` is its length in bytes, so that equal tokens
    follow each other. Costs a binary search for each distinct token.
    """
    found = np.empty((64, 2), np.int64)
    n = 0
    rank = lo
    while rank < hi:
        value = neighbour(handle, shard, rank, distance)
        end = _end_of_run(handle, shard, rank, hi, distance, value)
        if n == len(found):
            found = _doubled(found)
        found[n, 0] = value
        found[n, 1] = end - rank
        n += 1
        rank = end
    return found[:n]


@kernel
def _doubled(pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a copy with twice the room; a slice assignment would take seconds to compile."""
    larger = np.empty((2 * len(pairs), 2), np.int64)
    for i in range(len(pairs)):
        larger[i, 0] = pairs[i, 0]
        larger[i, 1] = pairs[i, 1]
    return larger


@kernel
def common_prefix(handle: int, shard: int, rank: int, query: int, length: int) -> int:
    """Return how many bytes a suffix shares with a query."""
    at = occurrence(handle, shard, rank)
    if at < 0:
        return BAD_POINTER
    stream = shard_field(handle, shard, STREAM)
    most = min(length, shard_field(handle, shard, STREAM_BYTES) - at)
    same = 0
    while same + 8 <= most and load64(stream + at + same) == load64(query + same):
        same += 8
    while same < most and load8(stream + at + same) == load8(query + same):
        same += 1
    return same


@kernel
def longest_prefix(handle: int, query: int, length: int) -> int:
    """Return the length in bytes of the longest prefix of whole tokens that any shard holds."""
    best = 0
    for shard in range(header(handle, N_SHARDS)):
        lo, hi = bounds(handle, shard, query, length)
        if lo < 0:
            return BAD_POINTER
        if lo < hi:
            return length
        # Without an occurrence, the suffixes on both sides of its place share the most with it.
        for rank in range(max(lo - 1, 0), min(lo + 1, shard_field(handle, shard, N_RANKS))):
            same = common_prefix(handle, shard, rank, query, length)
            if same < 0:
                return BAD_POINTER
            best = max(best, same)
    return best - best % header(handle, WIDTH)


@kernel
def longest_prefixes(handle: int, query: int, length: int, out: int) -> int:
    """Store, for each token of a query, the longest prefix from there on that any shard holds."""
    width = header(handle, WIDTH)
    for i in range(length // width):
        found = longest_prefix(handle, query + i * width, length - i * width)
        if found < 0:
            return BAD_POINTER
        store64(out + 8 * i, int64(found))
    return 0
