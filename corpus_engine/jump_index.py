"""The jump index of a shard, as its file holds it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus_engine import layout
from corpus_engine.errors import IndexFormatError


@dataclass(frozen=True, slots=True)
class JumpIndex:
    """Sampled keys of the suffix array, and levels above them; empty without a jump index."""

    stride: int
    """Ranks from one sampled key to the next."""

    levels: tuple[NDArray[np.uint64], ...]
    """First eight bytes, as a big-endian number, of the suffixes at every `stride`-th rank; then
    every 64th of those, and so on up to a level of one page."""

    @property
    def keys(self) -> NDArray[np.uint64]:
        """The lowest level."""
        return self.levels[0]

    @staticmethod
    def read(path: Path, content: NDArray[np.uint8], n_units: int) -> JumpIndex:
        """Return the jump index that the file at `path` holds, for a shard of so many tokens.

        Raises
        ------
        IndexFormatError
            If it is truncated, of another format, or of another shard.
        """
        if len(content) < layout.PAGE_BYTES:
            raise IndexFormatError(f"{path} is truncated; build or accelerate the index again")
        head = content[: layout.JUMP_HEADER.size].tobytes()
        magic, stride, n_keys, n_levels = layout.JUMP_HEADER.unpack(head)
        expected = layout.level_sizes(n_keys) if n_keys <= n_units else []
        starts = layout.level_starts(expected)
        fits = (
            magic == layout.JUMP_MAGIC
            and stride > 0
            and n_keys == -(-n_units // stride)
            and n_levels == len(expected)
            and len(content) == starts[-1]
        )
        if not fits:
            raise IndexFormatError(
                f"{path} does not fit a shard of {n_units:,} tokens (stride {stride}, "
                f"{n_keys:,} keys in {n_levels} levels); build or accelerate the index again"
            )
        levels = [
            content[start : start + 8 * size].view("<u8")
            for start, size in zip(starts, expected, strict=False)
        ]
        return JumpIndex(stride, tuple(levels))


NO_JUMP = JumpIndex(1, (np.empty(0, np.uint64),))
"""Of a shard without one."""
