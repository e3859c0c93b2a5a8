"""Memory-mapped files as numpy arrays that can be closed."""

from __future__ import annotations

import mmap
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from corpus_engine.errors import IndexFormatError


class MappedFile:
    """A whole file, read only, mapped into memory; close it when done.

    Parameters
    ----------
    path : Path
        The file.
    size_bytes : int or None
        The length that it must have; None accepts any.

    Raises
    ------
    IndexFormatError
        If the file is missing or has another length.
    """

    def __init__(self, path: Path, size_bytes: int | None = None) -> None:
        self.path = path
        self._map: mmap.mmap | None = None
        try:
            with path.open("rb") as file:
                actual = file.seek(0, 2)
                if size_bytes is not None and actual != size_bytes:
                    raise IndexFormatError(
                        f"{path} has {actual:,} bytes, expected {size_bytes:,}: it is truncated or "
                        "belongs to another index; build the index again"
                    )
                if actual:
                    self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (FileNotFoundError, IsADirectoryError) as exc:
            raise IndexFormatError(f"{path} is missing; build the index again") from exc
        # Queries jump about: reading ahead would fetch pages that are never looked at.
        if self._map is not None and hasattr(self._map, "madvise"):
            self._map.madvise(mmap.MADV_RANDOM)
        self.size_bytes = actual

    def array(self, dtype: DTypeLike) -> NDArray[Any]:
        """Return the content as a one-dimensional array of `dtype`, without a copy.

        Raises
        ------
        IndexFormatError
            If the length is no multiple of the item size.
        """
        size = np.dtype(dtype).itemsize
        if self.size_bytes % size:
            raise IndexFormatError(
                f"{self.path} has {self.size_bytes} bytes, no multiple of {size}"
            )
        if self._map is None:
            return np.empty(0, dtype)
        return np.frombuffer(self._map, dtype)

    def close(self) -> None:
        """Unmap the file."""
        if self._map is not None:
            # Where somebody still holds an array, the file is unmapped when that is gone.
            with suppress(BufferError):
                self._map.close()
            self._map = None
