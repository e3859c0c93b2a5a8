"""Retrieval by meaning."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from langchain_core.documents import Document

from retrievers.base import PassageRetriever
from retrievers.collection import PassageCollection
from retrievers.documents import as_passages
from retrievers.encoder import Encoder
from retrievers.types import Passage, Progress, ScoredPassage


class DenseRetriever(PassageRetriever):
    """Finds the passages whose vectors are nearest to the query's."""

    def search(self, query: str, k: int | None = None) -> list[ScoredPassage]:
        """Return up to `k` passages, best first; scores are inner products, at most 1."""
        return self.collection.search_dense(query, self.k if k is None else k)

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
            as_passages(documents), encoder=encoder, bm25=False, progress=progress
        )
        return cls(collection=collection, k=k)

    @classmethod
    def load(cls, folder: Path | str, encoder: Encoder, *, k: int = 5) -> Self:
        """Open a saved collection; see `PassageCollection.open`."""
        return cls(collection=PassageCollection.open(folder, encoder=encoder), k=k)
