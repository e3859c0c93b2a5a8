"""What a search of a collection looks at: passages and indexes at one moment."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from retrievers.bm25_index import BM25Index, top
from retrievers.dense_index import DenseIndex
from retrievers.encoder import Vectors
from retrievers.errors import MissingIndexError, QueryError
from retrievers.filters import MetadataFilter
from retrievers.fusion import HybridOptions, reciprocal_rank, weighted
from retrievers.store import PassageStore
from retrievers.types import Mask, Passage, Rows, ScoredPassage, Scores, Where


@dataclass(frozen=True)
class Snapshot:
    """Passages and the indexes over them; never changed, only replaced as a whole."""

    store: PassageStore
    """All passages by row, deleted ones included."""

    dense: DenseIndex | None = None
    """Their vectors."""

    bm25: BM25Index | None = None
    """Their words; it may lack the rows that were added last, see `with_whole_bm25`."""

    deleted: Mask | None = None
    """The rows that are gone; None where none is."""

    # ------------------------------------------------------------ search

    def search_dense(self, vector: Vectors, k: int, where: Where) -> list[ScoredPassage]:
        """Return up to `k` passages nearest to an encoded query (d,), best first."""
        dense = self.needed_dense()
        return self._found(*dense.search(dense.prepared(vector), k, self._mask(where)))

    def search_bm25(self, query: str, k: int, where: Where) -> list[ScoredPassage]:
        """Return up to `k` passages that share words with the query, best first."""
        return self._found(*self.needed_bm25().search(query, k, self._mask(where)))

    def search_hybrid(
        self, query: str, vector: Vectors, k: int, where: Where, options: HybridOptions
    ) -> list[ScoredPassage]:
        """Return up to `k` passages by meaning and words together, best first."""
        dense, bm25 = self.needed_dense(), self.needed_bm25()
        mask = self._mask(where)
        depth = max(k, options.depth)
        prepared = dense.prepared(vector)
        dense_rows, _ = dense.search(prepared, depth, mask)
        words = bm25.scores(query)
        if mask is not None:
            words[~mask] = 0
        bm25_rows, _ = top(words, depth)
        if options.fusion == "reciprocal_rank":
            weights = (options.dense_weight, 1 - options.dense_weight)
            rankings = (dense_rows.tolist(), bm25_rows.tolist())
            fused = reciprocal_rank(rankings, weights, options.constant)[:k]
            return [ScoredPassage(self.store[row], score) for row, score in fused]
        rows = np.union1d(dense_rows, bm25_rows)
        scores = weighted(dense.scores(prepared, rows), words[rows], options.dense_weight)
        best = np.argsort(-scores, kind="stable")[:k]
        return self._found(rows[best], scores[best])

    def needed_dense(self) -> DenseIndex:
        """Return the vectors.

        Raises
        ------
        MissingIndexError
            If there are none.
        """
        if self.dense is None:
            raise MissingIndexError("this collection has no vectors; build it with an encoder")
        return self.dense

    def needed_bm25(self) -> BM25Index:
        """Return the words.

        Raises
        ------
        MissingIndexError
            If there are none.
        """
        if self.bm25 is None:
            raise MissingIndexError(
                "this collection has no BM25 index; build it with BM25Options()"
            )
        return self.bm25

    def _found(self, rows: Rows, scores: Scores) -> list[ScoredPassage]:
        pairs = zip(rows.tolist(), scores.tolist(), strict=True)
        return [ScoredPassage(self.store[row], score) for row, score in pairs]

    # ------------------------------------------------------------ rows

    def rows(self) -> Rows:
        """Return the rows that are not deleted."""
        if self.deleted is None:
            return np.arange(len(self.store))
        return np.flatnonzero(~self.deleted)

    def row_of(self, passage_id: str) -> int | None:
        """Return the row of the passage with this id, or None."""
        for row in self.store.rows_of(passage_id):
            if self.deleted is None or not self.deleted[row]:
                return row
        return None

    @cached_property
    def _filter(self) -> MetadataFilter:
        return MetadataFilter(self.store)

    def _mask(self, where: Where) -> Mask | None:
        wanted = self._filter.mask(where)
        if self.deleted is None:
            return wanted
        return ~self.deleted if wanted is None else wanted & ~self.deleted

    # ------------------------------------------------------------ change

    def appended(self, passages: Sequence[Passage], vectors: Vectors | None) -> "Snapshot":
        """Return one with passages after the present ones; `vectors` where there are vectors."""
        dense, deleted = self.dense, self.deleted
        if dense is not None and vectors is not None:
            dense = dense.appended(vectors)
        if deleted is not None:
            deleted = np.concatenate([deleted, np.zeros(len(passages), np.bool_)])
        return Snapshot(self.store.appended(passages), dense, self.bm25, deleted)

    def without(self, rows: Collection[int]) -> "Snapshot":
        """Return one in which these rows are deleted too."""
        deleted = np.zeros(len(self.store), np.bool_)
        if self.deleted is not None:
            deleted |= self.deleted
        deleted[list(rows)] = True
        return replace(self, deleted=deleted)

    @property
    def has_whole_bm25(self) -> bool:
        """Whether the index of words, where there is one, covers all rows."""
        return self.bm25 is None or len(self.bm25) == len(self.store)

    def with_whole_bm25(self) -> "Snapshot":
        """Return one whose index of words covers all rows: weights depend on every passage."""
        if self.bm25 is None or self.has_whole_bm25:
            return self
        rows = self.rows()
        rebuilt = BM25Index.build(
            (self.store[row] for row in rows.tolist()),
            options=self.bm25.options,
            rows=rows,
            n_rows=len(self.store),
        )
        return replace(self, bm25=rebuilt)

    def compacted(self) -> "Snapshot":
        """Return the same passages without additions and deletions; itself where there is none."""
        if self.deleted is None and not self.store.has_additions:
            return self
        rows = self.rows()
        store = PassageStore.of(self.store[row] for row in rows.tolist())
        return Snapshot(
            store,
            None if self.dense is None else self.dense.rebuilt(rows),
            None if self.bm25 is None else BM25Index.build(store, options=self.bm25.options),
        )


def check_k(k: int) -> None:
    """Raise `QueryError` unless `k` is positive."""
    if k < 1:
        raise QueryError(f"k must be a whole number of 1 or more, got {k!r}")
