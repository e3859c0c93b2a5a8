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
    seen = np.zeros(0, bool)
    has_separator = False
    for tokens in _pieces(stream, width):
        ordinary = tokens[tokens != separator]
        has_separator |= len(ordinary) < len(tokens)
        n_ids = int(ordinary.max(initial=0)) + 1
        if n_ids > MOST_IDS:
            return None
        if n_ids > len(seen):
            seen = np.append(seen, np.zeros(n_ids - len(seen), bool))
        seen[ordinary] = True
    ids = np.flatnonzero(seen)
    # The separator is the greatest in either order of bytes, and has a slot behind the ids.
    table = np.full(len(seen) + 1, len(ids), np.int32)
    table[ids[np.argsort(ids.astype(f"<u{width}").byteswap())]] = np.arange(len(ids))
    text = np.empty(stream.stat().st_size // width, np.int32)
    at = 0
    for tokens in _pieces(stream, width):
        text[at : at + len(tokens)] = table[np.minimum(tokens, len(seen))]
        at += len(tokens)
    return text, len(ids) + has_separator


def _pieces(stream: Path, width: Width) -> Iterator[NDArray[Any]]:
    with stream.open("rb") as file:
        while len(piece := np.fromfile(file, f"<u{width}", _PIECE)):
            yield piece
