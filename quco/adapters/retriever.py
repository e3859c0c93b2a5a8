"""Passage retrieval for the core: over our own collections, or any LangChain retriever."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from quco.errors import RetrievalError
from quco.types import Passage
from retrievers.errors import RetrieverError

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever

    from retrievers import Encoder, PassageCollection, ScoredPassage

Method = Literal["hybrid", "dense", "bm25", "evidence"]
"""How passages are found."""


class PassageSearch:
    """`Retriever` over one of our passage collections.

    Parameters
    ----------
    collection : PassageCollection
        The passages; closed by `close`.
    method : {"hybrid", "dense", "bm25"}
        How they are found.
    """

    def __init__(self, collection: PassageCollection, method: Method = "hybrid") -> None:
        self.collection = collection
        searches = {
            "hybrid": collection.search_hybrid,
            "dense": collection.search_dense,
            "bm25": collection.search_bm25,
        }
        self._search = searches[method]

    @classmethod
    def open(
        cls, folder: Path, encoder: Encoder | None, method: Method = "hybrid"
    ) -> PassageSearch:
        """Open a saved collection; BM25 needs no encoder.

        Raises
        ------
        RetrievalError
            If there is none, it is damaged, or was made with another encoder.
        """
        from retrievers import PassageCollection

        try:
            return cls(PassageCollection.open(folder, encoder=encoder), method)
        except RetrieverError as exc:
            raise RetrievalError(str(exc)) from exc

    def retrieve(self, query: str, k: int) -> list[Passage]:
        """Return up to `k` passages, best first."""
        try:
            found = self._search(query, k)
        except RetrieverError as exc:
            raise RetrievalError(f"retrieval failed: {exc}") from exc
        return [to_core(one) for one in found]

    def close(self) -> None:
        """Let go of the files."""
        self.collection.close()


class LangChainSearch:
    """`Retriever` over any LangChain retriever: Elasticsearch, Qdrant, a web search.

    Parameters
    ----------
    retriever : BaseRetriever
        Whatever it raises counts as a failed retrieval.
    """

    def __init__(self, retriever: BaseRetriever) -> None:
        self.retriever = retriever

    def retrieve(self, query: str, k: int) -> list[Passage]:
        """Return up to `k` passages, best first; `k` is applied to what comes back."""
        try:
            documents = self.retriever.invoke(query)
        except Exception as exc:
            raise RetrievalError(f"retrieval failed: {exc}") from exc
        return [
            Passage(
                id=str(d.id or d.metadata.get("id") or f"{query}#{rank}"),
                text=d.page_content,
                title=str(d.metadata.get("title") or ""),
                score=float(d.metadata.get("score") or 0.0),
                metadata=dict(d.metadata),
            )
            for rank, d in enumerate(documents[:k])
        ]


def to_core(found: ScoredPassage) -> Passage:
    """Return a passage of ours as the core's."""
    passage, score = found
    return Passage(passage.id, passage.text, passage.title, float(score), dict(passage.metadata))
