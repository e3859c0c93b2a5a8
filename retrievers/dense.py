"""Retrieval by meaning."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from langchain_core.documents import Document

from retrievers.base import PassageRetriever
from retrievers.collection import PassageCollection
from retrievers.dense_options import DenseOptions
from retrievers.documents import as_passages
from retrievers.encoder import Encoder
from retrievers.types import Passage, Progress, ScoredPassage, Where


class DenseRetriever(PassageRetriever):
    """Finds the passages whose vectors are nearest to the query's.

    Scores are cosines, or inner products where the collection was built so.
    """

    @classmethod
    def from_documents(
        cls,
        documents: Iterable[Passage | Document],
        encoder: Encoder,
        *,
        options: DenseOptions | None = None,
        progress: Progress = None,
        **fields: Any,
    ) -> Self:
        """Index passages or LangChain documents in memory.

        See `PassageCollection.build` for the parameters; `fields` are those of the retriever,
        such as `k`.
        """
        collection = PassageCollection.build(
            as_passages(documents), encoder=encoder, dense=options, bm25=None, progress=progress
        )
        return cls(collection=collection, **fields)

    @classmethod
    def load(cls, folder: Path | str, encoder: Encoder, **fields: Any) -> Self:
        """Open a saved collection; see `PassageCollection.open`."""
        return cls(collection=PassageCollection.open(folder, encoder=encoder), **fields)

    def _search(self, query: str, k: int, where: Where) -> list[ScoredPassage]:
        return self.collection.search_dense(query, k, where=where)
