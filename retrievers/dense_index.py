"""Nearest neighbours by inner product, on FAISS."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from retrievers.dense_options import DenseOptions
from retrievers.encoder import Vectors, normalised
from retrievers.errors import CollectionError, CollectionFormatError, QueryError
from retrievers.types import Mask, Progress, Rows, Scores, report

_FILE = "vectors.faiss"
_CHUNK = 16_384
_EXACT_UP_TO = 20_000
_TRAIN_PER_LIST = 64


class DenseIndex:
    """An immutable index of vectors, by row; safe to search from several threads.

    Vectors that are added later are kept apart, in memory, and compared one by one, until the
    index is built anew: FAISS cannot add to a mapped index, nor search one that is being added to.
    """

    def __init__(
        self,
        index: Any,
        encoder: str,
        options: DenseOptions,
        added: Vectors | None = None,
    ) -> None:
        self._index = index
        self._encoder = encoder
        self._options = options
        self._added = np.empty((0, index.d), np.float32) if added is None else added
        self._is_exact = type(index).__name__ in ("IndexFlatIP", "IndexScalarQuantizer")

    def __len__(self) -> int:
        return int(self._index.ntotal) + len(self._added)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    @property
    def encoder(self) -> str:
        """Name of the encoder that made the vectors."""
        return self._encoder

    @property
    def options(self) -> DenseOptions:
        """How the index was built."""
        return self._options

    @property
    def settings(self) -> dict[str, Any]:
        """What `open` needs."""
        return {
            "dimension": self.dimension,
            "encoder": self._encoder,
            "factory": self._options.factory_for(int(self._index.ntotal)),
            "options": asdict(self._options),
        }

    @classmethod
    def build(
        cls,
        vectors: Vectors,
        *,
        encoder: str,
        options: DenseOptions | None = None,
        progress: Progress = None,
    ) -> "DenseIndex":
        """Index `vectors`, float32 of shape (n, d), made by the encoder of that name."""
        options = options or DenseOptions()
        index = _new_index(vectors, options)
        for start in range(0, len(vectors), _CHUNK):
            index.add(_prepared(vectors[start : start + _CHUNK], options))
            report(progress, "indexing vectors", int(index.ntotal), len(vectors))
        return cls(index, encoder, options)

    def appended(self, vectors: Vectors) -> "DenseIndex":
        """Return an index with `vectors` after the present ones, which are not copied."""
        added = np.concatenate([self._added, _prepared(vectors, self._options)])
        return DenseIndex(self._index, self._encoder, self._options, added)

    def rebuilt(self, rows: Rows | None = None, progress: Progress = None) -> "DenseIndex":
        """Return an index of the vectors of `rows` (all by default) alone, in that order."""
        wanted = np.arange(len(self)) if rows is None else rows
        vectors = np.empty((len(wanted), self.dimension), np.float32)
        for chunk in _chunks(len(wanted)):
            vectors[chunk] = self.vectors(wanted[chunk])
        return DenseIndex.build(
            vectors, encoder=self._encoder, options=self._options, progress=progress
        )

    @property
    def has_additions(self) -> bool:
        """Whether vectors were added after the index was built."""
        return len(self._added) > 0

    def prepared(self, vector: Vectors) -> Vectors:
        """Return the query vector (d,), scaled to length 1 where the metric is cosine."""
        row: Vectors = _prepared(vector.reshape(1, -1), self._options)[0]
        return row

    def search(self, vector: Vectors, k: int, mask: Mask | None = None) -> tuple[Rows, Scores]:
        """Return rows and scores of the `k` nearest to a prepared vector (d,), best first.

        With a mask, only rows where it is true are looked at. Fewer than `k` come back only where
        there are fewer.
        """
        n_base = int(self._index.ntotal)
        base_mask = None if mask is None else mask[:n_base]
        rows, scores = self._search_base(vector, k, base_mask)
        if len(self._added):
            kept = np.arange(len(self._added)) if mask is None else np.flatnonzero(mask[n_base:])
            rows = np.concatenate([rows, n_base + kept])
            scores = np.concatenate([scores, self._added[kept] @ vector])
            best = np.argsort(-scores, kind="stable")[:k]
            rows, scores = rows[best], scores[best]
        return rows, scores

    def scores(self, vector: Vectors, rows: Rows) -> Scores:
        """Return the scores of `rows` for a prepared vector (d,)."""
        products: Scores = self.vectors(rows) @ vector
        return products

    def vectors(self, rows: Rows) -> Vectors:
        """Return the stored vectors of `rows`, float32 of shape (len(rows), d)."""
        n_base = int(self._index.ntotal)
        found = np.empty((len(rows), self.dimension), np.float32)
        in_base = rows < n_base
        if in_base.any():
            found[in_base] = self._index.reconstruct_batch(np.ascontiguousarray(rows[in_base]))
        found[~in_base] = self._added[rows[~in_base] - n_base]
        return found

    def write(self, folder: Path) -> None:
        """Write the index, which must have no additions, into `folder`."""
        import faiss

        try:
            faiss.write_index(self._index, str(folder / _FILE))
        except RuntimeError as exc:  # FAISS's only error
            raise CollectionError(f"{folder / _FILE} cannot be written: {exc}") from exc

    @classmethod
    def open(cls, folder: Path, settings: Mapping[str, Any]) -> "DenseIndex":
        """Memory-map the index that `write` wrote into `folder`."""
        import faiss

        options = DenseOptions(**settings["options"])
        inverted = settings["factory"].startswith("IVF")
        how = faiss.IO_FLAG_MMAP if inverted else faiss.IO_FLAG_MMAP_IFC
        try:
            index = faiss.read_index(str(folder / _FILE), how | faiss.IO_FLAG_READ_ONLY)
        except RuntimeError as exc:
            raise CollectionFormatError(f"{folder / _FILE} cannot be read by FAISS: {exc}") from exc
        if index.d != settings["dimension"]:
            raise CollectionFormatError(
                f"{folder / _FILE} has vectors of {index.d} numbers, "
                f"the manifest says {settings['dimension']}; rebuild the collection"
            )
        return cls(index, settings["encoder"], options)

    def _search_base(self, vector: Vectors, k: int, mask: Mask | None) -> tuple[Rows, Scores]:
        available = int(self._index.ntotal) if mask is None else int(mask.sum())
        k = min(k, available)
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        if mask is not None and available <= _EXACT_UP_TO:
            return self._compare_all(vector, k, np.flatnonzero(mask))
        scores, rows = self._index.search(
            vector.reshape(1, -1), k, params=self._search_parameters(k, mask)
        )
        found = rows[0] >= 0
        if not self._is_exact and int(found.sum()) < k:  # an approximate search came to a dead end
            every = np.arange(int(self._index.ntotal)) if mask is None else np.flatnonzero(mask)
            return self._compare_all(vector, k, every)
        return rows[0][found], scores[0][found]

    def _compare_all(self, vector: Vectors, k: int, rows: Rows) -> tuple[Rows, Scores]:
        scores = np.concatenate([self.scores(vector, rows[chunk]) for chunk in _chunks(len(rows))])
        best = np.argsort(-scores, kind="stable")[:k]
        return rows[best], scores[best]

    def _search_parameters(self, k: int, mask: Mask | None) -> Any:
        import faiss

        selector = {}
        if mask is not None:
            selector["sel"] = faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little"))
        if isinstance(self._index, faiss.IndexHNSW):
            ef_search = max(self._options.ef_search, k)
            return faiss.SearchParametersHNSW(efSearch=ef_search, **selector)
        if isinstance(self._index, faiss.IndexIVF):
            n_probe = self._options.n_probe or max(1, self._index.nlist // 8)
            return faiss.SearchParametersIVF(nprobe=n_probe, **selector)
        return faiss.SearchParameters(**selector) if selector else None


def _new_index(vectors: Vectors, options: DenseOptions) -> Any:
    import faiss

    n, dimension = vectors.shape
    factory = options.factory_for(n)
    try:
        index = faiss.index_factory(dimension, factory, faiss.METRIC_INNER_PRODUCT)
        if isinstance(index, faiss.IndexHNSW):
            index.hnsw.efConstruction = options.ef_construction
        if isinstance(index, faiss.IndexIVF):
            index.set_direct_map_type(faiss.DirectMap.Array)  # gives vectors back by row
            index.cp.min_points_per_centroid = 1  # FAISS would print a warning below 39
        if not index.is_trained:
            index.train(_sample(vectors, _TRAIN_PER_LIST * getattr(index, "nlist", 256), options))
    except RuntimeError as exc:
        raise QueryError(
            f"FAISS cannot build {factory!r} for {n} vectors of {dimension} numbers: {exc}; "
            "choose another factory, or None"
        ) from exc
    return index


def _sample(vectors: Vectors, size: int, options: DenseOptions) -> Vectors:
    if len(vectors) > size:
        rows = np.random.default_rng(0).choice(len(vectors), size, replace=False)
        vectors = vectors[np.sort(rows)]
    return _prepared(vectors, options)


def _prepared(vectors: Vectors, options: DenseOptions) -> Vectors:
    if options.metric == "cosine":
        return normalised(vectors)
    return np.ascontiguousarray(vectors, np.float32)


def _chunks(n: int) -> Iterator[slice]:
    return (slice(start, start + _CHUNK) for start in range(0, n, _CHUNK))
