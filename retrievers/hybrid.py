"""Retrieval by meaning and by words together, and by whatever else there is."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field

from retrievers.base import PassageRetriever
from retrievers.bm25_index import BM25Options
from retrievers.collection import PassageCollection
from retrievers.dense_options import DenseOptions
from retrievers.documents import as_passages, to_passage
from retrievers.encoder import Encoder
from retrievers.fusion import HybridOptions, reciprocal_rank
from retrievers.reranking import Reranker, rerank
from retrievers.snapshot import check_k
from retrievers.types import Passage, Progress, ScoredPassage, Where


class HybridRetriever(PassageRetriever):
    """Fuses the dense and the BM25 ranking, and those of other retrievers if there are any.

    The collection's own two rankings are fused as `options` says. Rankings of `others` join by
    reciprocal rank, each with the weight of the collection's. A reranker has the last word.
    """

    options: HybridOptions = Field(default_factory=HybridOptions)
    """How the two rankings of the collection are fused."""

    others: list[BaseRetriever] = Field(default_factory=list)
    """LangChain retrievers whose documents are fused in; filters do not reach them."""

    reranker: Reranker | None = None
    """A LangChain document compressor or cross-encoder that orders the best anew."""

    rerank_depth: int = Field(default=20, ge=1)
    """How many passages the reranker sees; at least k."""

    @classmethod
    def from_documents(
        cls,
        documents: Iterable[Passage | Document],
        encoder: Encoder,
        *,
        dense: DenseOptions | None = None,
        bm25: BM25Options | None = None,
        progress: Progress = None,
        **fields: Any,
    ) -> Self:
        """Index passages or LangChain documents in memory.

        See `PassageCollection.build` for the parameters; `fields` are those of the retriever,
        such as `k`, `options` or `reranker`.
        """
        collection = PassageCollection.build(
            as_passages(documents),
            encoder=encoder,
            dense=dense,
            bm25=bm25 or BM25Options(),
            progress=progress,
        )
        return cls(collection=collection, **fields)

    @classmethod
    def load(cls, folder: Path | str, encoder: Encoder, **fields: Any) -> Self:
        """Open a saved collection; see `PassageCollection.open`."""
        return cls(collection=PassageCollection.open(folder, encoder=encoder), **fields)

    def _search(self, query: str, k: int, where: Where) -> list[ScoredPassage]:
        check_k(k)
        if not query.strip():
            return []
        depth = k if self.reranker is None else max(k, self.rerank_depth)
        if self.others:
            found = self._fused_with_others(query, max(depth, self.options.depth), where)[:depth]
        else:
            found = self.collection.search_hybrid(query, depth, where=where, options=self.options)
        if self.reranker is not None and found:
            found = rerank(self.reranker, query, found)
        return found[:k]

    def _fused_with_others(self, query: str, depth: int, where: Where) -> list[ScoredPassage]:
        own = self.collection.search_hybrid(query, depth, where=where, options=self.options)
        rankings = [[passage for passage, _ in own]]
        rankings += [[to_passage(d) for d in other.invoke(query)] for other in self.others]
        by_id = {passage.id: passage for ranking in reversed(rankings) for passage in ranking}
        fused = reciprocal_rank(
            [[passage.id for passage in ranking] for ranking in rankings],
            [1.0] * len(rankings),
            self.options.constant,
        )
        return [ScoredPassage(by_id[identity], score) for identity, score in fused]
