"""From cleaned text to the stream units of its words.

The compiled counterpart of `analyzers.word.split` and of a look-up in the vocabulary's files. The
words of a group are hashed, looked up and compared step by step together, so that their waits for
memory overlap.
"""

from __future__ import annotations

import zlib

import numpy as np
from numba import int64, uint64

from corpus_engine.analyzers.word import TO_WORDS
from corpus_engine.kernels.handle import (
    BLOB,
    BLOB_BYTES,
    N_SLOTS,
    N_WORDS,
    SLOTS,
    STARTS,
    header,
)
from corpus_engine.kernels.memory import (
    SCRATCH_BYTES,
    kernel,
    load8,
    load32,
    load64,
    prefetch,
    scratch,
    store16,
    store64,
)
from corpus_engine.vocabulary import (
    FIRST_TRAIL,
    LEAD_OF_THREE,
    LEAD_OF_TWO,
    N_LEADS_OF_TWO,
    N_SINGLES,
    N_TRAILS,
    UNKNOWN_UNIT,
)

BAD_WORDS = -2
"""Returned in place of a length where the vocabulary's files contradict each other."""

_MOST_UNIT_BYTES = 6
_TEXT, _AT, _LENGTH, _SLOT, _ROW = 0, 8, 16, 24, 32
_GROUP = SCRATCH_BYTES // _ROW
_SPACE = 0x20
_FOLDED = np.frombuffer(TO_WORDS, np.uint8).copy()
_ONES = 0xFFFFFFFF
_CRC = np.array([zlib.crc32(bytes([i ^ 0xFF])) ^ 0xFF000000 for i in range(256)], np.uint32)


@kernel
def most_bytes(n_bytes: int, n_texts: int) -> int:
    """Return the bytes that the units of some texts take at the most."""
    return _MOST_UNIT_BYTES * ((n_bytes + n_texts) // 2 + 1)


@kernel
def encode(words: int, texts: int, ends: int, n: int, out: int) -> int:
    """Store the units of `n` cleaned texts that lie one after the other; return their bytes.

    `words` is the vocabulary's record; `out` must have room for `most_bytes`. `ends` says where
    each text ends, and is overwritten by where its units end; both are in bytes. Returns
    `BAD_WORDS` where the vocabulary is damaged.
    """
    slots, n_slots = header(words, SLOTS), header(words, N_SLOTS)
    group = scratch()
    waiting, done, at = 0, int64(0), int64(0)
    for i in range(n):
        end = int64(load64(ends + 8 * i))
        store64(ends + 8 * i, 0)
        while at < end:
            first, hashed = at, int64(_ONES)
            while at < end:
                letter = int64(_FOLDED[load8(texts + at)])
                if letter == _SPACE:
                    break
                hashed = int64(_CRC[(hashed ^ letter) & 0xFF]) ^ (hashed >> 8)
                at += 1
            length = at - first
            at = min(at + 1, end)
            if length == 0:
                continue
            slot = int64(uint64(hashed ^ _ONES) % uint64(n_slots)) if n_slots else 0
            prefetch(slots + 4 * slot)
            row = group + waiting * _ROW
            store64(row + _TEXT, i)
            store64(row + _AT, texts + first)
            store64(row + _LENGTH, length)
            store64(row + _SLOT, slot)
            waiting += 1
            if waiting == _GROUP:
                done = _look_up(words, group, waiting, ends, out, done)
                waiting = 0
                if done < 0:
                    return BAD_WORDS
    done = _look_up(words, group, waiting, ends, out, done)
    for i in range(1, n):
        before = int64(load64(ends + 8 * (i - 1)))
        store64(ends + 8 * i, max(before, int64(load64(ends + 8 * i))))
    return done


@kernel
def _look_up(words: int, group: int, n: int, ends: int, out: int, done: int) -> int:
    """Append the units of some words; return the bytes that there are then, or `BAD_WORDS`."""
    if n > 1:
        _fetch(words, group, n)
    for i in range(n):
        row = group + i * _ROW
        at, length = int64(load64(row + _AT)), int64(load64(row + _LENGTH))
        number = _number(words, at, length, int64(load64(row + _SLOT)))
        if number == BAD_WORDS:
            return BAD_WORDS
        done = _put(number, out, done)
        store64(ends + 8 * int64(load64(row + _TEXT)), done)
    return done


@kernel
def _fetch(words: int, group: int, n: int) -> None:
    """Fetch in advance what the look-up of a group of words will most likely read."""
    slots, n_slots = header(words, SLOTS), header(words, N_SLOTS)
    starts, n_words = header(words, STARTS), header(words, N_WORDS)
    for step in range(2 if n_slots else 0):
        for i in range(n):
            number = load32(slots + 4 * int64(load64(group + i * _ROW + _SLOT))) - 1
            if 0 <= number < n_words:
                if step == 0:
                    prefetch(starts + 8 * number)
                else:
                    prefetch(header(words, BLOB) + int64(load64(starts + 8 * number)))


@kernel
def _number(words: int, at: int, length: int, slot: int) -> int:
    """Return the number of the word at an address, -1 for an unknown one, or `BAD_WORDS`."""
    slots, n_slots = header(words, SLOTS), header(words, N_SLOTS)
    starts, n_words = header(words, STARTS), header(words, N_WORDS)
    for _ in range(n_slots):
        number = load32(slots + 4 * slot) - 1
        if number < 0:
            return -1
        if number >= n_words:
            return BAD_WORDS
        start = int64(load64(starts + 8 * number))
        end = int64(load64(starts + 8 * number + 8))
        if not 0 <= start <= end <= header(words, BLOB_BYTES):
            return BAD_WORDS
        if end - start == length and _same(at, header(words, BLOB) + start, length):
            return number
        slot = slot + 1 if slot + 1 < n_slots else 0
    return -1


@kernel
def _same(text: int, word: int, length: int) -> bool:
    """Tell whether some text, in any case, is a word."""
    same = 0
    while same < length and int64(_FOLDED[load8(text + same)]) == load8(word + same):
        same += 1
    return same == length


@kernel
def _put(number: int, out: int, at: int) -> int:
    """Store the units of a word, as `vocabulary.units` has them; return where the next go."""
    if number < N_SINGLES:
        store16(out + at, number if number >= 0 else UNKNOWN_UNIT)
        return at + 2
    number -= N_SINGLES
    lead, last = number // N_TRAILS, FIRST_TRAIL + number % N_TRAILS
    if lead < N_LEADS_OF_TWO:
        store16(out + at, LEAD_OF_TWO + lead)
        store16(out + at + 2, last)
        return at + 4
    lead -= N_LEADS_OF_TWO
    store16(out + at, LEAD_OF_THREE + lead // N_TRAILS)
    store16(out + at + 2, FIRST_TRAIL + lead % N_TRAILS)
    store16(out + at + 4, last)
    return at + 6
