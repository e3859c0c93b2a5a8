"""The order of the suffixes of a text of numbers, in time linear in its length whatever it holds.

The pieces of text from valley to valley (`kernels.induced` has the terms) are put in order by two
sweeps and numbered. Their numbers are a text of at most half the length, whose suffixes, sorted
likewise, give the order of the valleys; two more sweeps give that of all suffixes from it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def sort_suffixes(text: NDArray[np.int32], n_letters: int, places: NDArray[np.int32]) -> None:
    """Store where the suffixes of a text start, in their order.

    Takes 8 bytes a different letter, or up to 4 for each of the text, besides `text` and `places`.

    Parameters
    ----------
    text : ndarray of shape (n,), int32
        Letters in [0, n_letters), contiguous in memory. A suffix comes before those that it begins.
    n_letters : int
        More than the greatest letter.
    places : ndarray of shape (n,), int32
        Overwritten; contiguous as well.

    Examples
    --------
    >>> text = np.frombuffer(b"banana", np.uint8).astype(np.int32) - ord("a")
    >>> places = np.empty(6, np.int32)
    >>> sort_suffixes(text, 14, places)
    >>> places.tolist()
    [5, 3, 1, 0, 4, 2]
    """
    from corpus_engine.kernels import induced

    if not len(text):
        return
    n_valleys = _sort_valleys(text, n_letters, places)
    induced.induce(text, places, n_valleys, *np.empty((2, n_letters), np.int32))


def _sort_valleys(text: NDArray[np.int32], n_letters: int, places: NDArray[np.int32]) -> int:
    """Store the valleys of a text in the order of their suffixes; return how many there are."""
    from corpus_engine.kernels import induced

    room = np.empty((2, n_letters), np.int32)
    n_valleys, n_pieces = induced.sort_pieces(text, places, *room)
    del room
    if n_pieces < n_valleys:
        reduced = places[len(text) - n_valleys :]
        induced.gather_numbers(places, n_valleys, reduced)
        sort_suffixes(reduced, n_pieces, places[:n_valleys])
        induced.to_valleys(text, places, n_valleys, reduced)
    return int(n_valleys)
