"""Tokens as numbers that compare as the tokens' bytes do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_engine.layout import Width

MOST_IDS = 1 << 24
"""Token ids of four bytes that can be numbered, the separator aside; no vocabulary comes near."""

_PIECE = 1 << 20
_SEPARATOR = 0xFFFFFFFF


def number_tokens(stream: Path, width: Width) -> tuple[NDArray[np.int32], int] | None:
    """Return the tokens of a stream as letters, and a number above the greatest letter.

    The first byte of a token, its lowest, decides first in the order of a suffix array.

    Parameters
    ----------
    stream : Path
        Read a piece at a time; twice where tokens have four bytes.
    width : 2 or 4
        Bytes of a token.

    Returns
    -------
    (ndarray of shape (tokens,), int32; int) or None
        Letters from 0 on; None where an id reaches `MOST_IDS`.
    """
    if width == 2:
        # Two bytes the other way round are the number that is wanted.
        return _numbered(stream, width, lambda tokens: tokens.view(">u2")), 1 << 16
    table = _without_gaps(stream)
    if table is None:
        return None
    last = len(table) - 1
    text = _numbered(stream, width, lambda tokens: table[np.minimum(tokens, last)])
    return text, int(table[last]) + 1


def _numbered(
    stream: Path, width: Width, letters: Callable[[NDArray[Any]], NDArray[Any]]
) -> NDArray[np.int32]:
    text = np.empty(stream.stat().st_size // width, np.int32)
    at = 0
    for tokens in _pieces(stream, width):
        text[at : at + len(tokens)] = letters(tokens)
        at += len(tokens)
    return text


def _without_gaps(stream: Path) -> NDArray[np.int32] | None:
    """Return the letters of four-byte tokens by id, and behind them that of the separator.

    There are as many letters as different ids; None where an id reaches `MOST_IDS`.
    """
    seen = np.zeros(0, bool)
    for tokens in _pieces(stream, 4):
        ordinary = tokens[tokens != _SEPARATOR]
        n_ids = int(ordinary.max(initial=0)) + 1
        if n_ids > MOST_IDS:
            return None
        if n_ids > len(seen):
            seen = np.append(seen, np.zeros(n_ids - len(seen), bool))
        seen[ordinary] = True
    ids = np.flatnonzero(seen)
    table = np.full(len(seen) + 1, len(ids), np.int32)
    table[ids[np.argsort(ids.astype("<u4").byteswap())]] = np.arange(len(ids))
    return table


def _pieces(stream: Path, width: Width) -> Iterator[NDArray[Any]]:
    with stream.open("rb") as file:
        while len(piece := np.fromfile(file, f"<u{width}", _PIECE)):
            yield piece
