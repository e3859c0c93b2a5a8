"""Retrieval by words."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from langchain_core.documents import Document

from retrievers.base import PassageRetriever
from retrievers.collection import PassageCollection
from retrievers.documents import as_passages
from retrievers.types import Passage, Progress, ScoredPassage


class BM25Retriever(PassageRetriever):
    """Finds the passages that share rare words with the query."""

    def search(self, query: str, k: int | None = None) -> list[ScoredPassage]:
        """Return up to `k` passages, best first; scores are BM25 and positive."""
        return self.collection.search_bm25(query, self.k if k is None else k)

    @classmethod
    def from_documents(
        cls,
        documents: Iterable[Passage | Document],
        *,
        k: int = 5,
        progress: Progress = None,
    ) -> Self:
        """Index passages or LangChain documents in memory; see `PassageCollection.build`."""
        return cls(
            collection=PassageCollection.build(as_passages(documents), progress=progress), k=k
        )

    @classmethod
    def load(cls, folder: Path | str, *, k: int = 5) -> Self:
        """Open a saved collection; see `PassageCollection.open`."""
        return cls(collection=PassageCollection.open(folder), k=k)
