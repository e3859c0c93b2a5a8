"""All passages of a collection by row: those that were opened or built, then those added."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from retrievers.segment import Segment
from retrievers.types import Passage, Progress


class PassageStore:
    """An immutable list of passages; a row is a position in it.

    Parameters
    ----------
    base : Segment
        Rows 0 to len(base) - 1.
    added : Segment, optional
        The rows after them.
    """

    def __init__(self, base: Segment, added: Segment | None = None) -> None:
        self._base = base
        self._added = added

    def __len__(self) -> int:
        return len(self._base) + (len(self._added) if self._added else 0)

    def __getitem__(self, row: int) -> Passage:
        if self._added is not None and row >= len(self._base):
            return self._added[row - len(self._base)]
        return self._base[row]

    def __iter__(self) -> Iterator[Passage]:
        return (self[row] for row in range(len(self)))

    @property
    def has_additions(self) -> bool:
        """Whether passages were appended."""
        return self._added is not None

    def rows_of(self, passage_id: str) -> list[int]:
        """Return the rows with this id: more than one if it was deleted and added again."""
        rows = self._base.rows_of(passage_id)
        if self._added is not None:
            rows += [len(self._base) + row for row in self._added.rows_of(passage_id)]
        return rows

    def appended(self, passages: Iterable[Passage]) -> "PassageStore":
        """Return a store with `passages` after the present ones, which are not copied."""
        added = [*(self._added or ()), *passages]
        return PassageStore(self._base, Segment.of(added, unique=False))

    @classmethod
    def of(cls, passages: Iterable[Passage], progress: Progress = None) -> "PassageStore":
        """Return a store of `passages` in memory; see `Segment.of`."""
        return cls(Segment.of(passages, progress))

    @classmethod
    def open(cls, folder: Path) -> "PassageStore":
        """Memory-map what `write` wrote."""
        return cls(Segment.open(folder))

    def write(self, folder: Path) -> None:
        """Write the store, which must have no additions, into `folder`."""
        self._base.write(folder)

    def close(self) -> None:
        """Unmap the passages."""
        self._base.close()

    def fingerprint(self) -> str:
        """Return the sha256 of what encoders read, in hex."""
        digest = hashlib.sha256()
        for passage in self:
            digest.update(passage.content.encode())
            digest.update(b"\0")
        return digest.hexdigest()
