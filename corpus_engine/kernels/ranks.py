"""Binary search of the suffix array."""

from __future__ import annotations

from numba import int64, uint64

from corpus_engine.kernels.handle import (
    POINTER_BYTES,
    RANKS,
    RANKS_BYTES,
    STREAM,
    STREAM_BYTES,
    shard_field,
)
from corpus_engine.kernels.memory import kernel, load8, load64, load64_swapped, prefetch

BAD_POINTER = -1
"""Returned in place of a rank where the suffix array points outside the stream."""

_FEW_RANKS = 32
"""Ranks up to which a search fetches in advance all that it may read."""


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
