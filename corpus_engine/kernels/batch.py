"""Several searches step by step together, so that their waits for memory overlap."""

from __future__ import annotations

import numpy as np
from numba import int64
from numpy.typing import NDArray

from corpus_engine.kernels.handle import N_SHARDS, header
from corpus_engine.kernels.jump import approach, narrow
from corpus_engine.kernels.memory import kernel, load64
from corpus_engine.kernels.ranks import BAD_POINTER, fetch_entries, fetch_suffixes, settle

GROUP = 16
"""Searches that are in flight together."""


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
