"""Which ranks of a suffix array start with a query."""

from __future__ import annotations

import numpy as np

from corpus_engine.kernels.batch import count_many
from corpus_engine.kernels.handle import N_SHARDS, header
from corpus_engine.kernels.jump import approach, narrow
from corpus_engine.kernels.memory import kernel, scratch, store64
from corpus_engine.kernels.ranks import BAD_POINTER, fetch_entries, fetch_suffixes, settle


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
def find(handle: int, query: int, length: int, out: int) -> int:
    """Store the range of ranks of a query in each shard: two numbers a shard."""
    for shard in range(header(handle, N_SHARDS)):
        lo, hi = bounds(handle, shard, query, length)
        if lo < 0:
            return BAD_POINTER
        store64(out + 16 * shard, lo)
        store64(out + 16 * shard + 8, hi)
    return 0
