"""Where queries of several clauses hold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corpus_engine.kernels.clauses import occurrence, segments, size
from corpus_engine.kernels.cnf import clause_ends, join, possible, prefers_scan, totals
from corpus_engine.kernels.handle import N_SHARDS, header
from corpus_engine.kernels.memory import kernel, store64
from corpus_engine.kernels.near import before, nearest
from corpus_engine.kernels.ranks import BAD_POINTER


@kernel
def _store_hit(
    handle: int,
    shard: int,
    at: int,
    clauses: NDArray[np.int64],
    anchor: int,
    queries: int,
    ends: int,
    window: int,
    leftmost: bool,
    out: int,
) -> bool:
    """Store the shard, the anchor and a place of every clause, if all are near the anchor."""
    for clause in range(len(clauses) - 1):
        first, end = clauses[clause], clauses[clause + 1]
        place = at
        if clause != anchor:
            place = nearest(handle, shard, at, window, queries, ends, first, end)
            if place < 0:
                return False
            if leftmost:
                place = before(handle, shard, at, window, queries, ends, first, end)
                place = at if place < 0 else place
        store64(out + 16 + 8 * clause, place)
    store64(out, shard)
    store64(out + 8, at)
    return True


@kernel
def _anchor(
    handle: int, shard: int, found: NDArray[np.int64], first: int, end: int, number: int
) -> int:
    """Return the byte offset of an occurrence of a clause, counted in the order of ranks."""
    for i in range(first, end):
        rank = found[shard, i, 0] + number
        if rank < found[shard, i, 1]:
            return occurrence(handle, shard, rank)
        number -= found[shard, i, 1] - found[shard, i, 0]
    return BAD_POINTER


@kernel
def places_cnf(
    handle: int,
    queries: int,
    ends: int,
    sizes: int,
    n: int,
    window: int,
    most: int,
    leftmost: bool,
    out: int,
) -> int:
    """Store up to `most` hits: shard, anchor, then a place of each clause; return how many.

    The place of a clause is the one nearest to the anchor; with `leftmost`, the last one before it,
    or else the anchor itself.
    """
    clauses = clause_ends(sizes, n)
    found = segments(handle, queries, ends, clauses[n])
    if found.shape[0] != header(handle, N_SHARDS):
        return BAD_POINTER
    row = 8 * (n + 2)
    anchor = totals(found, clauses, out)
    hits = 0
    for shard in range(found.shape[0]):
        if hits >= most or not possible(found, shard, clauses):
            continue
        joins = n > 1 and not prefers_scan(handle, shard, found, clauses, anchor, window)
        if joins:
            joined = join(handle, shard, found, clauses, anchor, window, most - hits)
            n_anchors = len(joined)
        else:
            joined = np.empty(0, np.int64)
            n_anchors = size(found, shard, clauses[anchor], clauses[anchor + 1])
        for i in range(n_anchors):
            if hits >= most:
                break
            if joins:
                at = joined[i]
            else:
                at = _anchor(handle, shard, found, clauses[anchor], clauses[anchor + 1], i)
            if at < 0:
                return BAD_POINTER
            hits += _store_hit(
                handle,
                shard,
                at,
                clauses,
                anchor,
                queries,
                ends,
                window,
                leftmost,
                out + row * hits,
            )
    return hits
