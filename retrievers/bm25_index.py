"""BM25 scores of all passages, on bm25s.

bm25s computes the score of every (term, passage) pair at build time, so that a query adds up
columns of a sparse matrix (Lù, "BM25S: Orders of magnitude faster lexical search via eager
sparse scoring", arXiv 2407.03618). The Lucene variant is used.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrievers.errors import CollectionFormatError
from retrievers.tokens import WordAnalyzer
from retrievers.types import Progress, tracked

K1 = 1.2
B = 0.75

_BLOCK = 64
_LEAST = float(np.finfo(np.float32).tiny)


class BM25Index:
    """An immutable BM25 index, by row; safe to search from several threads."""

    def __init__(self, bm25: Any, analyzer: WordAnalyzer, settings: Mapping[str, Any]) -> None:
        self._bm25 = bm25
        self._vocabulary: dict[str, int] = bm25.vocab_dict
        self._analyzer = analyzer
        self.settings = dict(settings)

    def __len__(self) -> int:
        return int(self._bm25.scores["num_docs"])

    @classmethod
    def build(
        cls,
        texts: Iterable[str],
        *,
        k1: float = K1,
        b: float = B,
        analyzer: WordAnalyzer | None = None,
        progress: Progress = None,
        total: int | None = None,
    ) -> "BM25Index":
        """Index `texts`, in row order."""
        import bm25s

        analyzer = analyzer or WordAnalyzer()
        vocabulary: dict[str, int] = {"": 0}
        ids = [
            [vocabulary.setdefault(term, len(vocabulary)) for term in analyzer(text)]
            for text in tracked(texts, progress, "indexing words", total)
        ]
        bm25 = bm25s.BM25(k1=k1, b=b, method="lucene")
        with np.errstate(invalid="ignore"):  # 0/0 where no passage has a word
            bm25.index((ids, vocabulary), show_progress=False)
        settings = {"k1": k1, "b": b, "analyzer": analyzer.settings(), "passages": len(ids)}
        return cls(bm25, analyzer, settings)

    def search(self, query: str, k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return rows and scores of up to `k` passages that share a term with the query.

        Best first; equal scores in row order.
        """
        terms = self._query_terms(query)
        if not terms:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        scores = self._bm25.get_scores_from_ids(terms)
        return top(scores, k)

    def write(self, folder: Path) -> None:
        """Write the index into `folder`."""
        for name in ("data", "indices", "indptr"):
            np.save(folder / f"{name}.npy", self._bm25.scores[name], allow_pickle=False)
        with (folder / "vocabulary.json").open("w", encoding="utf-8") as stream:
            json.dump(list(self._vocabulary), stream, ensure_ascii=False)

    @classmethod
    def open(cls, folder: Path, settings: Mapping[str, Any]) -> "BM25Index":
        """Memory-map the index that `write` wrote into `folder`."""
        import bm25s

        bm25 = bm25s.BM25(k1=settings["k1"], b=settings["b"], method="lucene")
        try:
            bm25.load_scores(
                folder,
                data_name="data.npy",
                indices_name="indices.npy",
                indptr_name="indptr.npy",
                num_docs=settings["passages"],
                mmap=True,
            )
            terms = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as exc:
            raise CollectionFormatError(f"the index at {folder} cannot be read: {exc}") from exc
        if len(terms) != len(bm25.scores["indptr"]) - 1:
            raise CollectionFormatError(
                f"{folder}: {len(terms)} terms but {len(bm25.scores['indptr']) - 1} columns; "
                "rebuild the collection"
            )
        bm25.vocab_dict = {term: column for column, term in enumerate(terms)}
        bm25.nonoccurrence_array = None
        return cls(bm25, WordAnalyzer(**settings["analyzer"]), settings)

    def _query_terms(self, query: str) -> list[int]:
        known = self._vocabulary
        return [known[term] for term in self._analyzer(query) if term in known]


def top(scores: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return rows and values of the `k` greatest positive scores, best first, ties by row."""
    rows = np.flatnonzero(scores >= max(_lower_bound(scores, k), _LEAST))
    rows = rows[np.argsort(-scores[rows], kind="stable")][:k]
    return rows, scores[rows]


def _lower_bound(scores: NDArray[np.float32], k: int) -> float:
    """Return a number that at least `k` scores reach, or 0.

    The k-th greatest of the maxima of blocks will do, and is far cheaper than a partition of all
    scores, of which most are zero or small.
    """
    blocks = len(scores) // _BLOCK
    if k >= blocks:
        return 0.0
    maxima = scores[: blocks * _BLOCK].reshape(blocks, _BLOCK).max(axis=1)
    return float(np.partition(maxima, blocks - k)[blocks - k])
