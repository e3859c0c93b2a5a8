"""Passages on disk: one JSON line each, found by row or by id without reading the rest.

passages.jsonl   [id, title, text, metadata, document_id, start] a line
offsets.npy      uint64 (n + 1), byte offset of each line
id_hashes.npy    uint64 (n), sorted 64-bit hashes of the ids
id_rows.npy      uint32 (n), the row of each hash
"""

import hashlib
import json
import mmap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrievers.errors import CollectionFormatError, DuplicatePassageError, PassageError
from retrievers.types import Passage, Progress, tracked


class PassageStore:
    """Read-only passages of one collection, memory-mapped; safe to share between threads."""

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

    def __getitem__(self, row: int) -> Passage:
        line = self._lines[int(self._offsets[row]) : int(self._offsets[row + 1])]
        try:
            return Passage(*json.loads(line))
        except (ValueError, TypeError) as exc:
            raise CollectionFormatError(
                f"passage {row} of the store is damaged ({exc}); rebuild the collection"
            ) from exc

    def row_of(self, passage_id: str) -> int | None:
        """Return the row of the passage with this id, or None."""
        wanted = np.uint64(_hash_id(passage_id))
        at = int(np.searchsorted(self._id_hashes, wanted))
        while at < len(self._id_hashes) and self._id_hashes[at] == wanted:
            row = int(self._id_rows[at])
            if self[row].id == passage_id:
                return row
            at += 1
        return None

    @classmethod
    def open(cls, folder: Path) -> "PassageStore":
        """Memory-map the files that `write_store` wrote into `folder`."""
        try:
            offsets = np.load(folder / "offsets.npy", mmap_mode="r", allow_pickle=False)
            id_hashes = np.load(folder / "id_hashes.npy", mmap_mode="r", allow_pickle=False)
            id_rows = np.load(folder / "id_rows.npy", mmap_mode="r", allow_pickle=False)
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
    def in_memory(cls, passages: Iterable[Passage], progress: Progress = None) -> "PassageStore":
        """Keep `passages` in memory, in the form that they have on disk."""
        chunks = [_to_line(p) for p in tracked(passages, progress, "storing passages", None)]
        if not chunks:
            raise PassageError("no passages to index; pass at least one")
        offsets = np.zeros(len(chunks) + 1, dtype=np.uint64)
        np.cumsum([len(chunk) for chunk in chunks], out=offsets[1:])
        id_hashes, id_rows = _id_table([json.loads(chunk)[0] for chunk in chunks])
        return cls(b"".join(chunks), offsets, id_hashes, id_rows)

    def write(self, folder: Path, rows: Sequence[int] | None = None) -> None:
        """Write the passages (all, or `rows` in their order) into `folder`."""
        if rows is not None:
            PassageStore.in_memory(self[row] for row in rows).write(folder)
            return
        with (folder / "passages.jsonl").open("wb") as stream:
            stream.write(self._lines)
        np.save(folder / "offsets.npy", self._offsets, allow_pickle=False)
        np.save(folder / "id_hashes.npy", self._id_hashes, allow_pickle=False)
        np.save(folder / "id_rows.npy", self._id_rows, allow_pickle=False)

    def close(self) -> None:
        """Unmap the passages."""
        if isinstance(self._lines, mmap.mmap):
            self._lines.close()

    def digest(self) -> str:
        """Return the sha256 of all passages in hex."""
        return hashlib.sha256(self._lines).hexdigest()


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
    if len(set(ids)) != len(ids):
        seen: set[str] = set()
        duplicate = next(i for i in ids if i in seen or seen.add(i))  # type: ignore[func-returns-value]  # add returns None
        raise DuplicatePassageError(f"passage id {duplicate!r} occurs twice; ids must be unique")
    hashes = np.fromiter((_hash_id(i) for i in ids), dtype=np.uint64, count=len(ids))
    rows = np.argsort(hashes, kind="stable").astype(np.uint32)
    return hashes[rows], rows


def _hash_id(passage_id: str) -> int:
    return int.from_bytes(hashlib.blake2b(passage_id.encode(), digest_size=8).digest(), "little")
