"""What the retrievers have in common: LangChain outside, `search` inside."""

from abc import abstractmethod
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field

from retrievers.collection import PassageCollection
from retrievers.documents import to_document
from retrievers.types import ScoredPassage


class PassageRetriever(BaseRetriever):
    """A LangChain retriever over a `PassageCollection`.

    `invoke`, `ainvoke`, `batch` and the rest are LangChain's and give documents; `search` is
    plain Python and gives passages with scores. Both take `k`.
    """

    collection: PassageCollection
    """The passages and their indexes; several retrievers may share one."""

    k: int = Field(default=5, ge=1)
    """How many passages are returned, unless a call says otherwise."""

    @abstractmethod
    def search(self, query: str, k: int | None = None) -> list[ScoredPassage]:
        """Return up to `k` passages, best first."""

    def save(self, folder: Path | str, *, overwrite: bool = False) -> None:
        """Write the collection; see `PassageCollection.save`."""
        self.collection.save(folder, overwrite=overwrite)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **kwargs: Any
    ) -> list[Document]:
        del run_manager
        return [to_document(found) for found in self.search(query, **kwargs)]
