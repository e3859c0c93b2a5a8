"""What the retrievers have in common: LangChain outside, `search` inside."""

from abc import abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field

from retrievers.collection import PassageCollection
from retrievers.documents import as_passages, to_document
from retrievers.types import Passage, Progress, ScoredPassage, Where


class PassageRetriever(BaseRetriever):
    """A LangChain retriever over a `PassageCollection`.

    `invoke`, `ainvoke`, `batch` and the rest are LangChain's and give documents; `search` is
    plain Python and gives passages with scores. All take `k` and `where`.
    """

    collection: PassageCollection
    """The passages and their indexes; several retrievers may share one."""

    k: int = Field(default=5, ge=1)
    """How many passages are returned, unless a call says otherwise."""

    where: Any = None
    """Filter of every search, unless a call brings its own; see `retrievers.filters`."""

    def search(
        self, query: str, k: int | None = None, *, where: Where = None
    ) -> list[ScoredPassage]:
        """Return up to `k` passages, best first.

        Parameters
        ----------
        query : str
            A blank query finds nothing.
        k : int, optional
            The retriever's own `k` when not given. More than there are gives all.
        where : mapping or callable, optional
            The retriever's own filter when not given.

        Raises
        ------
        QueryError
            If `k` is less than 1, or `where` is not a filter.
        """
        return self._search(
            query, self.k if k is None else k, self.where if where is None else where
        )

    def add_documents(
        self, documents: Iterable[Passage | Document], *, progress: Progress = None
    ) -> list[str]:
        """Add passages or LangChain documents and return their ids; see `PassageCollection.add`."""
        return self.collection.add(as_passages(documents), progress=progress)

    def delete(self, ids: Iterable[str]) -> int:
        """Remove passages by id and return how many there were."""
        return self.collection.delete(ids)

    def save(self, folder: Path | str, *, overwrite: bool = False) -> None:
        """Write the collection; see `PassageCollection.save`."""
        self.collection.save(folder, overwrite=overwrite)

    @abstractmethod
    def _search(self, query: str, k: int, where: Where) -> list[ScoredPassage]:
        """Search with `k` and the filter settled."""

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **kwargs: Any
    ) -> list[Document]:
        del run_manager
        return [to_document(found) for found in self.search(query, **kwargs)]
