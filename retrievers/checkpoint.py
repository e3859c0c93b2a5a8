"""Finished blocks of vectors in a folder, from which an interrupted encoding goes on.

key.json      what was encoded by what
vectors.f32   the blocks, one after the other
sums.u32      CRC-32 of each block, written after it
"""

import json
import shutil
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from retrievers.encoder import Vectors

_SUM_BYTES = 4


class Checkpoint:
    """The blocks of one encoding that are finished and undamaged.

    A block counts once its checksum is there and right, so that a process may be killed and a
    machine lose power at any moment.

    Parameters
    ----------
    folder : Path
        Made where it is missing. What another encoding left in it is dropped.
    key : mapping
        Tells one encoding from another, as JSON has it.
    shape : (int, int)
        Rows of a block, and the length of a vector.
    """

    def __init__(self, folder: Path, key: Mapping[str, Any], shape: tuple[int, int]) -> None:
        self._vectors, self._sums = folder / "vectors.f32", folder / "sums.u32"
        self._dimension = shape[1]
        block_bytes = 4 * shape[0] * shape[1]
        folder.mkdir(parents=True, exist_ok=True)
        n_blocks = 0
        if _read(folder / "key.json") == key:
            n_blocks = self._n_sound(block_bytes)
        for path, kept in (
            (self._vectors, n_blocks * block_bytes),
            (self._sums, n_blocks * _SUM_BYTES),
        ):
            with path.open("ab") as stream:
                stream.truncate(kept)
        (folder / "key.json").write_text(json.dumps(key), encoding="utf-8")
        self.n_rows = n_blocks * shape[0]
        """Rows that need not be encoded again."""

    def extend(self, blocks: Iterator[Vectors]) -> None:
        """Append blocks as they come; all but the last have the rows of a block."""
        with self._vectors.open("ab") as vectors, self._sums.open("ab") as sums:
            for block in blocks:
                content = block.tobytes()
                vectors.write(content)
                vectors.flush()
                sums.write(_sum(content))
                sums.flush()
                self.n_rows += len(block)

    def vectors(self) -> Vectors:
        """Return all rows, float32 of shape (n_rows, d), mapped."""
        return np.memmap(self._vectors, np.float32, "r", shape=(self.n_rows, self._dimension))

    def _n_sound(self, block_bytes: int) -> int:
        """Return how many whole blocks from the first on have their checksum."""
        try:
            sums = self._sums.read_bytes()
            with self._vectors.open("rb") as stream:
                for at in range(len(sums) // _SUM_BYTES):
                    expected = sums[at * _SUM_BYTES : (at + 1) * _SUM_BYTES]
                    block = stream.read(block_bytes)
                    if len(block) < block_bytes or _sum(block) != expected:
                        return at
        except FileNotFoundError:
            return 0
        return len(sums) // _SUM_BYTES


def forget(folder: Path) -> None:
    """Remove the checkpoint in `folder`."""
    shutil.rmtree(folder, ignore_errors=True)


def _sum(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(_SUM_BYTES, "little")


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
