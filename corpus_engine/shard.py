"""One shard: its mapped files, checked against each other, and its record in the handle."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_engine import layout
from corpus_engine.errors import IndexFormatError
from corpus_engine.jump_index import NO_JUMP, JumpIndex
from corpus_engine.mapped import MappedFile
from corpus_engine.shard_files import ShardFiles

_SAMPLES = 16


class Shard:
    """One shard, open for reading.

    Parameters
    ----------
    files : ShardFiles
        Its files.
    width : int
        Bytes of a token: 1, 2 or 4.
    sizes : mapping of str to int
        Expected size of each file by name; a name that is absent is not checked.
    """

    def __init__(self, files: ShardFiles, width: layout.Width, sizes: Mapping[str, int]) -> None:
        self.paths = files
        self.width = width
        self._files: list[MappedFile] = []
        stream = self._open(files.stream, sizes)
        self.stream = stream.array(np.uint8)
        if len(self.stream) % width or not len(self.stream):
            raise IndexFormatError(
                f"{stream.path} has {len(self.stream):,} bytes, expected a positive multiple of "
                f"the token width {width}; is the token width right?"
            )
        self.n_units = len(self.stream) // width
        ranks = self._open(files.ranks, sizes)
        self.ranks = ranks.array(np.uint8)
        self.pointer_bytes = _pointer_bytes(ranks, self.n_units, len(self.stream))
        docs = self._open(files.docs, sizes)
        self.docs = docs.array("<u8")
        self._check_docs(docs.path)
        self.jump = self._open_jump(files.jump, sizes)
        self._open_metadata()
        self._check_samples()

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
        for number in _sample(len(docs)):
            start = int(docs[number])
            if (
                start % self.width
                or (self.stream[start : start + self.width] != 0xFF).any()
                or (number and start <= docs[number - 1])
            ):
                raise IndexFormatError(
                    f"{path} says that document {number} starts at byte {start:,}, where "
                    f"{self.paths.stream.name} has no separator of {self.width} bytes; is the "
                    "token width right?"
                )

    def _check_samples(self) -> None:
        """Look at a few neighbouring ranks: are they in order, and in the stream?"""
        for rank in _sample(self.n_units - 1):
            one, other = self.pointer(rank), self.pointer(rank + 1)
            size = 256
            misplaced = one % self.width or other % self.width or one == other
            if misplaced or self._bytes(one, size) > self._bytes(other, size):
                raise IndexFormatError(
                    f"{self.paths.ranks} is out of order at rank {rank:,}: it is damaged, or "
                    f"belongs to another stream than {self.paths.stream.name}"
                )

    def _bytes(self, at: int, size: int) -> bytes:
        return self.stream[at : at + size].tobytes()

    def pointer(self, rank: int) -> int:
        """Return the byte offset that a rank of the suffix array holds.

        Raises
        ------
        IndexFormatError
            If it lies outside the stream.
        """
        start = rank * self.pointer_bytes
        entry = self.ranks[start : start + self.pointer_bytes].tobytes()
        at = int.from_bytes(entry, "little")
        if at >= len(self.stream):
            raise IndexFormatError(
                f"{self.paths.ranks} points to byte {at:,} at rank {rank:,}, expected less than "
                f"{len(self.stream):,}: it is damaged"
            )
        return at

    def document_range(self, number: int) -> tuple[int, int]:
        """Return the byte offsets of a document's first token and of the end of its last.

        The separator before the document is left out.
        """
        start = int(self.docs[number]) + self.width
        last = number + 1 == len(self.docs)
        return start, len(self.stream) if last else int(self.docs[number + 1])

    def tokens(self, start: int, end: int) -> NDArray[Any]:
        """Return the tokens between two byte offsets."""
        return self.stream[start:end].view(f"<u{self.width}")

    def metadata(self, number: int) -> str:
        """Return the line of metadata of a document, as infini-gram keeps it, or nothing."""
        if not len(self._line_starts):
            return ""
        last = number + 1 == len(self._line_starts)
        end = len(self._lines) if last else int(self._line_starts[number + 1])
        line = self._lines[int(self._line_starts[number]) : end].tobytes()
        return line.decode("utf-8", "replace")

    def _open_metadata(self) -> None:
        """Open the lines of metadata, where there are any."""
        self._lines, self._line_starts = np.empty(0, np.uint8), np.empty(0, np.uint64)
        if self.paths.metadata is None or self.paths.metadata_starts is None:
            return
        starts = self._open(self.paths.metadata_starts, {})
        self._lines = self._open(self.paths.metadata, {}).array(np.uint8)
        self._line_starts = starts.array("<u8")
        if len(self._line_starts) != len(self.docs):
            raise IndexFormatError(
                f"{starts.path} has {len(self._line_starts):,} lines for {len(self.docs):,} "
                "documents: it is truncated, or belongs to another shard"
            )

    def _open_jump(self, path: Path, sizes: Mapping[str, int]) -> JumpIndex:
        if path.name not in sizes and not path.exists():
            return NO_JUMP
        return JumpIndex.read(path, self._open(path, sizes).array(np.uint8), self.n_units)

    def record(self) -> list[int]:
        """Return the shard's fields of the handle, in the order of `kernels.handle`."""
        levels = [level.ctypes.data for level in self.jump.levels if len(level)]
        spare = layout.MOST_LEVELS - len(levels)
        return [
            *(self.stream.ctypes.data, len(self.stream)),
            *(self.ranks.ctypes.data, len(self.ranks), self.pointer_bytes, self.n_units),
            *(self.docs.ctypes.data, len(self.docs)),
            *(len(self.jump.keys), self.jump.stride, len(levels)),
            *(*levels, *[0] * spare),
        ]

    def close(self) -> None:
        """Unmap the files; no kernel may run on the shard any more."""
        self.jump = NO_JUMP
        del self.stream, self.ranks, self.docs, self._lines, self._line_starts
        for file in self._files:
            file.close()


def _sample(n: int) -> list[int]:
    """Return up to 16 numbers spread evenly below `n`."""
    return sorted({i * n // _SAMPLES for i in range(_SAMPLES)}) if n > 0 else []


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
