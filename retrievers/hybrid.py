"""Retrieval by meaning and by words together."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from langchain_core.documents import Document
from pydantic import Field

from retrievers.base import PassageRetriever
from retrievers.collection import PassageCollection, check_k
from retrievers.documents import as_passages
from retrievers.encoder import Encoder
from retrievers.fusion import reciprocal_rank
from retrievers.types import Passage, Progress, ScoredPassage


class HybridRetriever(PassageRetriever):
    """Fuses the dense and the BM25 ranking by reciprocal rank."""

    depth: int = Field(default=50, ge=1)
    """How many passages of each ranking are fused, at least."""

    def search(self, query: str, k: int | None = None) -> list[ScoredPassage]:
        """Return up to `k` passages, best first."""
        k = self.k if k is None else k
        check_k(k)
        depth = max(k, self.depth)
        rankings = [
            self.collection.search_dense(query, depth),
            self.collection.search_bm25(query, depth),
        ]
        return reciprocal_rank(rankings)[:k]

    @classmethod
    def from_documents(
        cls,
        documents: Iterable[Passage | Document],
        encoder: Encoder,
        *,
        k: int = 5,
        progress: Progress = None,
    ) -> Self:
        """Index passages or LangChain documents in memory; see `PassageCollection.build`."""
        collection = PassageCollection.build(
            as_passages(documents), encoder=encoder, progress=progress
        )
        return cls(collection=collection, k=k)

    @classmethod
    def load(cls, folder: Path | str, encoder: Encoder, *, k: int = 5) -> Self:
        """Open a saved collection; see `PassageCollection.open`."""
        return cls(collection=PassageCollection.open(folder, encoder=encoder), k=k)
