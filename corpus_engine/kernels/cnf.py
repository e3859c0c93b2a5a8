"""Counts of queries of several clauses over all shards: segments, anchor, plan, hits."""

from __future__ import annotations

import numpy as np
from numba import float64, int64
from numpy.typing import NDArray

from corpus_engine.kernels.clauses import drop_nested, occurrence, occurrences, segments, size
from corpus_engine.kernels.handle import N_DOCS, N_SHARDS, STREAM_BYTES, WIDTH, header, shard_field
from corpus_engine.kernels.marking import mark
from corpus_engine.kernels.memory import kernel, load64, store64
from corpus_engine.kernels.near import occurs_near, stands_near
from corpus_engine.kernels.ranks import BAD_POINTER

PROBED_ANCHORS = 8
"""Anchors that are walked around first, where a few hits are enough, before a join is begun."""

_ALL = 1 << 62
_ANCHOR_NS = 20.0
_WALK_START_NS = 150.0
_WALK_TOKEN_NS = 0.8
_OCCURRENCE_NS = 1.5
_JOIN_NS = 1000.0
_JOIN_ANCHOR_NS = 100.0
_JOIN_OTHER_NS = 3.0


@kernel
def clause_ends(sizes: int, n_clauses: int) -> NDArray[np.int64]:
    """Return where each clause's queries start among all, and where the last one ends."""
    ends = np.zeros(n_clauses + 1, np.int64)
    for clause in range(n_clauses):
        ends[clause + 1] = ends[clause] + int64(load64(sizes + 8 * clause))
    return ends


@kernel
def totals(found: NDArray[np.int64], clauses: NDArray[np.int64], out: int) -> int:
    """Store the occurrences of each clause; return the rarest one, the first on a tie."""
    anchor, fewest = 0, int64(0)
    for clause in range(len(clauses) - 1):
        total = drop_nested(found, clauses[clause], clauses[clause + 1])
        store64(out + 8 * clause, total)
        if clause == 0 or total < fewest:
            anchor, fewest = clause, total
    return anchor


@kernel
def walk_ns(handle: int, shard: int, window: int) -> float:
    """Return the expected cost of walking around one place for one query."""
    tokens = shard_field(handle, shard, STREAM_BYTES) // header(handle, WIDTH)
    document = float64(tokens) / max(shard_field(handle, shard, N_DOCS), 1)
    return _WALK_START_NS + min(2.0 * window, document) * _WALK_TOKEN_NS


@kernel
def near_all(
    handle: int,
    shard: int,
    at: int,
    found: NDArray[np.int64],
    clauses: NDArray[np.int64],
    anchor: int,
    queries: int,
    ends: int,
    window: int,
) -> int:
    """Tell whether every other clause occurs near an anchor: 1, 0, or `BAD_POINTER`."""
    walking = walk_ns(handle, shard, window)
    for clause in range(len(clauses) - 1):
        first, end = clauses[clause], clauses[clause + 1]
        if clause == anchor:
            continue
        if size(found, shard, first, end) * _OCCURRENCE_NS < walking * (end - first):
            near = occurs_near(handle, shard, at, window, found, first, end)
            if near <= 0:
                return near
        elif not stands_near(handle, shard, at, window, queries, ends, first, end):
            return 0
    return 1


@kernel
def prefers_scan(
    handle: int,
    shard: int,
    found: NDArray[np.int64],
    clauses: NDArray[np.int64],
    anchor: int,
    window: int,
) -> bool:
    """Tell whether looking around every anchor is expected to cost less than a join."""
    walking = walk_ns(handle, shard, window)
    n_anchors = size(found, shard, clauses[anchor], clauses[anchor + 1])
    scanning, joining = _ANCHOR_NS, _JOIN_ANCHOR_NS
    others = 0
    for clause in range(len(clauses) - 1):
        if clause != anchor:
            first, end = clauses[clause], clauses[clause + 1]
            n = size(found, shard, first, end)
            scanning += min(walking * (end - first), n * _OCCURRENCE_NS)
            others += n
    return n_anchors * scanning < _JOIN_NS + n_anchors * joining + others * _JOIN_OTHER_NS


@kernel
def possible(found: NDArray[np.int64], shard: int, clauses: NDArray[np.int64]) -> bool:
    """Tell whether every clause occurs in a shard at all."""
    for clause in range(len(clauses) - 1):
        if size(found, shard, clauses[clause], clauses[clause + 1]) == 0:
            return False
    return True


@kernel
def scan(
    handle: int,
    shard: int,
    found: NDArray[np.int64],
    clauses: NDArray[np.int64],
    anchor: int,
    queries: int,
    ends: int,
    window: int,
    limit: int,
    most_anchors: int,
) -> tuple[int, bool]:
    """Count the anchors that have all other clauses near them, by looking around each.

    Stops after `limit` hits or `most_anchors` anchors; says whether every anchor was looked at.
    """
    hits = 0
    seen = 0
    for i in range(clauses[anchor], clauses[anchor + 1]):
        for rank in range(found[shard, i, 0], found[shard, i, 1]):
            if hits >= limit or seen >= most_anchors:
                return hits, False
            at = occurrence(handle, shard, rank)
            if at < 0:
                return BAD_POINTER, False
            near = near_all(handle, shard, at, found, clauses, anchor, queries, ends, window)
            if near < 0:
                return BAD_POINTER, False
            hits += near
            seen += 1
    return hits, True


@kernel
def join(
    handle: int,
    shard: int,
    found: NDArray[np.int64],
    clauses: NDArray[np.int64],
    anchor: int,
    window: int,
    limit: int,
) -> NDArray[np.int64]:
    """Return the sorted anchors that have all other clauses near them, `limit` at the most.

    The result is [-1] for a damaged index. Each other clause in turn keeps the anchors near it.
    """
    anchors = occurrences(handle, shard, found, clauses[anchor], clauses[anchor + 1])
    left = len(clauses) - 2
    for clause in range(len(clauses) - 1):
        if clause == anchor or (len(anchors) > 0 and anchors[0] < 0):
            continue
        left -= 1
        first, end = clauses[clause], clauses[clause + 1]
        most = limit if left == 0 else len(anchors) + 1
        hits, following = mark(handle, shard, found, anchors, (first, end), window, most)
        if hits < 0:
            return np.full(1, -1, np.int64)
        kept = np.empty(hits, np.int64)
        n = 0
        for i in range(len(anchors)):
            if following[i] != i:
                kept[n] = anchors[i]
                n += 1
        anchors = kept
    return anchors[:limit]


@kernel
def count_cnf(
    handle: int, queries: int, ends: int, sizes: int, n: int, window: int, limit: int, out: int
) -> int:
    """Return how many anchors have every other clause near them; stops at `limit`.

    `sizes` holds the number of queries of each of the `n` clauses. Stores the occurrences of each
    clause at `out`, then the number of the anchor clause, then whether the count ended early.
    """
    clauses = clause_ends(sizes, n)
    found = segments(handle, queries, ends, clauses[n])
    if found.shape[0] != header(handle, N_SHARDS):
        return BAD_POINTER
    anchor = totals(found, clauses, out)
    store64(out + 8 * n, anchor)
    store64(out + 8 * n + 8, 0)
    if n == 1:
        return int64(load64(out))
    hits = 0
    for shard in range(found.shape[0]):
        if not possible(found, shard, clauses):
            continue
        left = limit - hits
        whole = prefers_scan(handle, shard, found, clauses, anchor, window)
        more, done = 0, False
        if whole or left <= PROBED_ANCHORS:
            most = _ALL if whole else PROBED_ANCHORS
            more, done = scan(
                handle, shard, found, clauses, anchor, queries, ends, window, left, most
            )
        if not done and not whole and 0 <= more < left:
            places = join(handle, shard, found, clauses, anchor, window, left)
            more = len(places)
            if more > 0 and places[0] < 0:
                more = BAD_POINTER
        if more < 0:
            return BAD_POINTER
        hits += more
        if hits >= limit:
            store64(out + 8 * n + 8, 1)
            break
    return hits
