"""Passages with their dense and BM25 indexes, in memory or in one folder."""

import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from retrievers.bm25_index import BM25Index, BM25Options
from retrievers.dense_index import DenseIndex
from retrievers.dense_options import DenseOptions
from retrievers.encoder import Encoder, Vectors
from retrievers.encoding import encode_store, encode_texts
from retrievers.errors import (
    CollectionFormatError,
    DuplicatePassageError,
    EncoderMismatchError,
    MissingIndexError,
)
from retrievers.files import FolderWriter, check_destination, read_manifest
from retrievers.fusion import HybridOptions
from retrievers.segment import check_unique
from retrievers.snapshot import Snapshot, check_k
from retrievers.store import PassageStore
from retrievers.types import Passage, Progress, ScoredPassage, Where


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
        self._state = Snapshot(store, dense, bm25)
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
        self._state = Snapshot(self._state.store)

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
            state = self._state.compacted()
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
        row = state.row_of(passage_id)
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
                if state.row_of(passage.id) is not None:
                    raise DuplicatePassageError(
                        f"passage id {passage.id!r} is there already; delete that passage first"
                    )
            vectors = None
            if state.dense is not None:
                texts = [passage.content for passage in passages]
                vectors = encode_texts(self._needed_encoder(), texts, progress)
            self._state = state.appended(passages, vectors)
        return [passage.id for passage in passages]

    def delete(self, ids: Iterable[str]) -> int:
        """Remove passages by id and return how many there were; unknown ids are ignored.

        Their words still count in the BM25 weights of others until the next `add` or `save`.
        """
        with self._writing:
            state = self._state
            rows = {row for i in ids if (row := state.row_of(i)) is not None}
            if rows:
                self._state = state.without(rows)
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
        state.needed_dense()
        return state.search_dense(self._vector(query), k, where) if query.strip() else []

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
        return self._current_bm25().search_bm25(query, k, where)

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
        state.needed_dense()
        state.needed_bm25()
        if not query.strip():
            return []
        return state.search_hybrid(query, self._vector(query), k, where, options)

    def _current_bm25(self) -> Snapshot:
        """Return a state whose BM25 index covers all rows."""
        state = self._state
        if not state.has_whole_bm25:
            with self._writing:
                state = self._state = self._state.with_whole_bm25()
        return state

    def _vector(self, query: str) -> Vectors:
        vector: Vectors = self._needed_encoder().encode([query], kind="query")[0]
        return vector

    def _needed_encoder(self) -> Encoder:
        if self._encoder is None:
            raise MissingIndexError("this needs an encoder; open the collection with one")
        return self._encoder


def _check_encoder(dense: DenseIndex, encoder: Encoder) -> None:
    if encoder.name != dense.encoder or encoder.dimension != dense.dimension:
        raise EncoderMismatchError(
            f"the vectors were made by {dense.encoder!r} ({dense.dimension} numbers each), the "
            f"encoder at hand is {encoder.name!r} ({encoder.dimension}); pass the first or rebuild"
        )
