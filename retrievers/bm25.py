"""Retrieval by words."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from langchain_core.documents import Document

from retrievers.base import PassageRetriever
from retrievers.bm25_index import BM25Options
from retrievers.collection import PassageCollection
from retrievers.documents import as_passages
from retrievers.types import Passage, Progress, ScoredPassage, Where


class BM25Retriever(PassageRetriever):
    """Finds the passages that share rare words with the query; scores are BM25 and positive."""

    @classmethod
    def from_documents(
        cls,
        documents: Iterable[Passage | Document],
        *,
        options: BM25Options | None = None,
        progress: Progress = None,
        **fields: Any,
    ) -> Self:
        """Index passages or LangChain documents in memory.

        See `PassageCollection.build` for the parameters; `fields` are those of the retriever,
        such as `k`.
        """
        collection = PassageCollection.build(
            as_passages(documents), bm25=options or BM25Options(), progress=progress
        )
        return cls(collection=collection, **fields)

    @classmethod
    def load(cls, folder: Path | str, **fields: Any) -> Self:
        """Open a saved collection; see `PassageCollection.open`."""
        return cls(collection=PassageCollection.open(folder), **fields)

    def _search(self, query: str, k: int, where: Where) -> list[ScoredPassage]:
        return self.collection.search_bm25(query, k, where=where)
