"""Keys of suffixes, and the jump index that they make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_engine import layout

KEY_STRIDE = 16
"""Ranks from one sampled key to the next: half a byte of jump index a token."""


def suffix_keys(stream: NDArray[np.uint8], places: NDArray[Any]) -> NDArray[np.uint64]:
    """Return the first eight bytes of the suffixes at `places` as big-endian numbers.

    Suffixes shorter than that are padded with zeros.
    """
    at = places.astype(np.int64)
    keys = np.empty(len(at), np.uint64)
    whole = at <= len(stream) - 8
    # A view of the eight bytes at every byte: gathering them at once reads memory once.
    eights = np.ndarray(max(len(stream) - 7, 0), ">u8", stream, strides=(1,))
    keys[whole] = eights[at[whole]]
    for i in np.flatnonzero(~whole).tolist():
        keys[i] = int.from_bytes(stream[at[i] :].tobytes().ljust(8, b"\0"), "big")
    return keys


class JumpWriter:
    """Collects the keys of a jump index from the places of ascending ranks."""

    def __init__(self, stream: NDArray[np.uint8], stride: int = KEY_STRIDE) -> None:
        self._stream = stream
        self._stride = stride
        self._n_ranks = 0
        self._keys: list[NDArray[np.uint64]] = []

    def add(self, places: NDArray[Any]) -> None:
        """Take the byte offsets of the next ranks."""
        first = -self._n_ranks % self._stride
        self._keys.append(suffix_keys(self._stream, places[first :: self._stride]))
        self._n_ranks += len(places)

    def write(self, path: Path) -> None:
        """Write the jump index."""
        keys = np.concatenate(self._keys) if self._keys else np.empty(0, np.uint64)
        levels = [keys.astype("<u8")]
        sizes = layout.level_sizes(len(keys))
        for _ in sizes[1:]:
            levels.append(levels[-1][:: layout.KEYS_A_BLOCK])
        starts = layout.level_starts(sizes)
        head = layout.JUMP_HEADER.pack(layout.JUMP_MAGIC, self._stride, len(keys), len(sizes))
        with path.open("wb") as file:
            file.write(head)
            for start, level in zip(reversed(starts[:-1]), reversed(levels), strict=True):
                file.seek(start)
                file.write(level.tobytes())
            file.truncate(starts[-1])
