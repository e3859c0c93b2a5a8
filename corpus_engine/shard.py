"""One shard: its mapped files, checked against each other, and its record in the handle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_engine import layout
from corpus_engine.errors import IndexFormatError
from corpus_engine.mapped import MappedFile

_SAMPLES = 16


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


_NO_JUMP = JumpIndex(1, (np.empty(0, np.uint64),))


@dataclass(frozen=True, slots=True)
class ShardFiles:
    """Where the files of one shard lie."""

    stream: Path
    """Tokens."""

    ranks: Path
    """Suffix array."""

    docs: Path
    """Where documents start."""

    jump: Path
    """Jump index; need not exist."""

    metadata: Path | None = None
    """A line of JSON for each document, as infini-gram writes it."""

    metadata_starts: Path | None = None
    """Where each of those lines starts."""

    @staticmethod
    def of(folder: Path, number: int) -> ShardFiles:
        """Return the files of a shard of an index of ours."""
        return ShardFiles(
            folder / layout.stream_name(number),
            folder / layout.ranks_name(number),
            folder / layout.documents_name(number),
            folder / layout.jump_name(number),
        )

    @staticmethod
    def find(folder: Path) -> list[ShardFiles]:
        """Return the shards of a folder in infini-gram's order, which is that of the names.

        Raises
        ------
        IndexFormatError
            If there are none, or the files do not belong together.
        """
        names = sorted(file.name for file in folder.iterdir() if file.is_file())
        kinds: dict[str, list[Path]] = {word: [] for word in layout.RESERVED_WORDS}
        for name in names:
            # The first word that a name contains decides, as it does for infini-gram.
            kind = next((word for word in layout.RESERVED_WORDS if word in name), None)
            if kind:
                kinds[kind].append(folder / name)
        streams = kinds["tokenized"]
        for kind in ("table", "offset"):
            if len(kinds[kind]) != len(streams) or not streams:
                raise IndexFormatError(
                    f"{folder} is no index: it has {len(streams)} files named 'tokenized' and "
                    f"{len(kinds[kind])} named {kind!r}, expected as many of each, and at least one"
                )
        with_metadata = len(kinds["metadata"]) == len(kinds["metaoff"]) == len(streams)
        return [
            ShardFiles(
                stream,
                kinds["table"][i],
                kinds["offset"][i],
                folder / stream.name.replace("tokenized", "jump"),
                kinds["metadata"][i] if with_metadata else None,
                kinds["metaoff"][i] if with_metadata else None,
            )
            for i, stream in enumerate(streams)
        ]


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
            return _NO_JUMP
        content = self._open(path, sizes).array(np.uint8)
        if len(content) < layout.PAGE_BYTES:
            raise IndexFormatError(f"{path} is truncated; build or accelerate the index again")
        head = content[: layout.JUMP_HEADER.size].tobytes()
        magic, stride, n_keys, n_levels = layout.JUMP_HEADER.unpack(head)
        expected = layout.level_sizes(n_keys) if n_keys <= self.n_units else []
        starts = layout.level_starts(expected)
        fits = (
            magic == layout.JUMP_MAGIC
            and stride > 0
            and n_keys == -(-self.n_units // stride)
            and n_levels == len(expected)
            and len(content) == starts[-1]
        )
        if not fits:
            raise IndexFormatError(
                f"{path} does not fit a shard of {self.n_units:,} tokens (stride {stride}, "
                f"{n_keys:,} keys in {n_levels} levels); build or accelerate the index again"
            )
        levels = [
            content[start : start + 8 * size].view("<u8")
            for start, size in zip(starts, expected, strict=False)
        ]
        return JumpIndex(stride, tuple(levels))

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
        self.jump = _NO_JUMP
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
