"""Valleys of a text, and the numbers of the pieces that begin there (`kernels.induced`)."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numba import int64
from numpy.typing import NDArray

from corpus_engine.kernels.memory import address_of, keep, kernel, prefetch

Numbers: TypeAlias = NDArray[np.int32]

_AHEAD = 32
_BLOCK = 1024


@kernel
def clear(numbers: Numbers, first: int) -> None:
    """Set the numbers from one on to 0."""
    for i in range(first, len(numbers)):
        numbers[i] = 0


@kernel
def place_valleys(text: Numbers, places: Numbers, ends: Numbers) -> int:
    """Put the valleys, by their first letters alone, among the last places of these; clear others.

    Returns how many there are. No valley is at 0, which stands for nothing.
    """
    clear(places, 0)
    found = np.empty(_BLOCK, np.int32)
    rises, n = int64(0), int64(0)
    for end in range(len(text) - 1, 0, -_BLOCK):
        n_found, rises = _valleys(text, end, rises, found)
        for i in range(n_found):
            letter = text[found[i]]
            ends[letter] -= 1
            places[ends[letter]] = found[i]
        n += n_found
    return n


@kernel
def list_valleys(text: Numbers, valleys: Numbers) -> None:
    """Store the valleys in the order of the text."""
    found = np.empty(_BLOCK, np.int32)
    rises, at = int64(0), len(valleys)
    for end in range(len(text) - 1, 0, -_BLOCK):
        n_found, rises = _valleys(text, end, rises, found)
        for i in range(n_found):
            at -= 1
            valleys[at] = found[i]


@kernel
def number_pieces(text: Numbers, places: Numbers, n_valleys: int) -> int:
    """Move the valleys, which are inverted, to the front, and number their pieces in order.

    Equal pieces share a number, from 1 on; it is stored behind the valleys, at half of each
    valley's place. Returns how many different pieces there are.
    """
    done = 0
    for i in range(len(text)):
        if places[i] < 0:
            places[done] = ~places[i]
            done += 1
    clear(places, n_valleys)
    numbers = places[n_valleys:]
    _measure_pieces(text, numbers)
    letters, lengths = address_of(text), address_of(numbers)
    number, before, length_before = int64(0), int64(0), int64(0)
    for i in range(n_valleys):
        if i + _AHEAD < n_valleys:
            ahead = int64(places[i + _AHEAD])
            prefetch(letters + 4 * ahead)
            prefetch(lengths + 4 * (ahead >> 1))
        at = int64(places[i])
        length = int64(numbers[at >> 1])
        if length != length_before or not _same(text, at, before, length):
            number += 1
            before, length_before = at, length
        numbers[at >> 1] = number
    keep(text)
    keep(numbers)
    return number


@kernel
def _measure_pieces(text: Numbers, lengths: Numbers) -> None:
    """Store at half of each valley's place how long its piece is; 0 for the last one.

    Valleys are at least two letters apart.
    """
    found = np.empty(_BLOCK, np.int32)
    rises, after = int64(0), int64(-1)
    for end in range(len(text) - 1, 0, -_BLOCK):
        n_found, rises = _valleys(text, end, rises, found)
        for i in range(n_found):
            valley = int64(found[i])
            lengths[valley >> 1] = after - valley + 1 if after >= 0 else 0
            after = valley


@kernel
def _same(text: Numbers, one: int, other: int, length: int) -> bool:
    """Tell whether two pieces of the same length, 0 for the last of the text, are equal."""
    same = 0
    while same < length and text[one + same] == text[other + same]:
        same += 1
    return 0 < same == length


@kernel
def _valleys(text: Numbers, end: int, rises: int, found: Numbers) -> tuple[int, int]:
    """List the valleys after the places [end - _BLOCK, end), the last one first.

    `rises` tells whether the suffix at `end` does. Returns how many valleys there are, and whether
    the suffix at the first of the places rises. No branch decides, since none could be foreseen.
    """
    after = text[end]
    n = 0
    for at in range(end - 1, max(end - _BLOCK, 0) - 1, -1):
        here = text[at]
        here_rises = int64(here < after) | (int64(here == after) & rises)
        found[n] = at + 1
        n += rises & ~here_rises
        after, rises = here, here_rises
    return n, rises
