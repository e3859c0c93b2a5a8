"""Nearest neighbours by inner product, on FAISS."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrievers.encoder import Vectors
from retrievers.errors import CollectionFormatError

_FILE = "vectors.faiss"


class DenseIndex:
    """An immutable FAISS index of vectors, by row; safe to search from several threads."""

    def __init__(self, index: Any, settings: Mapping[str, Any]) -> None:
        self._index = index
        self.settings = dict(settings)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    @classmethod
    def build(cls, vectors: Vectors, *, encoder: str) -> "DenseIndex":
        """Index `vectors`, float32 of shape (n, d), made by the encoder of that name."""
        import faiss

        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        settings = {"factory": "Flat", "dimension": int(vectors.shape[1]), "encoder": encoder}
        return cls(index, settings)

    def search(self, vector: Vectors, k: int) -> tuple[NDArray[np.int64], Vectors]:
        """Return the rows and inner products of the `k` nearest to `vector` (d,), best first."""
        scores, rows = self._index.search(vector.reshape(1, -1), min(k, len(self)))
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]

    def write(self, folder: Path) -> None:
        """Write the index into `folder`."""
        import faiss

        faiss.write_index(self._index, str(folder / _FILE))

    @classmethod
    def open(cls, folder: Path, settings: Mapping[str, Any]) -> "DenseIndex":
        """Memory-map the index that `write` wrote into `folder`."""
        import faiss

        try:
            index = faiss.read_index(
                str(folder / _FILE), faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_READ_ONLY
            )
        except RuntimeError as exc:
            raise CollectionFormatError(f"{folder / _FILE} cannot be read by FAISS: {exc}") from exc
        if index.d != settings["dimension"]:
            raise CollectionFormatError(
                f"{folder / _FILE} has vectors of {index.d} numbers, "
                f"the manifest says {settings['dimension']}; rebuild the collection"
            )
        return cls(index, settings)
