"""Passages with their dense and BM25 indexes, in memory or in one folder."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from retrievers.bm25_index import BM25Index, BM25Options, top
from retrievers.dense_index import DenseIndex
from retrievers.dense_options import DenseOptions
from retrievers.encoder import Encoder, Vectors
from retrievers.encoding import encode_store, encode_texts
from retrievers.errors import (
    CollectionFormatError,
    DuplicatePassageError,
    EncoderMismatchError,
    MissingIndexError,
    QueryError,
)
from retrievers.files import FolderWriter, check_destination, read_manifest
from retrievers.filters import MetadataFilter
from retrievers.fusion import HybridOptions, reciprocal_rank, weighted
from retrievers.segment import check_unique
from retrievers.store import PassageStore
from retrievers.types import Mask, Passage, Progress, Rows, ScoredPassage, Scores, Where


@dataclass(frozen=True)
class _State:
    """What a search looks at; replaced as a whole by `add` and `delete`, never changed."""

    store: PassageStore
    dense: DenseIndex | None = None
    bm25: BM25Index | None = None
    deleted: Mask | None = None

    @property
    def has_changes(self) -> bool:
        return self.deleted is not None or self.store.has_additions

    @cached_property
    def filter(self) -> MetadataFilter:
        return MetadataFilter(self.store)

    def mask(self, where: Where) -> Mask | None:
        wanted = self.filter.mask(where)
        if self.deleted is None:
            return wanted
        return ~self.deleted if wanted is None else wanted & ~self.deleted

    def rows(self) -> Rows:
        """Return the rows that are not deleted."""
        if self.deleted is None:
            return np.arange(len(self.store))
        return np.flatnonzero(~self.deleted)


class PassageCollection:
    """Passages, stored once, and the indexes over them.

    Made by `PassageCollection.build` or `PassageCollection.open`, and searched directly or
    through the LangChain retrievers. Safe to share between threads: a search sees the collection
    before or after a concurrent `add` or `delete`, never in between.

    Examples
    --------
    >>> collection = PassageCollection.build(
    ...     [Passage("p1", "Seine", "A river of France."), Passage("p2", "Po", "A river of Italy.")]
    ... )
    >>> [(found.passage.title, round(found.score, 2)) for found in collection.search_bm25("Italy")]
    [('Po', 0.32)]
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
        if dense is not None and encoder is not None:
            _check_encoder(dense, encoder)
        self._state = _State(store, dense, bm25)
        self._encoder = encoder
        self._writing = threading.RLock()

    def __len__(self) -> int:
        return len(self._state.rows())

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
        self._state.store.close()
        self._state = _State(self._state.store)

    @classmethod
    def build(
        cls,
        passages: Iterable[Passage],
        *,
        encoder: Encoder | None = None,
        dense: DenseOptions | None = None,
        bm25: BM25Options | None = BM25Options(),  # noqa: B008 - immutable
        checkpoint: Path | None = None,
        progress: Progress = None,
    ) -> "PassageCollection":
        """Index passages in memory.

        Parameters
        ----------
        passages : iterable of Passage
            At least one; ids must differ.
        encoder : Encoder, optional
            With it, the collection can be searched by meaning.
        dense : DenseOptions, optional
            How vectors are indexed.
        bm25 : BM25Options or None
            How words are indexed; None does without.
        checkpoint : Path, optional
            Folder for finished vectors, from which an interrupted call can go on.
        progress : callable, optional
            Called as `progress(stage, done, total)` in the stages "storing passages",
            "indexing words", "encoding" and "indexing vectors".

        Raises
        ------
        PassageError
            If there are no passages, two have one id, or metadata is not JSON.
        EncoderError
            If the encoder's vectors have the wrong shape or are not finite.
        """
        store = PassageStore.of(passages, progress)
        words = vectors = None
        if bm25 is not None:
            words = BM25Index.build(store, options=bm25, progress=progress, total=len(store))
        if encoder is not None:
            vectors = DenseIndex.build(
                encode_store(encoder, store, checkpoint=checkpoint, progress=progress),
                encoder=encoder.name,
                options=dense,
                progress=progress,
            )
        return cls(store, dense=vectors, bm25=words, encoder=encoder)

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

    def save(self, folder: Path | str, *, overwrite: bool = False) -> None:
        """Write the collection; an interrupted save leaves what was there before.

        Deleted passages are left out, and indexes that passages were added to or deleted from
        are built anew.

        Raises
        ------
        CollectionExistsError
            If the folder holds other files, or a collection while `overwrite` is false.
        PassageError
            If every passage was deleted.
        """
        folder = Path(folder)
        check_destination(folder, overwrite=overwrite)
        with self._writing:
            state = _compacted(self._state) if self._state.has_changes else self._state
        with FolderWriter(folder) as writer:
            with writer.part("store", {"passages": len(state.store)}) as files:
                state.store.write(files)
            for name, index in (("dense", state.dense), ("bm25", state.bm25)):
                if index is not None:
                    with writer.part(name, index.settings) as files:
                        index.write(files)

    def get(self, passage_id: str) -> Passage | None:
        """Return the passage with this id, or None."""
        state = self._state
        row = _row(state, passage_id)
        return None if row is None else state.store[row]

    def add(self, passages: Iterable[Passage], *, progress: Progress = None) -> list[str]:
        """Add passages and return their ids.

        Vectors are added at once. BM25 scores depend on all passages; they are computed anew by
        the first search that needs them.

        Raises
        ------
        DuplicatePassageError
            If an id occurs twice or is there already; delete that passage first.
        MissingIndexError
            If there are vectors but no encoder to make more.
        """
        passages = list(passages)
        if not passages:
            return []
        check_unique([passage.id for passage in passages])
        with self._writing:
            state = self._state
            for passage in passages:
                if _row(state, passage.id) is not None:
                    raise DuplicatePassageError(
                        f"passage id {passage.id!r} is there already; delete that passage first"
                    )
            dense = state.dense
            if dense is not None:
                texts = [passage.content for passage in passages]
                dense = dense.appended(encode_texts(self._needed_encoder(), texts, progress))
            deleted = state.deleted
            if deleted is not None:
                deleted = np.concatenate([deleted, np.zeros(len(passages), np.bool_)])
            self._state = _State(state.store.appended(passages), dense, state.bm25, deleted)
        return [passage.id for passage in passages]

    def delete(self, ids: Iterable[str]) -> int:
        """Remove passages by id and return how many there were; unknown ids are ignored.

        Their words still count in the BM25 weights of others until the next `add` or `save`.
        """
        with self._writing:
            state = self._state
            rows = {row for i in ids if (row := _row(state, i)) is not None}
            if rows:
                deleted = np.zeros(len(state.store), np.bool_)
                if state.deleted is not None:
                    deleted |= state.deleted
                deleted[list(rows)] = True
                self._state = replace(state, deleted=deleted)
        return len(rows)

    def search_dense(self, query: str, k: int = 5, *, where: Where = None) -> list[ScoredPassage]:
        """Return up to `k` passages nearest in meaning, best first; none for a blank query.

        Raises
        ------
        QueryError
            If `k` is less than 1, or the filter is none.
        MissingIndexError
            If the collection has no vectors, or was opened without an encoder.
        """
        check_k(k)
        state = self._state
        dense = _needed_dense(state)
        if not query.strip():
            return []
        return _found(state, *dense.search(self._vector(dense, query), k, state.mask(where)))

    def search_bm25(self, query: str, k: int = 5, *, where: Where = None) -> list[ScoredPassage]:
        """Return up to `k` passages that share words with the query, best first.

        Raises
        ------
        QueryError
            If `k` is less than 1, or the filter is none.
        MissingIndexError
            If the collection has no BM25 index.
        """
        check_k(k)
        state = self._current_bm25()
        return _found(state, *_needed_bm25(state).search(query, k, state.mask(where)))

    def search_hybrid(
        self,
        query: str,
        k: int = 5,
        *,
        where: Where = None,
        options: HybridOptions = HybridOptions(),  # noqa: B008 - immutable
    ) -> list[ScoredPassage]:
        """Return up to `k` passages by meaning and words together, best first.

        Raises
        ------
        QueryError
            If `k` is less than 1, or the filter is none.
        MissingIndexError
            If the collection lacks one of the indexes, or was opened without an encoder.
        """
        check_k(k)
        state = self._current_bm25()
        dense, bm25 = _needed_dense(state), _needed_bm25(state)
        if not query.strip():
            return []
        mask = state.mask(where)
        depth = max(k, options.depth)
        vector = self._vector(dense, query)
        dense_rows, _ = dense.search(vector, depth, mask)
        words = bm25.scores(query)
        if mask is not None:
            words[~mask] = 0
        bm25_rows, _ = top(words, depth)
        if options.fusion == "reciprocal_rank":
            weights = (options.dense_weight, 1 - options.dense_weight)
            rankings = (dense_rows.tolist(), bm25_rows.tolist())
            fused = reciprocal_rank(rankings, weights, options.constant)[:k]
            return [ScoredPassage(state.store[row], score) for row, score in fused]
        rows = np.union1d(dense_rows, bm25_rows)
        scores = weighted(dense.scores(vector, rows), words[rows], options.dense_weight)
        best = np.argsort(-scores, kind="stable")[:k]
        return _found(state, rows[best], scores[best])

    def _current_bm25(self) -> _State:
        """Return a state whose BM25 index covers all rows."""
        state = self._state
        if state.bm25 is None or len(state.bm25) == len(state.store):
            return state
        with self._writing:
            state = self._state
            if state.bm25 is not None and len(state.bm25) != len(state.store):
                state = self._state = replace(state, bm25=_rebuilt_bm25(state, state.bm25))
        return state

    def _vector(self, dense: DenseIndex, query: str) -> Vectors:
        encoder = self._needed_encoder()
        return dense.prepared(encoder.encode([query], kind="query")[0])

    def _needed_encoder(self) -> Encoder:
        if self._encoder is None:
            raise MissingIndexError("this needs an encoder; open the collection with one")
        return self._encoder


def check_k(k: int) -> None:
    """Raise `QueryError` unless `k` is positive."""
    if k < 1:
        raise QueryError(f"k must be a whole number of 1 or more, got {k!r}")


def _compacted(state: _State) -> _State:
    """Return the same passages without additions and deletions."""
    rows = state.rows()
    store = PassageStore.of(state.store[row] for row in rows.tolist())
    return _State(
        store,
        None if state.dense is None else state.dense.rebuilt(rows),
        None if state.bm25 is None else BM25Index.build(store, options=state.bm25.options),
    )


def _rebuilt_bm25(state: _State, bm25: BM25Index) -> BM25Index:
    rows = state.rows()
    return BM25Index.build(
        (state.store[row] for row in rows.tolist()),
        options=bm25.options,
        rows=rows,
        n_rows=len(state.store),
    )


def _row(state: _State, passage_id: str) -> int | None:
    for row in state.store.rows_of(passage_id):
        if state.deleted is None or not state.deleted[row]:
            return row
    return None


def _found(state: _State, rows: Rows, scores: Scores) -> list[ScoredPassage]:
    pairs = zip(rows.tolist(), scores.tolist(), strict=True)
    return [ScoredPassage(state.store[row], score) for row, score in pairs]


def _needed_dense(state: _State) -> DenseIndex:
    if state.dense is None:
        raise MissingIndexError("this collection has no vectors; build it with an encoder")
    return state.dense


def _needed_bm25(state: _State) -> BM25Index:
    if state.bm25 is None:
        raise MissingIndexError("this collection has no BM25 index; build it with BM25Options()")
    return state.bm25


def _check_encoder(dense: DenseIndex, encoder: Encoder) -> None:
    if encoder.name != dense.encoder or encoder.dimension != dense.dimension:
        raise EncoderMismatchError(
            f"the vectors were made by {dense.encoder!r} ({dense.dimension} numbers each), the "
            f"encoder at hand is {encoder.name!r} ({encoder.dimension}); pass the first or rebuild"
        )
