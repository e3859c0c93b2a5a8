"""Passages on disk: one JSON line each, found by row or by id without reading the rest.

passages.jsonl   [id, title, text, metadata, document_id, start] a line
offsets.npy      uint64 (n + 1), byte offset of each line
id_hashes.npy    uint64 (n), sorted 64-bit hashes of the ids
id_rows.npy      uint32 (n), the row of each hash
"""

import hashlib
import json
import mmap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrievers.errors import CollectionFormatError, DuplicatePassageError, PassageError
from retrievers.types import Passage, Progress, tracked


class Segment:
    """Read-only passages, memory-mapped or in memory; safe to share between threads."""

    def __init__(
        self,
        lines: Any,
        offsets: NDArray[np.uint64],
        id_hashes: NDArray[np.uint64],
        id_rows: NDArray[np.uint32],
    ) -> None:
        self._lines = lines
        self._offsets = offsets
        self._id_hashes = id_hashes
        self._id_rows = id_rows

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __iter__(self) -> Iterator[Passage]:
        return (self[row] for row in range(len(self)))

    def __getitem__(self, row: int) -> Passage:
        line = self._lines[int(self._offsets[row]) : int(self._offsets[row + 1])]
        try:
            return Passage(*json.loads(line))
        except (ValueError, TypeError) as exc:
            raise CollectionFormatError(
                f"passage {row} of the store is damaged ({exc}); rebuild the collection"
            ) from exc

    def rows_of(self, passage_id: str) -> list[int]:
        """Return the rows of the passages with this id."""
        wanted = np.uint64(_hash_id(passage_id))
        first, last = np.searchsorted(self._id_hashes, wanted, "left"), len(self._id_hashes)
        rows = []
        for at in range(int(first), last):
            if self._id_hashes[at] != wanted:
                break
            rows.append(int(self._id_rows[at]))
        return [row for row in rows if self[row].id == passage_id]

    @classmethod
    def open(cls, folder: Path) -> "Segment":
        """Memory-map the files that `write_store` wrote into `folder`."""
        try:
            offsets = _mapped(folder / "offsets.npy")
            id_hashes = _mapped(folder / "id_hashes.npy")
            id_rows = _mapped(folder / "id_rows.npy")
            with (folder / "passages.jsonl").open("rb") as stream:
                lines = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as exc:
            raise CollectionFormatError(f"the store at {folder} cannot be read: {exc}") from exc
        if int(offsets[-1]) != len(lines):
            raise CollectionFormatError(
                f"{folder / 'passages.jsonl'} has {len(lines)} bytes, "
                f"its offsets say {int(offsets[-1])}; rebuild the collection"
            )
        return cls(lines, offsets, id_hashes, id_rows)

    @classmethod
    def of(
        cls, passages: Iterable[Passage], progress: Progress = None, *, unique: bool = True
    ) -> "Segment":
        """Keep `passages` in memory, in the form that they have on disk.

        Raises
        ------
        PassageError
            If there is none, metadata is not JSON, or, where ids must be `unique`, two are alike.
        """
        chunks = [_to_line(p) for p in tracked(passages, progress, "storing passages", None)]
        if not chunks:
            raise PassageError("no passages to index; pass at least one")
        offsets = np.zeros(len(chunks) + 1, dtype=np.uint64)
        np.cumsum([len(chunk) for chunk in chunks], out=offsets[1:])
        ids = [json.loads(chunk)[0] for chunk in chunks]
        if unique:
            check_unique(ids)
        return cls(b"".join(chunks), offsets, *_id_table(ids))

    def write(self, folder: Path) -> None:
        """Write the passages into `folder`."""
        with (folder / "passages.jsonl").open("wb") as stream:
            stream.write(self._lines)
        np.save(folder / "offsets.npy", self._offsets, allow_pickle=False)
        np.save(folder / "id_hashes.npy", self._id_hashes, allow_pickle=False)
        np.save(folder / "id_rows.npy", self._id_rows, allow_pickle=False)

    def close(self) -> None:
        """Unmap the passages."""
        if isinstance(self._lines, mmap.mmap):
            self._lines.close()


def _mapped(path: Path) -> Any:
    """Map an array; a plain view of it, since slices of `np.memmap` are slow to make."""
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def check_unique(ids: Sequence[str]) -> None:
    """Raise `DuplicatePassageError` if an id occurs twice."""
    if len(set(ids)) != len(ids):
        duplicate, _ = Counter(ids).most_common(1)[0]
        raise DuplicatePassageError(f"passage id {duplicate!r} occurs twice; ids must be unique")


def _to_line(passage: Passage) -> bytes:
    row = [
        passage.id,
        passage.title,
        passage.text,
        dict(passage.metadata),
        passage.document_id,
        passage.start,
    ]
    try:
        return json.dumps(row, ensure_ascii=False, allow_nan=False).encode() + b"\n"
    except UnicodeEncodeError as exc:
        raise PassageError(
            f"passage {passage.id!r} holds characters that UTF-8 cannot encode ({exc.reason}); "
            "read the source with errors='replace'"
        ) from exc
    except (TypeError, ValueError) as exc:
        raise PassageError(
            f"the metadata of passage {passage.id!r} is not JSON ({exc}); "
            "use strings, finite numbers, booleans, lists and dictionaries"
        ) from exc


def _id_table(ids: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    hashes = np.fromiter((_hash_id(i) for i in ids), dtype=np.uint64, count=len(ids))
    rows = np.argsort(hashes, kind="stable").astype(np.uint32)
    return hashes[rows], rows


def _hash_id(passage_id: str) -> int:
    return int.from_bytes(hashlib.blake2b(passage_id.encode(), digest_size=8).digest(), "little")
