"""Which ranks of a suffix array start with a query."""

from __future__ import annotations

import numpy as np
from numba import int64, uint64
from numpy.typing import NDArray

from corpus_engine.kernels.handle import (
    KEY_STRIDE,
    LEVELS,
    N_KEYS,
    N_LEVELS,
    N_RANKS,
    N_SHARDS,
    POINTER_BYTES,
    RANKS,
    RANKS_BYTES,
    STREAM,
    STREAM_BYTES,
    header,
    shard_field,
)
from corpus_engine.kernels.memory import (
    kernel,
    load8,
    load64,
    load64_swapped,
    prefetch,
    scratch,
    store64,
)
from corpus_engine.layout import KEYS_A_BLOCK

BAD_POINTER = -1
"""Returned in place of a rank where the suffix array points outside the stream."""

_FEW_RANKS = 32
"""Ranks up to which a search fetches in advance all that it may read."""

GROUP = 16
"""Searches that are in flight together."""


@kernel
def pointer(ranks: int, ranks_bytes: int, width: int, rank: int) -> int:
    """Return the byte offset that a rank of the suffix array holds."""
    at = rank * width
    if at + 8 <= ranks_bytes:
        value = int64(load64(ranks + at))
        return value & ((1 << (8 * width)) - 1) if width < 8 else value
    value = int64(0)
    for i in range(width):
        value |= load8(ranks + at + i) << (8 * i)
    return value


@kernel
def compare(stream: int, stream_bytes: int, at: int, query: int, length: int) -> int:
    """Order the suffix at `at` against a query: -1 before, 0 starts with it, 1 after."""
    done = 0
    while done < length:
        left = min(length - done, 8)
        if at + done + 8 <= stream_bytes:
            shift = uint64(64 - 8 * left)
            ours = load64_swapped(stream + at + done) >> shift
            theirs = load64_swapped(query + done) >> shift
            if ours != theirs:
                return -1 if ours < theirs else 1
        else:
            for i in range(done, done + left):
                if at + i >= stream_bytes:
                    return -1
                ours = load8(stream + at + i)
                theirs = load8(query + i)
                if ours != theirs:
                    return -1 if ours < theirs else 1
        done += left
    return 0


@kernel
def keys_below(keys: int, lo: int, hi: int, key: uint64, equal_too: bool) -> int:
    """Return the first index in [lo, hi) whose key is above `key` (or equal, unless equal_too)."""
    while lo < hi:
        middle = (lo + hi) >> 1
        found = load64(keys + 8 * middle)
        if found < key or (equal_too and found == key):
            lo = middle + 1
        else:
            hi = middle
    return lo


@kernel
def fetch_block(keys: int, lo: int, hi: int) -> None:
    """Fetch the cache lines of some keys in advance."""
    for i in range(lo, hi, 8):
        prefetch(keys + 8 * i)


@kernel
def level_size(n_keys: int, level: int) -> int:
    """Return the number of keys of a level."""
    for _ in range(level):
        n_keys = (n_keys + KEYS_A_BLOCK - 1) // KEYS_A_BLOCK
    return n_keys


@kernel
def key_range(query: int, length: int) -> tuple[uint64, uint64]:
    """Return the least and the greatest key of a suffix that starts with a query."""
    low = load64_swapped(query)
    if length >= 8:
        return low, low
    if length == 0:
        return uint64(0), ~uint64(0)
    shift = uint64(64 - 8 * length)
    low = (low >> shift) << shift
    return low, low | ((uint64(1) << shift) - uint64(1))


@kernel
def keys_between(
    keys: int, places: tuple[int, int, int, int], low: uint64, high: uint64
) -> tuple[int, int]:
    """Return how many keys are below `low`, and how many are not above `high`.

    The first number lies in the closed range of the first two places, the other in that of the
    other two.
    """
    first = keys_below(keys, places[0], places[1], low, False)
    last = max(first, places[2])
    # Most queries are rare: both bounds fall between the same two keys.
    if last < places[3] and load64(keys + 8 * last) <= high:
        last = keys_below(keys, last + 1, places[3], high, True)
    return first, last


@kernel
def approach(handle: int, shard: int, query: int, length: int) -> tuple[int, int, int, int]:
    """Descend to the lowest level of the jump index; return where its bounds of a query lie.

    The places are those that `keys_between` takes; the keys there are fetched in advance.
    """
    low, high = key_range(query, length)
    n_keys = shard_field(handle, shard, N_KEYS)
    level = shard_field(handle, shard, N_LEVELS) - 1
    size = level_size(n_keys, level)
    places = (0, size, 0, size)
    while level > 0:
        first, last = keys_between(shard_field(handle, shard, LEVELS + level), places, low, high)
        level -= 1
        size = level_size(n_keys, level)
        # The bound lies in the block under the last key that is before it.
        places = (
            max(first - 1, 0) * KEYS_A_BLOCK,
            min(first * KEYS_A_BLOCK, size),
            max(last - 1, 0) * KEYS_A_BLOCK,
            min(last * KEYS_A_BLOCK, size),
        )
        keys = shard_field(handle, shard, LEVELS + level)
        fetch_block(keys, places[0], places[1])
        if places[2] != places[0]:
            fetch_block(keys, places[2], places[3])
    return places


@kernel
def narrow(
    handle: int, shard: int, query: int, length: int, places: tuple[int, int, int, int]
) -> tuple[int, int, int, int]:
    """Return ranks between which the jump index places the two bounds of a query.

    `places` are those of `approach`. The first rank of the query's range lies in the closed range
    of the first two numbers, one past the last in that of the other two.
    """
    n_ranks = shard_field(handle, shard, N_RANKS)
    n_keys = shard_field(handle, shard, N_KEYS)
    if length == 0:
        return 0, 0, n_ranks, n_ranks
    if n_keys == 0:
        return 0, n_ranks, 0, n_ranks
    stride = shard_field(handle, shard, KEY_STRIDE)
    low, high = key_range(query, length)
    first, last = keys_between(shard_field(handle, shard, LEVELS), places, low, high)
    lower = (first - 1) * stride + 1 if first > 0 else 0
    upper_end = min(last * stride, n_ranks) if last < n_keys else n_ranks
    # A key stands for eight bytes, padded with zeros at the end of the stream. Only where it
    # settles the whole query, and padding cannot look like it, do sampled ranks bound both sides.
    settled = length <= 8 and load8(query + length - 1) != 0
    if last > first and settled:
        return lower, first * stride, (last - 1) * stride + 1, upper_end
    return lower, upper_end, lower, upper_end


@kernel
def fetch_entries(handle: int, shard: int, lo: int, end: int) -> None:
    """Fetch in advance the entries of the suffix array that a search of few ranks will read."""
    if lo < end <= lo + _FEW_RANKS:
        ranks = shard_field(handle, shard, RANKS)
        width = shard_field(handle, shard, POINTER_BYTES)
        prefetch(ranks + lo * width)
        prefetch(ranks + (end - 1) * width)


@kernel
def fetch_suffixes(handle: int, shard: int, lo: int, end: int) -> None:
    """Fetch in advance the suffixes that a search of few ranks will read.

    All at once they take little longer than one; a search alone would wait for one after the other.
    """
    if lo < end <= lo + _FEW_RANKS:
        stream = shard_field(handle, shard, STREAM)
        ranks = shard_field(handle, shard, RANKS)
        ranks_bytes = shard_field(handle, shard, RANKS_BYTES)
        width = shard_field(handle, shard, POINTER_BYTES)
        for rank in range(lo, end):
            prefetch(stream + pointer(ranks, ranks_bytes, width, rank))


@kernel
def settle(
    handle: int, shard: int, query: int, length: int, places: tuple[int, int, int, int]
) -> tuple[int, int]:
    """Return the query's range of ranks, given what `narrow` says of it."""
    lo, lo_end, hi, hi_end = places
    stream = shard_field(handle, shard, STREAM)
    stream_bytes = shard_field(handle, shard, STREAM_BYTES)
    ranks = shard_field(handle, shard, RANKS)
    ranks_bytes = shard_field(handle, shard, RANKS_BYTES)
    width = shard_field(handle, shard, POINTER_BYTES)
    while lo < lo_end:
        middle = (lo + lo_end) >> 1
        at = pointer(ranks, ranks_bytes, width, middle)
        if at < 0 or at >= stream_bytes:
            return BAD_POINTER, BAD_POINTER
        order = compare(stream, stream_bytes, at, query, length)
        if order < 0:
            lo = middle + 1
        else:
            lo_end = middle
            # What one search learns bounds the other.
            if order > 0:
                hi_end = min(hi_end, middle)
            else:
                hi = max(hi, middle + 1)
    hi = max(hi, lo)
    while hi < hi_end:
        middle = (hi + hi_end) >> 1
        at = pointer(ranks, ranks_bytes, width, middle)
        if at < 0 or at >= stream_bytes:
            return BAD_POINTER, BAD_POINTER
        if compare(stream, stream_bytes, at, query, length) <= 0:
            hi = middle + 1
        else:
            hi_end = middle
    return lo, hi


@kernel
def bounds(handle: int, shard: int, query: int, length: int) -> tuple[int, int]:
    """Return the half-open range of ranks whose suffixes start with a query.

    `length` is in bytes; a length of 0 matches every rank. Both are `BAD_POINTER` where the suffix
    array is damaged on the way.
    """
    near = approach(handle, shard, query, length)
    places = narrow(handle, shard, query, length, near)
    lo, lo_end, hi, hi_end = places
    fetch_entries(handle, shard, hi, hi_end)
    fetch_entries(handle, shard, lo, lo_end)
    fetch_suffixes(handle, shard, lo, lo_end)
    if hi != lo:
        fetch_suffixes(handle, shard, hi, hi_end)
    return settle(handle, shard, query, length, places)


@kernel
def nth_query(queries: int, ends: int, i: int) -> tuple[int, int]:
    """Return the address and length of query `i` of several that lie one after the other."""
    start = int64(load64(ends + 8 * (i - 1))) if i > 0 else int64(0)
    return queries + start, int64(load64(ends + 8 * i)) - start


@kernel
def search_of(i: int, n_shards: int) -> tuple[int, int]:
    """Return the query and the shard of search `i`: each query is looked for in every shard."""
    return (i, 0) if n_shards == 1 else (i // n_shards, i % n_shards)


@kernel
def bounds_of_group(
    handle: int, queries: int, ends: int, first: int, end: int, found: NDArray[np.int64]
) -> bool:
    """Store the ranges of ranks of some searches, each step for all, so that memory keeps up.

    Row `i - first` of `found`, shape (`GROUP`, 4), gets the range of search `i` in its first two
    columns. Returns false for a damaged shard.
    """
    n_shards = header(handle, N_SHARDS)
    for i in range(first, end):
        number, shard = search_of(i, n_shards)
        query, length = nth_query(queries, ends, number)
        _store(found, i - first, approach(handle, shard, query, length))
    for i in range(first, end):
        number, shard = search_of(i, n_shards)
        query, length = nth_query(queries, ends, number)
        row = found[i - first]
        near = (row[0], row[1], row[2], row[3])
        places = narrow(handle, shard, query, length, near)
        fetch_entries(handle, shard, places[0], places[1])
        fetch_entries(handle, shard, places[2], places[3])
        _store(found, i - first, places)
    for i in range(first, end):
        row = found[i - first]
        _, shard = search_of(i, n_shards)
        fetch_suffixes(handle, shard, row[0], row[1])
        if row[2] != row[0]:
            fetch_suffixes(handle, shard, row[2], row[3])
    for i in range(first, end):
        number, shard = search_of(i, n_shards)
        query, length = nth_query(queries, ends, number)
        row = found[i - first]
        lo, hi = settle(handle, shard, query, length, (row[0], row[1], row[2], row[3]))
        if lo < 0:
            return False
        row[0], row[1] = lo, hi
    return True


@kernel
def _store(found: NDArray[np.int64], i: int, places: tuple[int, int, int, int]) -> None:
    """Store four numbers in a row."""
    found[i, 0], found[i, 1], found[i, 2], found[i, 3] = places


@kernel
def count(handle: int, query: int, length: int) -> int:
    """Return how often a query occurs in all shards, or `BAD_POINTER`."""
    if header(handle, N_SHARDS) == 1:
        lo, hi = bounds(handle, 0, query, length)
        return hi - lo if lo >= 0 else BAD_POINTER
    end = scratch()
    store64(end, length)
    counts = np.empty(1, np.int64)
    status = count_many(handle, query, end, counts)
    return counts[0] if status == 0 else status


@kernel
def count_many(handle: int, queries: int, ends: int, counts: NDArray[np.int64]) -> int:
    """Count queries that lie one after the other; `ends` holds where each ends."""
    n_shards = header(handle, N_SHARDS)
    found = np.empty((GROUP, 4), np.int64)
    for i in range(len(counts)):
        counts[i] = 0
    n_searches = len(counts) * n_shards
    for first in range(0, n_searches, GROUP):
        end = min(first + GROUP, n_searches)
        if not bounds_of_group(handle, queries, ends, first, end, found):
            return BAD_POINTER
        for i in range(first, end):
            counts[search_of(i, n_shards)[0]] += found[i - first, 1] - found[i - first, 0]
    return 0


@kernel
def find(handle: int, query: int, length: int, out: int) -> int:
    """Store the range of ranks of a query in each shard: two numbers a shard."""
    for shard in range(header(handle, N_SHARDS)):
        lo, hi = bounds(handle, shard, query, length)
        if lo < 0:
            return BAD_POINTER
        store64(out + 16 * shard, lo)
        store64(out + 16 * shard + 8, hi)
    return 0
