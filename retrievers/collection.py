"""Passages with their dense and BM25 indexes, in memory or in one folder."""

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from retrievers.bm25_index import BM25Index
from retrievers.dense_index import DenseIndex
from retrievers.encoder import Encoder, Vectors
from retrievers.errors import (
    CollectionFormatError,
    EncoderError,
    EncoderMismatchError,
    MissingIndexError,
    QueryError,
)
from retrievers.files import (
    Part,
    check_destination,
    new_part,
    read_manifest,
    seal_part,
    write_manifest,
)
from retrievers.store import PassageStore
from retrievers.types import Passage, Progress, ScoredPassage


class PassageCollection:
    """Passages, stored once, and the indexes over them.

    Made by `PassageCollection.build` or `PassageCollection.open`; searched by the retrievers.
    Safe to share between threads.

    Parameters
    ----------
    store : PassageStore
        The passages.
    dense : DenseIndex, optional
        Vectors of the passages, by row.
    bm25 : BM25Index, optional
        BM25 scores of the passages, by row.
    encoder : Encoder, optional
        Encodes queries for `dense`.
    """

    def __init__(
        self,
        store: PassageStore,
        *,
        dense: DenseIndex | None = None,
        bm25: BM25Index | None = None,
        encoder: Encoder | None = None,
    ) -> None:
        for name, index in (("dense", dense), ("BM25", bm25)):
            if index is not None and len(index) != len(store):
                raise CollectionFormatError(
                    f"the {name} index has {len(index)} rows for {len(store)} passages; rebuild"
                )
        self._store = store
        self._dense = dense
        self._bm25 = bm25
        self._encoder = encoder
        if dense is not None and encoder is not None:
            _check_encoder(dense, encoder)

    def __len__(self) -> int:
        return len(self._store)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the mapped files; the collection must not be used afterwards."""
        self._store.close()
        self._dense = None
        self._bm25 = None

    def get(self, passage_id: str) -> Passage | None:
        """Return the passage with this id, or None."""
        row = self._store.row_of(passage_id)
        return None if row is None else self._store[row]

    @classmethod
    def build(
        cls,
        passages: Iterable[Passage],
        *,
        encoder: Encoder | None = None,
        bm25: bool = True,
        progress: Progress = None,
    ) -> "PassageCollection":
        """Index passages in memory.

        Parameters
        ----------
        passages : iterable of Passage
            At least one; ids must differ.
        encoder : Encoder, optional
            With it, the collection can be searched by meaning.
        bm25 : bool, default=True
            Whether it can be searched by words.
        progress : callable, optional
            Called as `progress(stage, done, total)` in the stages "storing passages",
            "indexing words" and "encoding".

        Raises
        ------
        PassageError
            If there are no passages, two have one id, or metadata is not JSON.
        """
        store = PassageStore.in_memory(passages, progress)
        texts = (store[row].content for row in range(len(store)))
        words = BM25Index.build(texts, progress=progress, total=len(store)) if bm25 else None
        dense = None
        if encoder is not None:
            vectors = _encode(encoder, store, progress)
            dense = DenseIndex.build(vectors, encoder=encoder.name)
        return cls(store, dense=dense, bm25=words, encoder=encoder)

    def save(self, folder: Path | str, *, overwrite: bool = False) -> None:
        """Write the collection; an interrupted save leaves what was there before.

        Raises
        ------
        CollectionExistsError
            If the folder holds other files, or a collection while `overwrite` is false.
        """
        folder = Path(folder)
        check_destination(folder, overwrite=overwrite)
        parts: dict[str, Part] = {}
        with new_part(folder, "store") as temporary:
            self._store.write(temporary)
            parts["store"] = seal_part(folder, "store", temporary, {"passages": len(self)})
        for name, index in (("dense", self._dense), ("bm25", self._bm25)):
            if index is not None:
                with new_part(folder, name) as temporary:
                    index.write(temporary)
                    parts[name] = seal_part(folder, name, temporary, index.settings)
        write_manifest(folder, parts)

    @classmethod
    def open(
        cls, folder: Path | str, *, encoder: Encoder | None = None, verify: bool = False
    ) -> "PassageCollection":
        """Memory-map a saved collection.

        Parameters
        ----------
        folder : Path or str
            What `save` or `build_passages` wrote.
        encoder : Encoder, optional
            Needed for dense search; must be the one that made the vectors.
        verify : bool, default=False
            Compare the checksum of every file; otherwise of the small ones only.

        Raises
        ------
        CollectionNotFoundError, CollectionFormatError
            If there is no collection, or it is damaged.
        EncoderMismatchError
            If the encoder's name or dimension is not that of the stored vectors.
        """
        folder = Path(folder)
        parts = read_manifest(folder, verify=verify)
        if "store" not in parts:
            raise CollectionFormatError(f"{folder} has no passages; rebuild it")
        dense, bm25 = parts.get("dense"), parts.get("bm25")
        return cls(
            PassageStore.open(folder / parts["store"].folder),
            dense=DenseIndex.open(folder / dense.folder, dense.settings) if dense else None,
            bm25=BM25Index.open(folder / bm25.folder, bm25.settings) if bm25 else None,
            encoder=encoder,
        )

    def search_dense(self, query: str, k: int) -> list[ScoredPassage]:
        """Return up to `k` passages nearest in meaning, best first; none for a blank query.

        Raises
        ------
        MissingIndexError
            If the collection has no vectors, or was opened without an encoder.
        """
        check_k(k)
        if self._dense is None:
            raise MissingIndexError("this collection has no vectors; build it with an encoder")
        if self._encoder is None:
            raise MissingIndexError("dense search needs an encoder; open the collection with one")
        if not query.strip():
            return []
        rows, scores = self._dense.search(self._encoder.encode([query], kind="query")[0], k)
        return self._found(rows.tolist(), scores.tolist())

    def search_bm25(self, query: str, k: int) -> list[ScoredPassage]:
        """Return up to `k` passages that share words with the query, best first.

        Raises
        ------
        MissingIndexError
            If the collection has no BM25 index.
        """
        check_k(k)
        if self._bm25 is None:
            raise MissingIndexError("this collection has no BM25 index; build it with bm25=True")
        rows, scores = self._bm25.search(query, k)
        return self._found(rows.tolist(), scores.tolist())

    def _found(self, rows: list[int], scores: list[float]) -> list[ScoredPassage]:
        return [
            ScoredPassage(self._store[row], score) for row, score in zip(rows, scores, strict=True)
        ]


def build_passages(
    passages: Iterable[Passage],
    out: Path | str,
    *,
    encoder: Encoder | None,
    bm25: bool = True,
    overwrite: bool = False,
    progress: Progress = None,
) -> int:
    """Build a collection in the folder `out` and return how many passages it holds.

    See `PassageCollection.build` and `PassageCollection.save` for parameters and errors.
    """
    check_destination(Path(out), overwrite=overwrite)
    collection = PassageCollection.build(passages, encoder=encoder, bm25=bm25, progress=progress)
    collection.save(out, overwrite=overwrite)
    return len(collection)


def check_k(k: int) -> None:
    """Raise `QueryError` unless `k` is a positive whole number."""
    if k < 1:
        raise QueryError(f"k must be a whole number of 1 or more, got {k!r}")


def _encode(encoder: Encoder, store: PassageStore, progress: Progress) -> Vectors:
    vectors = encoder.encode([store[row].content for row in range(len(store))], progress=progress)
    if vectors.shape != (len(store), encoder.dimension):
        raise EncoderError(
            f"encoder {encoder.name!r} returned an array of shape {vectors.shape} for "
            f"{len(store)} texts, expected {(len(store), encoder.dimension)}"
        )
    return vectors


def _check_encoder(dense: DenseIndex, encoder: Encoder) -> None:
    made_by = dense.settings["encoder"]
    if encoder.name != made_by or encoder.dimension != dense.dimension:
        raise EncoderMismatchError(
            f"the vectors were made by {made_by!r} ({dense.dimension} numbers each), the encoder "
            f"at hand is {encoder.name!r} ({encoder.dimension}); pass the first or rebuild"
        )
