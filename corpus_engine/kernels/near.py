"""Whether one occurrence of a clause has another clause near it, and where.

`stands_near` walks the window around it in the token stream. `occurs_near` runs through the few
occurrences of the other clause instead. `kernels.marking` is for many of both.
"""

from __future__ import annotations

import numpy as np
from numba import int64, uint64
from numpy.typing import NDArray

from corpus_engine.kernels.batch import nth_query
from corpus_engine.kernels.clauses import occurrence
from corpus_engine.kernels.handle import (
    STREAM,
    STREAM_BYTES,
    TRAIL_END,
    TRAIL_FIRST,
    UNITS_A_TOKEN,
    WIDTH,
    header,
    shard_field,
)
from corpus_engine.kernels.memory import kernel, load64, load64_swapped
from corpus_engine.kernels.ranks import BAD_POINTER, compare
from corpus_engine.kernels.stream import (
    document_range,
    reach,
    token,
)


@kernel
def matches(
    handle: int, shard: int, at: int, queries: int, ends: int, first: int, end: int
) -> bool:
    """Tell whether a query of the clause `[first, end)` stands at a byte offset."""
    stream = shard_field(handle, shard, STREAM)
    stream_bytes = shard_field(handle, shard, STREAM_BYTES)
    start = int64(load64(ends + 8 * (first - 1))) if first > 0 else int64(0)
    for i in range(first, end):
        stop = int64(load64(ends + 8 * i))
        if compare(stream, stream_bytes, at, queries + start, stop - start) == 0:
            return True
        start = stop
    return False


@kernel
def first_match(handle: int, shard: int, query: int, length: int, start: int, end: int) -> int:
    """Return the first token from byte offset `start` to `end` where a query stands, or -1."""
    width = header(handle, WIDTH)
    stream = shard_field(handle, shard, STREAM)
    stream_bytes = shard_field(handle, shard, STREAM_BYTES)
    shift = uint64(64 - 8 * min(length, 8))
    key = load64_swapped(query) >> shift
    at = start
    while at < min(end, stream_bytes - 7):
        if load64_swapped(stream + at) >> shift == key and (
            length <= 8 or compare(stream, stream_bytes, at, query, length) == 0
        ):
            return at
        at += width
    while at < end:
        if compare(stream, stream_bytes, at, query, length) == 0:
            return at
        at += width
    return -1


@kernel
def surroundings(handle: int, shard: int, at: int, window: int) -> tuple[int, int]:
    """Return the byte offsets between which tokens are within `window` words of `at`, half-open.

    Both lie in the document that holds `at`.
    """
    width = header(handle, WIDTH)
    low, high = document_range(handle, shard, at)
    widest = window * width
    if header(handle, UNITS_A_TOKEN) == 1:
        return max(low, at - widest), min(high, at + widest + width)
    if at - low <= widest and high - at <= widest:
        return low, high
    return reach(handle, shard, at, window, True), reach(handle, shard, at, window, False) + width


@kernel
def stands_near(
    handle: int, shard: int, at: int, window: int, queries: int, ends: int, first: int, end: int
) -> bool:
    """Tell whether the clause stands within `window` words of `at`, by reading what is there."""
    low, high = surroundings(handle, shard, at, window)
    for i in range(first, end):
        query, length = nth_query(queries, ends, i)
        # What follows is about as likely as what precedes, and in the cache already.
        if first_match(handle, shard, query, length, at, high) >= 0:
            return True
        if first_match(handle, shard, query, length, low, at) >= 0:
            return True
    return False


@kernel
def occurs_near(
    handle: int,
    shard: int,
    at: int,
    window: int,
    found: NDArray[np.int64],
    first: int,
    end: int,
) -> int:
    """Tell whether the clause has an occurrence within `window` words of `at`: 1, 0, or a bad one.

    Runs through all its occurrences and reads the stream only where one is near in bytes.
    """
    widest = window * header(handle, WIDTH) * header(handle, UNITS_A_TOKEN)
    for i in range(first, end):
        for rank in range(found[shard, i, 0], found[shard, i, 1]):
            other = occurrence(handle, shard, rank)
            if other < 0:
                return BAD_POINTER
            if abs(other - at) <= widest:
                low, high = surroundings(handle, shard, at, window)
                if low <= other < high:
                    return 1
    return 0


@kernel
def nearest(
    handle: int, shard: int, at: int, window: int, queries: int, ends: int, first: int, end: int
) -> int:
    """Return where the clause occurs nearest to `at` within `window` words of its document, or -1.

    On a tie the occurrence before `at` wins.
    """
    width = header(handle, WIDTH)
    stream = shard_field(handle, shard, STREAM)
    trail, trail_end = header(handle, TRAIL_FIRST), header(handle, TRAIL_END)
    low, high = document_range(handle, shard, at)
    if matches(handle, shard, at, queries, ends, first, end):
        return at
    back, forward = at, at
    for _ in range(window):
        # One word back, one word forward; trail units belong to the word before them.
        if back >= low:
            back -= width
            while back >= low and trail <= token(stream, back, width) < trail_end:
                back -= width
            if back >= low and matches(handle, shard, back, queries, ends, first, end):
                return back
        if forward < high:
            forward += width
            while forward + width <= high and trail <= token(stream, forward, width) < trail_end:
                forward += width
            if forward + width > high:
                forward = high
            elif matches(handle, shard, forward, queries, ends, first, end):
                return forward
        if back < low and forward >= high:
            break
    return -1


@kernel
def before(
    handle: int, shard: int, at: int, window: int, queries: int, ends: int, first: int, end: int
) -> int:
    """Return where the clause last occurs before `at`, within `window` words, or -1."""
    width = header(handle, WIDTH)
    stream = shard_field(handle, shard, STREAM)
    trail, trail_end = header(handle, TRAIL_FIRST), header(handle, TRAIL_END)
    low = document_range(handle, shard, at)[0]
    here = at
    for _ in range(window):
        here -= width
        while here >= low and trail <= token(stream, here, width) < trail_end:
            here -= width
        if here < low:
            break
        if matches(handle, shard, here, queries, ends, first, end):
            return here
    return -1
