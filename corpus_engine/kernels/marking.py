"""Which of many occurrences of one clause have another clause near them.

The anchors are sorted; the other clause's occurrences are run through in rank order, and the
anchors near each are marked. A bitmap of the anchors' neighbourhoods turns most of the occurrences
away in a nanosecond.
"""

from __future__ import annotations

import numpy as np
from numba import uint8
from numpy.typing import NDArray

from corpus_engine.kernels.clauses import occurrence
from corpus_engine.kernels.handle import (
    STREAM_BYTES,
    UNITS_A_TOKEN,
    WIDTH,
    header,
    shard_field,
)
from corpus_engine.kernels.memory import kernel
from corpus_engine.kernels.ranks import BAD_POINTER
from corpus_engine.kernels.stream import document_borders, document_from, reach

_FEW_ANCHORS = 24
"""Up to so many anchors, a binary search of them costs no more than the bitmap."""

_BLOCKS_A_SIDE = 8
"""Blocks of the bitmap on each side of an anchor: the finer, the fewer false alarms."""

_BITS_A_BLOCK = 8
_MOST_BITS = 1 << 23


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
