"""Which occurrences of one clause have another clause near them: three exact ways to tell.

`stands_near` walks the window around one anchor in the token stream. `occurs_near` runs through the
few occurrences of the other clause instead. `mark` takes many sorted anchors, runs through the
other clause's occurrences in rank order and marks the anchors near each; a bitmap of the anchors'
neighbourhoods turns most of them away in a nanosecond.
"""

from __future__ import annotations

import numpy as np
from numba import int64, uint8, uint64
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
    document_borders,
    document_from,
    document_range,
    reach,
    token,
)

_FEW_ANCHORS = 24
"""Up to so many anchors, a binary search of them costs no more than the bitmap."""

_BLOCKS_A_SIDE = 8
"""Blocks of the bitmap on each side of an anchor: the finer, the fewer false alarms."""

_BITS_A_BLOCK = 8
_MOST_BITS = 1 << 23


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


@kernel
def _block_shift(widest: int) -> int:
    """Return the binary logarithm of the bytes of a block of the bitmap."""
    shift = 1
    while (_BLOCKS_A_SIDE << shift) < widest and shift < 40:
        shift += 1
    return shift


@kernel
def _bitmap_mask(n_blocks: int) -> int:
    """Return the number of bits less one, a power of two less one, for so many blocks."""
    mask = 1023
    while mask < _BITS_A_BLOCK * n_blocks and mask < _MOST_BITS - 1:
        mask = mask * 2 + 1
    return mask


@kernel
def _neighbourhoods(
    low: NDArray[np.int64], high: NDArray[np.int64], shift: int, mask: int
) -> NDArray[np.uint8]:
    """Return a bitmap of the blocks of 2^shift bytes that hold part of an interval."""
    bitmap = np.zeros((mask + 1) >> 3, uint8)
    for i in range(len(low)):
        for block in range(low[i] >> shift, (high[i] >> shift) + 1):
            bit = block & mask
            bitmap[bit >> 3] |= uint8(1 << (bit & 7))
    return bitmap


@kernel
def _first_reaching(high: NDArray[np.int64], at: int) -> int:
    """Return the first interval whose end is not before `at`."""
    lo, hi = 0, len(high)
    while lo < hi:
        middle = (lo + hi) >> 1
        if high[middle] < at:
            lo = middle + 1
        else:
            hi = middle
    return lo


@kernel
def _next_unmarked(following: NDArray[np.int64], i: int) -> int:
    """Return the first unmarked anchor from `i` on, halving paths on the way."""
    while following[i] != i:
        following[i] = following[following[i]]
        i = following[i]
    return i


@kernel
def _intervals(
    handle: int, shard: int, anchors: NDArray[np.int64], widest: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and last byte offset within `widest` of each anchor in its document."""
    width = header(handle, WIDTH)
    low = np.empty(len(anchors), np.int64)
    high = np.empty(len(anchors), np.int64)
    number, doc_low, doc_high = 0, 0, 0
    for i in range(len(anchors)):
        if anchors[i] >= doc_high or i == 0:
            number = document_from(handle, shard, anchors[i], number)
            doc_low, doc_high = document_borders(handle, shard, number)
        low[i] = max(anchors[i] - widest, doc_low)
        high[i] = min(anchors[i] + widest, doc_high - width)
    return low, high


@kernel
def mark(
    handle: int,
    shard: int,
    found: NDArray[np.int64],
    anchors: NDArray[np.int64],
    other: tuple[int, int],
    window: int,
    limit: int,
) -> tuple[int, NDArray[np.int64]]:
    """Mark the sorted anchors that have the other clause near, until `limit` are marked.

    Returns the number of marked anchors (or `BAD_POINTER`) and an array in which anchor `i` is
    marked where element `i` is not `i`.
    """
    n = len(anchors)
    width = header(handle, WIDTH)
    units = header(handle, UNITS_A_TOKEN)
    words = units > 1
    # So many times the window in units hold every word within it. Units no farther than the window
    # are near for certain; between the two, the exact reach decides.
    certain = window * width
    widest = certain * units
    low, high = _intervals(handle, shard, anchors, widest)
    following = np.arange(n + 1)
    exact_low = np.full(n if words else 0, -1, np.int64)
    exact_high = np.full(n if words else 0, -1, np.int64)
    filtered = n > _FEW_ANCHORS
    shift = _block_shift(widest)
    blocks = n * ((2 * widest >> shift) + 2)
    mask = _bitmap_mask(min(blocks, shard_field(handle, shard, STREAM_BYTES) >> shift))
    bitmap = _neighbourhoods(low, high, shift, mask) if filtered else np.zeros(0, uint8)
    hits = 0
    for j in range(other[0], other[1]):
        for rank in range(found[shard, j, 0], found[shard, j, 1]):
            at = occurrence(handle, shard, rank)
            if at < 0:
                return BAD_POINTER, following
            if filtered:
                bit = (at >> shift) & mask
                if not (bitmap[bit >> 3] >> (bit & 7)) & 1:
                    continue
            i = _next_unmarked(following, _first_reaching(high, at))
            while i < n and low[i] <= at:
                near = not words or abs(at - anchors[i]) <= certain
                if not near:
                    if exact_low[i] < 0:
                        exact_low[i] = reach(handle, shard, anchors[i], window, True)
                        exact_high[i] = reach(handle, shard, anchors[i], window, False)
                    near = exact_low[i] <= at <= exact_high[i]
                if near:
                    following[i] = i + 1
                    hits += 1
                    if hits >= limit:
                        return hits, following
                i = _next_unmarked(following, i + 1)
    return hits, following
