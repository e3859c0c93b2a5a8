"""One shard: its mapped files, checked against each other, and its record in the handle."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus_engine import layout
from corpus_engine.errors import IndexFormatError
from corpus_engine.mapped import MappedFile

JUMP_MAGIC = b"QCJUMP01"
JUMP_HEADER = struct.Struct("<8sQQQ")
"""Magic, stride in ranks, sampled keys, keys of the level above."""

JUMP_HEADER_BYTES = 4096
"""Room for the header, so that each level starts on a page of its own."""

KEYS_A_NODE = 512
"""Keys under one key of the level above: one page of them."""


@dataclass(frozen=True, slots=True)
class JumpIndex:
    """Sampled keys of the suffix array in two levels; empty without a jump index."""

    stride: int
    """Ranks from one sampled key to the next."""

    keys: NDArray[np.uint64]
    """First eight bytes, as a big-endian number, of the suffixes at every `stride`-th rank."""

    nodes: NDArray[np.uint64]
    """Every `KEYS_A_NODE`-th of the keys."""


class Shard:
    """The files of one shard, open for reading.

    Parameters
    ----------
    folder : Path
        The index.
    number : int
        Which shard.
    width : int
        Bytes of a token: 1, 2 or 4.
    sizes : mapping of str to int
        Expected size of each file by name; a name that is absent is not checked.
    """

    def __init__(
        self, folder: Path, number: int, width: layout.Width, sizes: Mapping[str, int]
    ) -> None:
        self.number = number
        self.width = width
        self._files: list[MappedFile] = []
        stream = self._open(folder / layout.stream_name(number), sizes)
        self.stream = stream.array(np.uint8)
        if len(self.stream) % width or not len(self.stream):
            raise IndexFormatError(
                f"{stream.path} has {len(self.stream):,} bytes, expected a positive multiple of "
                f"the token width {width}; is the token width right?"
            )
        self.n_units = len(self.stream) // width
        ranks = self._open(folder / layout.ranks_name(number), sizes)
        self.ranks = ranks.array(np.uint8)
        self.pointer_bytes = _pointer_bytes(ranks, self.n_units, len(self.stream))
        docs = self._open(folder / layout.documents_name(number), sizes)
        self.docs = docs.array("<u8")
        self._check_docs(docs.path)
        self.jump = self._open_jump(folder / layout.jump_name(number), sizes)

    def _open(self, path: Path, sizes: Mapping[str, int]) -> MappedFile:
        file = MappedFile(path, sizes.get(path.name))
        self._files.append(file)
        return file

    def _check_docs(self, path: Path) -> None:
        docs = self.docs
        if not len(docs) or docs[0] != 0 or docs[-1] >= len(self.stream):
            raise IndexFormatError(
                f"{path} does not fit its shard: {len(docs):,} documents start between "
                f"{docs[:1]} and {docs[-1:]}, in a stream of {len(self.stream):,} bytes"
            )

    def _open_jump(self, path: Path, sizes: Mapping[str, int]) -> JumpIndex:
        empty = np.empty(0, np.uint64)
        if path.name not in sizes and not path.exists():
            return JumpIndex(1, empty, empty)
        content = self._open(path, sizes).array(np.uint8)
        if len(content) < JUMP_HEADER_BYTES:
            raise IndexFormatError(f"{path} is truncated; build or accelerate the index again")
        magic, stride, n_keys, n_nodes = JUMP_HEADER.unpack(content[: JUMP_HEADER.size].tobytes())
        fits = (
            magic == JUMP_MAGIC
            and stride > 0
            and n_keys == -(-self.n_units // stride)
            and n_nodes == -(-n_keys // KEYS_A_NODE)
            and len(content) == JUMP_HEADER_BYTES + 8 * (n_keys + n_nodes)
        )
        if not fits:
            raise IndexFormatError(
                f"{path} does not fit a shard of {self.n_units:,} tokens (stride {stride}, "
                f"{n_keys:,} and {n_nodes:,} keys); build or accelerate the index again"
            )
        levels = content[JUMP_HEADER_BYTES:].view("<u8")
        return JumpIndex(stride, levels[n_nodes:], levels[:n_nodes])

    def record(self) -> list[int]:
        """Return the shard's fields of the handle, in the order of `kernels.handle`."""
        address = [
            part.ctypes.data
            for part in (self.stream, self.ranks, self.docs, self.jump.keys, self.jump.nodes)
        ]
        stream, ranks, docs, keys, nodes = address
        return [
            *(stream, len(self.stream)),
            *(ranks, len(self.ranks), self.pointer_bytes, self.n_units),
            *(docs, len(self.docs)),
            *(keys, len(self.jump.keys), self.jump.stride),
            *(nodes, len(self.jump.nodes)),
        ]

    def close(self) -> None:
        """Unmap the files; no kernel may run on the shard any more."""
        empty = np.empty(0, np.uint64)
        self.jump = JumpIndex(1, empty, empty)
        del self.stream, self.ranks, self.docs
        for file in self._files:
            file.close()


def pointer_width(stream_bytes: int) -> int:
    """Return the bytes of one entry of the suffix array of a stream, as infini-gram has them.

    >>> [pointer_width(n) for n in (1, 2, 256, 258, 65536, 65538)]
    [1, 1, 1, 2, 2, 3]
    """
    return max(1, -(-(stream_bytes - 1).bit_length() // 8))


def _pointer_bytes(ranks: MappedFile, n_units: int, stream_bytes: int) -> int:
    width, rest = divmod(ranks.size_bytes, n_units)
    least = pointer_width(stream_bytes)
    if rest or not least <= width <= 8:
        raise IndexFormatError(
            f"{ranks.path} has {ranks.size_bytes:,} bytes for {n_units:,} tokens, expected "
            f"{least} bytes each: it is truncated, or the token width is wrong"
        )
    return width
