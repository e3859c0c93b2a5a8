"""What Python calls for the most frequent questions: one call for each, or for each batch.

Queries come as `bytes` objects, and are copied to where padding follows them: kernels load eight
bytes at a time. A text comes as its encoder's `prepare` returns it (or as it is, where it is ASCII
and the index of words) and becomes stream bytes here; a query comes as stream bytes in reading
order.
"""

from __future__ import annotations

import numpy as np
from numba import int64
from numpy.typing import NDArray

from corpus_engine.kernels import bounds, words
from corpus_engine.kernels.batch import count_many
from corpus_engine.kernels.cnf import count_cnf
from corpus_engine.kernels.handle import BACKWARDS, WIDTH, WORDS, header
from corpus_engine.kernels.memory import (
    address_of,
    keep,
    kernel,
    load8,
    load64,
    scratch,
    store8,
    store64,
)

NO_TOKENS = -3
"""Returned in place of a count for a text without a token."""

NOT_PLAIN = -4
"""Returned in place of a count for a text that has to be prepared first."""

_PADDING = 8
_SHORT = 256
"""Bytes of text whose stream bytes, and padding, surely fit in scratch memory."""


@kernel
def count_query(handle: int, query: bytes) -> int:
    """Return how often a query occurs, or `BAD_POINTER`."""
    if len(query) <= _SHORT:
        counted = _count_query(handle, query, scratch())
    else:
        room = np.empty(len(query) + _PADDING, np.uint8)
        counted = _count_query(handle, query, address_of(room))
        keep(room)
    return counted


@kernel
def _count_query(handle: int, query: bytes, room: int) -> int:
    _copy(handle, address_of(query), len(query), room)
    counted = bounds.count(handle, room, len(query))
    keep(query)
    return counted


@kernel
def count_plain(handle: int, text: str) -> int:
    """Return `count_text` for a short text of ASCII in an index of words, else `NOT_PLAIN`."""
    counted = NOT_PLAIN
    if text._is_ascii and len(text) <= _SHORT:  # type: ignore[attr-defined]
        counted = _count_text(handle, address_of(text), len(text), scratch())
    keep(text)
    return counted


@kernel
def count_text(handle: int, text: bytes) -> int:
    """Return how often a text occurs, or a negative status."""
    if len(text) <= _SHORT:
        counted = _count_text(handle, address_of(text), len(text), scratch())
    else:
        room = np.empty(_room(handle, len(text), 1), np.uint8)
        counted = _count_text(handle, address_of(text), len(text), address_of(room))
        keep(room)
    keep(text)
    return counted


@kernel
def _count_text(handle: int, text: int, n_bytes: int, room: int) -> int:
    end = room
    store64(end, n_bytes)
    status = _encode(handle, text, end, 1, room + 8)
    length = int64(load64(end))
    if status < 0:
        return status
    return bounds.count(handle, room + 8, length) if length else NO_TOKENS


@kernel
def count_queries(
    handle: int, queries: bytes, ends: NDArray[np.int64], counts: NDArray[np.int64]
) -> int:
    """Count queries that lie one after the other; `ends` holds where each ends."""
    room = np.empty(len(queries) + _PADDING, np.uint8)
    start = int64(0)
    for i in range(len(ends)):
        _copy(handle, address_of(queries) + start, ends[i] - start, address_of(room) + start)
        start = ends[i]
    status = count_many(handle, address_of(room), address_of(ends), counts)
    keep(room)
    keep(queries)
    return status


@kernel
def count_texts(
    handle: int, texts: bytes, ends: NDArray[np.int64], counts: NDArray[np.int64]
) -> int:
    """Count texts that lie one after the other; `ends` holds where each ends, and is overwritten.

    Returns a negative status, or 0. A text without a token gets `NO_TOKENS` for its count, which is
    then the status as well.
    """
    room = np.empty(_room(handle, len(texts), len(ends)), np.uint8)
    status = _encode(handle, address_of(texts), address_of(ends), len(ends), address_of(room))
    keep(texts)
    if status == 0:
        status = count_many(handle, address_of(room), address_of(ends), counts)
    keep(room)
    if status < 0:
        return status
    start = int64(0)
    for i in range(len(ends)):
        if ends[i] == start:
            counts[i] = status = NO_TOKENS
        start = ends[i]
    return status


@kernel
def cooccurrence(
    handle: int, a: bytes, b: bytes, window: int, limit: int
) -> tuple[int, int, int, int, int]:
    """Count the occurrences of the rarer of two texts that have the other one near.

    Returns the hits or a negative status, whether the count ended at `limit`, which text is the
    anchor, and the occurrences of both.
    """
    length = len(a) + len(b)
    if length <= _SHORT:
        found = _cooccurrence(handle, a, b, window, limit, scratch(), scratch())
    else:
        both = np.empty(length, np.uint8)
        room = np.empty(_room(handle, length, 2), np.uint8)
        found = _cooccurrence(handle, a, b, window, limit, address_of(both), address_of(room))
        keep(both)
        keep(room)
    return found


@kernel
def _cooccurrence(
    handle: int, a: bytes, b: bytes, window: int, limit: int, both: int, room: int
) -> tuple[int, int, int, int, int]:
    _copy_bytes(address_of(a), len(a), both)
    _copy_bytes(address_of(b), len(b), both + len(a))
    keep(a)
    keep(b)
    small = scratch()
    ends, sizes, out = small, small + 16, small + 32
    store64(ends, len(a))
    store64(ends + 8, len(a) + len(b))
    store64(sizes, 1)
    store64(sizes + 8, 1)
    hits = _encode(handle, both, ends, 2, room)
    if hits == 0 and (load64(ends) == 0 or load64(ends) == load64(ends + 8)):
        hits = NO_TOKENS
    if hits == 0:
        hits = count_cnf(handle, room, ends, sizes, 2, window, limit, out)
    if hits < 0:
        return hits, 0, 0, 0, 0
    total_a, total_b = int64(load64(out)), int64(load64(out + 8))
    return hits, int64(load64(out + 24)), int64(load64(out + 16)), total_a, total_b


@kernel
def encode_text(handle: int, text: bytes) -> tuple[int, NDArray[np.uint8]]:
    """Return the stream bytes of a text of a word index: how many, or `BAD_WORDS`, and an array."""
    room = np.empty(_room(handle, len(text), 1), np.uint8)
    end = scratch()
    store64(end, len(text))
    status = _encode(handle, address_of(text), end, 1, address_of(room))
    keep(text)
    return (int64(load64(end)) if status == 0 else status), room


@kernel
def _room(handle: int, n_bytes: int, n_texts: int) -> int:
    """Return how many bytes hold the stream bytes of texts, where the last ends, and padding."""
    if header(handle, WORDS) != 0:
        n_bytes = words.most_bytes(n_bytes, n_texts)
    return 8 + n_bytes + _PADDING


@kernel
def _encode(handle: int, texts: int, ends: int, n: int, room: int) -> int:
    """Store the stream bytes of texts; `ends` holds where texts end, and then where they do.

    Returns `BAD_WORDS`, or 0.
    """
    if header(handle, WORDS) != 0:
        return min(words.encode(header(handle, WORDS), texts, ends, n, room), 0)
    start = int64(0)
    for i in range(n):
        end = int64(load64(ends + 8 * i))
        _copy(handle, texts + start, end - start, room + start)
        start = end
    return 0


@kernel
def _copy(handle: int, source: int, length: int, target: int) -> None:
    """Copy a query in the order in which the streams of the index hold it."""
    if header(handle, BACKWARDS) == 0:
        _copy_bytes(source, length, target)
        return
    width = header(handle, WIDTH)
    for start in range(0, length, width):
        _copy_bytes(source + start, width, target + length - width - start)


@kernel
def _copy_bytes(source: int, length: int, target: int) -> None:
    """Copy bytes."""
    done = 0
    while done + 8 <= length:
        store64(target + done, int64(load64(source + done)))
        done += 8
    while done < length:
        store8(target + done, load8(source + done))
        done += 1
