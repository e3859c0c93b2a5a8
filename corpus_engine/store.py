"""The documents' original text, compressed in blocks.

The documents' records follow each other in one long byte string: a line of JSON `[id, metadata]`,
then the text in UTF-8. It is cut into blocks of 64 KiB, each compressed with zstandard, so that
one document costs the decompression of one or two blocks wherever it stands. Two arrays of u64
hold where each block starts in the file, and where each record starts in the string.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus_engine import layout
from corpus_engine.errors import IndexFormatError
from corpus_engine.files import cut_back
from corpus_engine.mapped import MappedFile
from corpus_engine.types import JSON, Document

if TYPE_CHECKING:
    from typing import BinaryIO

BLOCK_BYTES = 1 << 16
_LEVEL = 3
_PENDING = "text.partial"


class StoreWriter:
    """Appends documents to the store of a folder; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        import zstandard

        self._folder = folder
        self._compress = zstandard.ZstdCompressor(level=_LEVEL).compress
        names = (layout.TEXT_BLOCKS, layout.TEXT_BLOCK_STARTS, layout.TEXT_DOC_STARTS)
        self._files: list[BinaryIO] = [(folder / name).open("ab") for name in names]
        self._blocks, self._block_starts, self._doc_starts = self._files
        self._pending = bytearray()
        self._n_bytes = 0

    def add(self, record: bytes) -> None:
        """Append what `record_of` made of one document."""
        self._doc_starts.write(self._n_bytes.to_bytes(8, "little"))
        self._n_bytes += len(record)
        self._pending += record
        while len(self._pending) >= BLOCK_BYTES:
            self._write_block(bytes(self._pending[:BLOCK_BYTES]))
            del self._pending[:BLOCK_BYTES]

    def _write_block(self, block: bytes) -> None:
        self._block_starts.write(self._blocks.tell().to_bytes(8, "little"))
        self._blocks.write(self._compress(block))

    def checkpoint(self) -> dict[str, int | list[int]]:
        """Write everything out; return what `restore` needs."""
        (self._folder / _PENDING).write_bytes(self._pending)
        for file in self._files:
            file.flush()
        return {"n_bytes": self._n_bytes, "sizes_bytes": [file.tell() for file in self._files]}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go back to a checkpoint."""
        self._n_bytes = state["n_bytes"]
        self._pending = bytearray((self._folder / _PENDING).read_bytes())
        for file, size in zip(self._files, state["sizes_bytes"], strict=True):
            cut_back(file, size)

    def finish(self) -> None:
        """Write what is pending; no document may follow."""
        if self._pending:
            self._write_block(bytes(self._pending))
            self._pending.clear()
        self._block_starts.write(self._blocks.tell().to_bytes(8, "little"))
        self._doc_starts.write(self._n_bytes.to_bytes(8, "little"))

    def __enter__(self) -> StoreWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._files:
            file.close()


def record_of(document: Document) -> bytes:
    """Return a document as the store holds it."""
    head = json.dumps([document.id, dict(document.metadata)]).encode()
    return head + b"\n" + document.text.encode("utf-8", "surrogatepass")


class DocumentStore:
    """Reads documents by number."""

    def __init__(self, folder: Path, sizes: Mapping[str, int]) -> None:
        names = (layout.TEXT_BLOCKS, layout.TEXT_BLOCK_STARTS, layout.TEXT_DOC_STARTS)
        self._files = [MappedFile(folder / name, sizes.get(name)) for name in names]
        self._blocks = self._files[0].array(np.uint8)
        self._block_starts = self._files[1].array("<u8")
        self._doc_starts = self._files[2].array("<u8")
        self.n_documents = len(self._doc_starts) - 1

    def read(self, number: int) -> Document:
        """Return document `number`, counted from 0 in the order of the build.

        Raises
        ------
        IndexFormatError
            If the store is damaged there.
        """
        record = self._bytes(int(self._doc_starts[number]), int(self._doc_starts[number + 1]))
        head, _, text = record.partition(b"\n")
        try:
            document_id, metadata = json.loads(head)
            return Document(document_id, text.decode("utf-8", "surrogatepass"), metadata)
        except ValueError as exc:
            raise self._damaged(f"document {number}: {exc}") from exc

    def metadata(self, number: int) -> tuple[str, Mapping[str, JSON]]:
        """Return the id and metadata of document `number`."""
        document = self.read(number)
        return document.id, document.metadata

    def _bytes(self, start: int, end: int) -> bytes:
        if not 0 <= start < end <= (len(self._block_starts) - 1) * BLOCK_BYTES:
            raise self._damaged(f"a document spans bytes {start} to {end}")
        first, last = start // BLOCK_BYTES, (end - 1) // BLOCK_BYTES
        data = b"".join(self._block(block) for block in range(first, last + 1))
        base = first * BLOCK_BYTES
        if end - base > len(data):
            raise self._damaged(f"blocks {first} to {last} hold {len(data)} bytes")
        return data[start - base : end - base]

    def _block(self, block: int) -> bytes:
        import zstandard

        start, end = int(self._block_starts[block]), int(self._block_starts[block + 1])
        # A decompressor must not be shared between threads; making one costs microseconds.
        decompress = zstandard.ZstdDecompressor().decompress
        try:
            return decompress(self._blocks[start:end].tobytes(), max_output_size=BLOCK_BYTES)
        except zstandard.ZstdError as exc:
            raise self._damaged(f"block {block}: {exc}") from exc

    def _damaged(self, what: str) -> IndexFormatError:
        return IndexFormatError(f"{self._files[0].path} is damaged ({what}); build the index again")

    def close(self) -> None:
        """Unmap the files."""
        del self._blocks, self._block_starts, self._doc_starts
        for file in self._files:
            file.close()
