"""Steps along a token stream: tokens, documents, word distances."""

from __future__ import annotations

from numba import int64

from corpus_engine.kernels.handle import (
    DOCS,
    N_DOCS,
    STREAM,
    STREAM_BYTES,
    TRAIL_END,
    TRAIL_FIRST,
    WIDTH,
    header,
    shard_field,
)
from corpus_engine.kernels.memory import kernel, load8, load16, load32, load64


@kernel
def token(stream: int, at: int, width: int) -> int:
    """Return the token at a byte offset."""
    if width == 2:
        return load16(stream + at)
    if width == 4:
        return load32(stream + at)
    return load8(stream + at)


@kernel
def document_of(handle: int, shard: int, at: int) -> int:
    """Return the number, within its shard, of the document that holds a byte offset."""
    return _last_start(handle, shard, at, 0, shard_field(handle, shard, N_DOCS))


@kernel
def document_from(handle: int, shard: int, at: int, known: int) -> int:
    """Return `document_of` where the document is `known` or comes soon after it, by galloping."""
    docs = shard_field(handle, shard, DOCS)
    n_docs = shard_field(handle, shard, N_DOCS)
    step = 1
    while known + step < n_docs and int64(load64(docs + 8 * (known + step))) <= at:
        known += step
        step *= 2
    return _last_start(handle, shard, at, known, min(known + step, n_docs))


@kernel
def _last_start(handle: int, shard: int, at: int, lo: int, hi: int) -> int:
    """Return the last of the documents [lo, hi) that starts at a byte offset or before it."""
    docs = shard_field(handle, shard, DOCS)
    while lo < hi:
        middle = (lo + hi) >> 1
        if int64(load64(docs + 8 * middle)) <= at:
            lo = middle + 1
        else:
            hi = middle
    return max(lo - 1, 0)


@kernel
def document_range(handle: int, shard: int, at: int) -> tuple[int, int]:
    """Return the byte offsets where the document that holds `at` starts and ends."""
    return document_borders(handle, shard, document_of(handle, shard, at))


@kernel
def document_borders(handle: int, shard: int, number: int) -> tuple[int, int]:
    """Return the byte offsets where a document starts and ends."""
    docs = shard_field(handle, shard, DOCS)
    n_docs = shard_field(handle, shard, N_DOCS)
    stream_bytes = shard_field(handle, shard, STREAM_BYTES)
    if n_docs == 0:
        return 0, stream_bytes
    start = int64(load64(docs + 8 * number))
    end = int64(load64(docs + 8 * (number + 1))) if number + 1 < n_docs else stream_bytes
    return max(start, 0), min(end, stream_bytes)


@kernel
def steps(handle: int, shard: int, at: int, other: int) -> int:
    """Return the distance of two tokens in words: trail units between them do not count."""
    width = header(handle, WIDTH)
    first, end = header(handle, TRAIL_FIRST), header(handle, TRAIL_END)
    low, high = min(at, other), max(at, other)
    distance = (high - low) // width
    if first < end:
        stream = shard_field(handle, shard, STREAM)
        low = max(low, 0)
        high = min(high, shard_field(handle, shard, STREAM_BYTES) - width + 1)
        while low < high:
            if first <= token(stream, low, width) < end:
                distance -= 1
            low += width
    return distance


@kernel
def reach(handle: int, shard: int, at: int, window: int, back: bool) -> int:
    """Return the byte offset of the farthest token within `window` words of `at` in its document.

    Walks token by token and stops at the document's border.
    """
    width = header(handle, WIDTH)
    first, end = header(handle, TRAIL_FIRST), header(handle, TRAIL_END)
    stream = shard_field(handle, shard, STREAM)
    low, high = document_range(handle, shard, at)
    step = -width if back else width
    left = window
    here = at
    farthest = at
    while left > 0:
        here += step
        if here < low or here + width > high:
            break
        if not first <= token(stream, here, width) < end:
            left -= 1
            farthest = here
    return farthest
