"""Tokens as numbers without gaps that compare as the tokens' bytes do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_engine.layout import Width

_PIECE = 1 << 20
MOST_IDS = 1 << 24
"""Token ids that `number_tokens` takes, the separator aside; no vocabulary comes near it."""


def number_tokens(stream: Path, width: Width) -> tuple[NDArray[np.int32], int] | None:
    """Return the tokens of a stream as letters, and how many different ones there are.

    The first byte of a token, its lowest, decides first in the order of a suffix array.

    Parameters
    ----------
    stream : Path
        Read twice, a piece at a time.
    width : 2 or 4
        Bytes of a token.

    Returns
    -------
    (ndarray of shape (tokens,), int32; int) or None
        Numbers from 0 on; None where an id reaches `MOST_IDS`.
    """
    separator = 256**width - 1
    last = min(separator, MOST_IDS)
    seen = np.zeros(last + 1, bool)
    for tokens in _pieces(stream, width):
        slots = np.minimum(tokens, last)
        if np.count_nonzero(slots == last) > np.count_nonzero(tokens == separator):
            return None
        seen[slots] = True
    # The separator has the last slot, and is the greatest in either order of bytes.
    slots = np.flatnonzero(seen)
    swapped = slots.astype(f"<u{width}").byteswap()
    swapped[slots == last] = separator
    table = np.zeros(last + 1, np.int32)
    table[slots[np.argsort(swapped)]] = np.arange(len(slots))
    text = np.empty(stream.stat().st_size // width, np.int32)
    at = 0
    for tokens in _pieces(stream, width):
        text[at : at + len(tokens)] = table[np.minimum(tokens, last)]
        at += len(tokens)
    return text, len(slots)


def _pieces(stream: Path, width: Width) -> Iterator[NDArray[Any]]:
    with stream.open("rb") as file:
        while len(piece := np.fromfile(file, f"<u{width}", _PIECE)):
            yield piece
