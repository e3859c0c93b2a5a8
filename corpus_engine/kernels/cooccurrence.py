"""The co-occurrence query over all shards: segments, anchor, plan, count."""

from __future__ import annotations

from numba import float64

from corpus_engine.kernels.bounds import BAD_POINTER
from corpus_engine.kernels.clauses import drop_nested, occurrence, segments, size
from corpus_engine.kernels.handle import N_DOCS, N_SHARDS, STREAM_BYTES, WIDTH, header, shard_field
from corpus_engine.kernels.memory import kernel, store64
from corpus_engine.kernels.near import join, nearest, scan

PROBED_ANCHORS = 8
"""Anchors that are scanned first, where a few hits are enough, before a join is begun."""

_SCAN_START_NS = 150.0
_SCAN_WORD_NS = 1.2
_JOIN_ANCHOR_NS = 150.0
_JOIN_OTHER_NS = 3.0


@kernel
def prefers_scan(
    handle: int, shard: int, n_anchors: int, n_others: int, n_queries: int, window: int
) -> bool:
    """Tell whether walking around every anchor is expected to cost less than a join."""
    tokens = shard_field(handle, shard, STREAM_BYTES) // header(handle, WIDTH)
    document = float64(tokens) / max(shard_field(handle, shard, N_DOCS), 1)
    walked = min(2.0 * window, document)
    scanning = n_anchors * (_SCAN_START_NS + walked * _SCAN_WORD_NS * n_queries)
    joining = n_anchors * _JOIN_ANCHOR_NS + n_others * _JOIN_OTHER_NS
    return scanning < joining


@kernel
def cooccurrence(
    handle: int, queries: int, ends: int, n_a: int, n_b: int, window: int, limit: int, out: int
) -> int:
    """Return how many anchor occurrences have the other term near; stops at `limit`.

    The first `n_a` queries are the variants of term a, the next `n_b` those of b. Stores both
    terms' occurrences, and whether the count ended early, at `out`.
    """
    found = segments(handle, queries, ends, n_a + n_b)
    if found.shape[0] != header(handle, N_SHARDS):
        return BAD_POINTER
    total_a = drop_nested(found, 0, n_a)
    total_b = drop_nested(found, n_a, n_a + n_b)
    store64(out, total_a)
    store64(out + 8, total_b)
    store64(out + 16, 0)
    anchor, other = (0, n_a), (n_a, n_a + n_b)
    if total_b < total_a:
        anchor, other = other, anchor
    hits = 0
    for shard in range(found.shape[0]):
        n_anchors = size(found, shard, anchor[0], anchor[1])
        n_others = size(found, shard, other[0], other[1])
        if n_anchors == 0 or n_others == 0:
            continue
        left = limit - hits
        whole = prefers_scan(handle, shard, n_anchors, n_others, other[1] - other[0], window)
        most = n_anchors if whole else PROBED_ANCHORS
        more, done = 0, False
        if whole or left <= PROBED_ANCHORS:
            more, done = scan(
                handle, shard, found, anchor, other, queries, ends, window, left, most
            )
        if not done and 0 <= more < left:
            more = join(handle, shard, found, anchor, other, window, left)
        if more < 0:
            return BAD_POINTER
        hits += more
        if hits >= limit:
            store64(out + 16, 1)
            break
    return hits


@kernel
def hits(
    handle: int, queries: int, ends: int, n_a: int, n_b: int, window: int, most: int, out: int
) -> int:
    """Store up to `most` places where term a has term b nearest: shard, a's offset, b's offset.

    With no variants of b, every occurrence of a is a place and b's offset is -1. Returns how many
    were stored, or `BAD_POINTER`.
    """
    found = segments(handle, queries, ends, n_a + n_b)
    if found.shape[0] != header(handle, N_SHARDS):
        return BAD_POINTER
    total_a = drop_nested(found, 0, n_a)
    total_b = drop_nested(found, n_a, n_a + n_b)
    swapped = n_b > 0 and total_b < total_a
    anchor, other = (0, n_a), (n_a, n_a + n_b)
    if swapped:
        anchor, other = other, anchor
    n = 0
    for shard in range(found.shape[0]):
        for i in range(anchor[0], anchor[1]):
            for rank in range(found[shard, i, 0], found[shard, i, 1]):
                if n >= most:
                    return n
                at = occurrence(handle, shard, rank)
                if at < 0:
                    return BAD_POINTER
                near = -1
                if n_b > 0:
                    near = nearest(handle, shard, at, window, queries, ends, other[0], other[1])
                    if near < 0:
                        continue
                store64(out + 24 * n, shard)
                store64(out + 24 * n + 8, near if swapped else at)
                store64(out + 24 * n + 16, at if swapped else near)
                n += 1
    return n
