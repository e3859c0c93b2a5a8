"""Sweeps over the places of suffixes, each of which tells where others go.

Cursors, one a letter, tell where the next suffix goes that starts with the letter. 0 stands for
nothing; a place that the sweep in hand is to leave to the next one is inverted. What a sweep will
read is fetched in advance.
"""

from __future__ import annotations

from numba import int64

from corpus_engine.kernels.memory import address_of, keep, kernel, prefetch
from corpus_engine.kernels.valleys import Numbers

_FAR = 64
_NEAR = 32
_CLOSE = 12
"""Places ahead at which a letter is fetched, then its cursor, then where that points."""


@kernel
def sweep_left(text: Numbers, places: Numbers, starts: Numbers, in_pieces: bool) -> None:
    """From the left, put every suffix that falls behind the one that starts a letter later.

    `places` holds valleys, each among the last places of its letter. `in_pieces` forgets all but
    the suffixes that `sweep_right` is to go on from.
    """
    n = len(text)
    letters, cursors, target = address_of(text), address_of(starts), address_of(places)
    last = text[n - 1]
    places[starts[last]] = ~(n - 1) if n > 1 and text[n - 2] < last else n - 1
    starts[last] += 1
    for i in range(n):
        if i + _FAR < n:
            _fetch_letter(letters, int64(places[i + _FAR]))
            _fetch_cursor(text, cursors, int64(places[i + _NEAR]))
            _fetch_place(text, starts, target, int64(places[i + _CLOSE]))
        at = int64(places[i])
        if at > 0:
            places[i] = 0 if in_pieces else ~at
            at -= 1
            letter = text[at]
            to = int64(starts[letter])
            starts[letter] = to + 1
            places[to] = ~at if at > 0 and text[at - 1] < letter else at
        elif at < 0:
            places[i] = ~at
    keep(text)
    keep(starts)
    keep(places)


@kernel
def sweep_right(text: Numbers, places: Numbers, ends: Numbers, in_pieces: bool) -> None:
    """From the right, put every suffix that rises before the one that starts a letter later.

    `in_pieces` leaves the valleys alone, inverted.
    """
    n = len(text)
    letters, cursors = address_of(text), address_of(ends)
    for i in range(n - 1, -1, -1):
        if i >= _FAR:
            _fetch_letter(letters, int64(places[i - _FAR]))
            _fetch_cursor(text, cursors, int64(places[i - _NEAR]))
        at = int64(places[i])
        if at > 0:
            if in_pieces:
                places[i] = 0
            at -= 1
            letter = text[at]
            to = int64(ends[letter]) - 1
            ends[letter] = to
            places[to] = ~at if at > 0 and text[at - 1] > letter else at
        elif at < 0 and not in_pieces:
            places[i] = ~at
    keep(text)
    keep(ends)


@kernel
def _fetch_letter(letters: int, at: int) -> None:
    """Fetch the letter before a place in advance."""
    if at > 0:
        prefetch(letters + 4 * (at - 1))


@kernel
def _fetch_cursor(text: Numbers, cursors: int, at: int) -> None:
    """Fetch the cursor of the letter before a place in advance."""
    if at > 0:
        prefetch(cursors + 4 * int64(text[at - 1]))


@kernel
def _fetch_place(text: Numbers, cursors: Numbers, places: int, at: int) -> None:
    """Fetch the place where the suffix before one goes in advance."""
    if at > 0:
        prefetch(places + 4 * int64(cursors[text[at - 1]]))
