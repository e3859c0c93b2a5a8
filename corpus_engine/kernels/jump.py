"""Descent of the jump index: between which ranks the bounds of a query lie."""

from __future__ import annotations

from numba import uint64

from corpus_engine.kernels.handle import (
    KEY_STRIDE,
    LEVELS,
    N_KEYS,
    N_LEVELS,
    N_RANKS,
    shard_field,
)
from corpus_engine.kernels.memory import kernel, load8, load64, load64_swapped, prefetch
from corpus_engine.layout import KEYS_A_BLOCK


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
