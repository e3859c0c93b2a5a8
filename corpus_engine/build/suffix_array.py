"""Suffix arrays in infini-gram's format, and the jump index beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_engine import layout
from corpus_engine.errors import BuildError
from corpus_engine.shard import (
    JUMP_HEADER,
    JUMP_HEADER_BYTES,
    JUMP_MAGIC,
    KEYS_A_NODE,
    pointer_width,
)

KEY_STRIDE = 16
"""Ranks from one sampled key to the next: half a byte of jump index a token."""

MOST_STREAM_BYTES = (1 << 31) - 1
"""Bytes of one shard's stream: more would need a sort with 64-bit places."""

_PIECE = 1 << 20


def write_suffix_array(folder: Path, shard: int, width: layout.Width) -> None:
    """Sort the suffixes of a shard's stream; write its suffix array and jump index.

    Takes five bytes of memory for each byte of the stream, and a few MiB.

    Raises
    ------
    BuildError
        If the stream is too long for one shard.
    """
    import pydivsufsort

    stream = np.fromfile(folder / layout.stream_name(shard), np.uint8)
    if len(stream) > MOST_STREAM_BYTES:
        raise BuildError(
            f"shard {shard} has {len(stream):,} bytes of tokens, at most {MOST_STREAM_BYTES:,} fit "
            "in one shard; ask for more shards"
        )
    places: NDArray[np.int32] = pydivsufsort.divsufsort(stream)
    n_bytes = pointer_width(len(stream))
    sampler = KeySampler(stream)
    with (folder / layout.ranks_name(shard)).open("wb") as file:
        for start in range(0, len(places), _PIECE):
            piece = places[start : start + _PIECE]
            if width > 1:
                piece = piece[piece & (width - 1) == 0]
            file.write(pack(piece, n_bytes))
            sampler.add(piece)
    sampler.write(folder / layout.jump_name(shard))


def pack(places: NDArray[Any], n_bytes: int) -> bytes:
    """Return places as little-endian integers of `n_bytes` bytes each."""
    wide = places.astype("<u8" if n_bytes > 4 else "<u4")
    return wide.view(np.uint8).reshape(len(wide), -1)[:, :n_bytes].tobytes()


class KeySampler:
    """Collects the keys of the jump index from the places of ascending ranks."""

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
        nodes = keys[::KEYS_A_NODE]
        head = JUMP_HEADER.pack(JUMP_MAGIC, self._stride, len(keys), len(nodes))
        with path.open("wb") as file:
            file.write(head.ljust(JUMP_HEADER_BYTES, b"\0"))
            file.write(nodes.astype("<u8").tobytes())
            file.write(keys.astype("<u8").tobytes())


def suffix_keys(stream: NDArray[np.uint8], places: NDArray[Any]) -> NDArray[np.uint64]:
    """Return the first eight bytes of the suffixes at `places` as big-endian numbers.

    Suffixes shorter than that are padded with zeros.
    """
    at = places.astype(np.int64)
    keys = np.zeros((len(at), 8), np.uint8)
    for i in range(8):
        inside = at + i < len(stream)
        keys[inside, i] = stream[at[inside] + i]
    return keys.view(">u8").reshape(-1).astype(np.uint64)


if __name__ == "__main__":
    import sys

    write_suffix_array(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))  # type: ignore[arg-type]
