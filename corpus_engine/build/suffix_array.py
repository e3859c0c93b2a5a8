"""Suffix arrays in infini-gram's format, and the jump index beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_engine import layout
from corpus_engine.build.induced_sort import sort_suffixes
from corpus_engine.build.letters import number_tokens
from corpus_engine.errors import BuildError
from corpus_engine.shard import pointer_width
from corpus_engine.suffixes import JumpWriter

MOST_STREAM_BYTES = (1 << 31) - 1
"""Bytes of one shard's stream: more would need a sort with 64-bit places."""

_PIECE = 1 << 20
FEW_BYTES = 1 << 24
"""Bytes of a stream that is sorted sooner without kernels than they are compiled."""


def write_suffix_array(folder: Path, shard: int, width: layout.Width) -> None:
    """Sort the suffixes of a shard's stream; write its suffix array and jump index.

    `build.memory` says how much memory that takes.

    Raises
    ------
    BuildError
        If the stream is too long for one shard.
    """
    stream = folder / layout.stream_name(shard)
    size = stream.stat().st_size
    if size > MOST_STREAM_BYTES:
        raise BuildError(
            f"shard {shard} has {size:,} bytes of tokens, at most {MOST_STREAM_BYTES:,} fit "
            "in one shard; ask for more shards"
        )
    places, step = _sorted_places(stream, width)
    sampler = JumpWriter(np.fromfile(stream, np.uint8))
    with (folder / layout.ranks_name(shard)).open("wb") as file:
        for start in range(0, len(places), _PIECE):
            piece = places[start : start + _PIECE].astype(np.uint32) * np.uint32(step)
            if step < width:
                piece = piece[piece & (width - 1) == 0]
            file.write(pack(piece, pointer_width(size)))
            sampler.add(piece)
    sampler.write(folder / layout.jump_name(shard))


def _sorted_places(stream: Path, width: layout.Width) -> tuple[NDArray[np.int32], int]:
    """Return where suffixes start, in their order, and in which unit: bytes, or tokens."""
    if width > 1 and stream.stat().st_size >= FEW_BYTES:
        numbered = number_tokens(stream, width)
        if numbered is not None:
            places = np.empty(len(numbered[0]), np.int32)
            sort_suffixes(*numbered, places)
            return places, width
    import pydivsufsort

    _sort_alone()
    return pydivsufsort.divsufsort(np.fromfile(stream, np.uint8)), 1


def _sort_alone() -> None:
    """Keep the library from starting threads for this one: shards are sorted side by side.

    Where processors are busy, its threads would wait for each other in a loop.
    """
    from pydivsufsort import dll

    set_threads = getattr(dll.libdivsufsort, "omp_set_num_threads", None)
    if set_threads is not None:
        set_threads(1)


def pack(places: NDArray[Any], n_bytes: int) -> bytes:
    """Return places as little-endian integers of `n_bytes` bytes each."""
    wide = places.astype("<u8" if n_bytes > 4 else "<u4")
    return wide.view(np.uint8).reshape(len(wide), wide.itemsize)[:, :n_bytes].tobytes()
