"""BM25 scores of all passages, on bm25s.

bm25s computes the score of every (term, passage) pair at build time, so that a query adds up
columns of a sparse matrix (Lù, "BM25S: Orders of magnitude faster lexical search via eager
sparse scoring", arXiv 2407.03618). The Lucene variant is used.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrievers.errors import CollectionFormatError, QueryError
from retrievers.tokens import WordAnalyzer
from retrievers.types import Mask, Passage, Progress, Rows, Scores, tracked

_BLOCK = 64
_LEAST = float(np.finfo(np.float32).tiny)
_ARRAYS = ("data", "indices", "indptr")


@dataclass(frozen=True, slots=True)
class BM25Options:
    """How passages are scored by words.

    Raises
    ------
    QueryError
        If a number is out of range.
    """

    k1: float = 1.2
    """How slowly further occurrences of a word stop counting; 0 counts one alone."""

    b: float = 0.75
    """How much long passages are held back, from 0 (not) to 1."""

    title_weight: int = 3
    """How often each word of the title counts; 0 leaves the title out."""

    analyzer: WordAnalyzer = field(default_factory=WordAnalyzer)
    """How texts become terms."""

    def __post_init__(self) -> None:
        if self.k1 < 0 or not 0 <= self.b <= 1 or self.title_weight < 0:
            raise QueryError(
                f"k1 >= 0, 0 <= b <= 1 and title_weight >= 0 are needed, got k1={self.k1}, "
                f"b={self.b}, title_weight={self.title_weight}"
            )

    def terms(self, passage: Passage) -> list[str]:
        """Return the terms that a passage is found by."""
        return self.analyzer(passage.title) * self.title_weight + self.analyzer(passage.text)


@dataclass(frozen=True, slots=True)
class _Matrix:
    """Scores of (term, passage) pairs as bm25s lays them out: a column for each term."""

    data: Scores
    """The scores, column after column."""

    indices: NDArray[np.int32]
    """The passage of each score."""

    indptr: NDArray[np.int64]
    """Where each column starts; one more at the end."""


class BM25Index:
    """An immutable BM25 index, by row; safe to search from several threads.

    Queries are answered here and not by bm25s, whose import takes longer than most searches.

    Parameters
    ----------
    matrix : _Matrix
        The scores.
    vocabulary : dict of str to int
        The column of each term.
    n_rows : int
        Rows of the collection.
    options : BM25Options
        How the index was built.
    rows : ndarray of shape (n,), int64, optional
        The row of each passage of the matrix, where that is not its position.
    """

    def __init__(
        self,
        matrix: _Matrix,
        vocabulary: dict[str, int],
        n_rows: int,
        options: BM25Options,
        rows: Rows | None = None,
    ) -> None:
        self._matrix = matrix
        self._vocabulary = vocabulary
        self._n_rows = n_rows
        self._options = options
        self._rows = rows

    def __len__(self) -> int:
        return self._n_rows

    @property
    def options(self) -> BM25Options:
        """How the index was built."""
        return self._options

    @property
    def settings(self) -> dict[str, Any]:
        """What `open` needs."""
        return {
            "k1": self._options.k1,
            "b": self._options.b,
            "title_weight": self._options.title_weight,
            "analyzer": self._options.analyzer.settings(),
            "passages": len(self),
        }

    @classmethod
    def build(
        cls,
        passages: Iterable[Passage],
        *,
        options: BM25Options | None = None,
        rows: Rows | None = None,
        n_rows: int | None = None,
        progress: Progress = None,
        total: int | None = None,
    ) -> "BM25Index":
        """Index passages.

        Parameters
        ----------
        passages : iterable of Passage
            In row order.
        options : BM25Options, optional
            Analyzer, parameters of BM25, weight of titles.
        rows : ndarray of shape (n,), int64, optional
            The rows of the passages among `n_rows`, where these are not their positions. The
            other rows count for nothing and score 0.
        """
        import bm25s

        options = options or BM25Options()
        vocabulary: dict[str, int] = {"": 0}
        ids = [
            [vocabulary.setdefault(term, len(vocabulary)) for term in options.terms(passage)]
            for passage in tracked(passages, progress, "indexing words", total)
        ]
        bm25 = bm25s.BM25(k1=options.k1, b=options.b, method="lucene")
        with np.errstate(invalid="ignore"):  # 0/0 where no passage has a word
            built = bm25.build_index_from_ids(list(vocabulary.values()), ids, show_progress=False)
        matrix = _Matrix(*(built[name] for name in _ARRAYS))
        return cls(matrix, vocabulary, n_rows or len(ids), options, rows)

    def scores(self, query: str) -> Scores:
        """Return the score of each row, float32 of shape (len(self),); 0 where no term is shared.

        A term that the query repeats counts as often.
        """
        known, matrix = self._vocabulary, self._matrix
        counts = Counter(known[t] for t in self._options.analyzer(query) if t in known)
        scores = np.zeros(self._n_rows, np.float32)
        for column, times in counts.items():
            entries = slice(matrix.indptr[column], matrix.indptr[column + 1])
            rows = matrix.indices[entries]  # each passage once, so that += adds them all
            values = matrix.data[entries]
            target = rows if self._rows is None else self._rows[rows]
            scores[target] += values if times == 1 else values * np.float32(times)
        return scores

    def search(self, query: str, k: int, mask: Mask | None = None) -> tuple[Rows, Scores]:
        """Return rows and scores of up to `k` passages that share a term with the query.

        Best first, equal scores in row order; with a mask, only rows where it is true.
        """
        scores = self.scores(query)
        if mask is not None:
            scores[~mask] = 0
        return top(scores, k)

    def write(self, folder: Path) -> None:
        """Write the index, which must cover all rows, into `folder`."""
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self._matrix, name), allow_pickle=False)
        with (folder / "vocabulary.json").open("w", encoding="utf-8") as stream:
            json.dump(list(self._vocabulary), stream, ensure_ascii=False)

    @classmethod
    def open(cls, folder: Path, settings: Mapping[str, Any]) -> "BM25Index":
        """Memory-map the index that `write` wrote into `folder`."""
        options = BM25Options(
            settings["k1"],
            settings["b"],
            settings["title_weight"],
            WordAnalyzer(**settings["analyzer"]),
        )
        try:
            arrays = [
                np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))
                for name in _ARRAYS
            ]
            terms = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as exc:
            raise CollectionFormatError(f"the index at {folder} cannot be read: {exc}") from exc
        matrix = _Matrix(*arrays)
        columns = len(matrix.indptr) - 1
        if len(terms) != columns:
            raise CollectionFormatError(
                f"{folder} has {len(terms)} terms but {columns} columns; rebuild the collection"
            )
        vocabulary = {term: column for column, term in enumerate(terms)}
        return cls(matrix, vocabulary, settings["passages"], options)


def top(scores: Scores, k: int) -> tuple[Rows, Scores]:
    """Return rows and values of the `k` greatest positive scores, best first, ties by row."""
    rows = np.flatnonzero(scores >= max(_lower_bound(scores, k), _LEAST))
    rows = rows[np.argsort(-scores[rows], kind="stable")][:k]
    return rows, scores[rows]


def _lower_bound(scores: Scores, k: int) -> float:
    """Return a number that at least `k` scores reach, or 0.

    The k-th greatest of the maxima of blocks will do, and is far cheaper than a partition of all
    scores, of which most are zero or small.
    """
    blocks = len(scores) // _BLOCK
    if k >= blocks:
        return 0.0
    maxima = scores[: blocks * _BLOCK].reshape(blocks, _BLOCK).max(axis=1)
    return float(np.partition(maxima, blocks - k)[blocks - k])
