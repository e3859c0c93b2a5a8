"""The steps of an induced sort of suffixes (SA-IS; Nong, Zhang and Chan, 2009).

A suffix *rises* if it comes before the one that starts a letter later, else it falls; the last one
falls. A *valley* is a place where a suffix rises after one that falls. A *piece* is the text from a
valley to the next one, both included. `build.induced_sort` calls these steps in turn.
"""

from __future__ import annotations

from numba import int64

from corpus_engine.kernels.memory import address_of, keep, kernel, prefetch
from corpus_engine.kernels.sweeps import sweep_left, sweep_right
from corpus_engine.kernels.valleys import Numbers, clear, list_valleys, number_pieces, place_valleys

_AHEAD = 32


@kernel
def sort_pieces(
    text: Numbers, places: Numbers, counts: Numbers, cursors: Numbers
) -> tuple[int, int]:
    """Store the valleys of a text in the order of their pieces, and numbers of these behind them.

    `counts` and `cursors` are room for a number a letter. Returns how many valleys and how many
    different pieces there are.
    """
    _count_letters(text, counts)
    _to_ends(counts, cursors)
    n_valleys = place_valleys(text, places, cursors)
    if n_valleys == 0:
        return 0, 0
    _to_starts(counts, cursors)
    sweep_left(text, places, cursors, True)
    _to_ends(counts, cursors)
    sweep_right(text, places, cursors, True)
    return n_valleys, number_pieces(text, places, n_valleys)


@kernel
def gather_numbers(places: Numbers, n_valleys: int, reduced: Numbers) -> None:
    """Store the numbers that `sort_pieces` left, less one, in the order of the text.

    `reduced` may be the end of `places`.
    """
    at = n_valleys
    for i in range(len(places) - 1, n_valleys - 1, -1):
        if places[i] > 0:
            at -= 1
            reduced[at] = places[i] - 1


@kernel
def to_valleys(text: Numbers, places: Numbers, n_valleys: int, reduced: Numbers) -> None:
    """Replace the order of the valleys' numbers by that of the valleys themselves.

    `reduced`, which held the numbers, is overwritten.
    """
    list_valleys(text, reduced)
    table = address_of(reduced)
    for i in range(n_valleys):
        if i + _AHEAD < n_valleys:
            prefetch(table + 4 * int64(places[i + _AHEAD]))
        places[i] = reduced[places[i]]
    keep(reduced)


@kernel
def induce(
    text: Numbers, places: Numbers, n_valleys: int, counts: Numbers, cursors: Numbers
) -> None:
    """Store all suffixes in order, given the valleys in theirs."""
    _count_letters(text, counts)
    _to_ends(counts, cursors)
    _spread(text, places, n_valleys, cursors)
    _to_starts(counts, cursors)
    sweep_left(text, places, cursors, False)
    _to_ends(counts, cursors)
    sweep_right(text, places, cursors, False)


@kernel
def _count_letters(text: Numbers, counts: Numbers) -> None:
    """Count each letter of a text."""
    clear(counts, 0)
    for letter in text:
        counts[letter] += 1


@kernel
def _to_starts(counts: Numbers, cursors: Numbers) -> None:
    """Put the cursor of each letter to the first place of its suffixes."""
    at = int64(0)
    for letter in range(len(counts)):
        cursors[letter] = at
        at += counts[letter]


@kernel
def _to_ends(counts: Numbers, cursors: Numbers) -> None:
    """Put the cursor of each letter one past the last place of its suffixes."""
    at = int64(0)
    for letter in range(len(counts)):
        at += counts[letter]
        cursors[letter] = at


@kernel
def _spread(text: Numbers, places: Numbers, n_valleys: int, ends: Numbers) -> None:
    """Move the ordered valleys from the front to the last places of their letters; clear others."""
    letters = address_of(text)
    clear(places, n_valleys)
    for i in range(n_valleys - 1, -1, -1):
        if i >= _AHEAD:
            prefetch(letters + 4 * int64(places[i - _AHEAD]))
        at = places[i]
        places[i] = 0
        letter = text[at]
        ends[letter] -= 1
        places[ends[letter]] = at
    keep(text)
