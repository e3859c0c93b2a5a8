"""What tools and middleware ask: a corpus, a verifier over it, and a retriever of passages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from langchain_core.retrievers import BaseRetriever

from quco.adapters.corpus import LocalStatistics
from quco.adapters.retriever import LangChainSearch
from quco.errors import ConfigError
from quco.ports import CorpusStatistics, Retriever
from quco.verifier import Verifier

if TYPE_CHECKING:
    from quco.ports import Extractor

NO_RETRIEVER = (
    "a corpus that is not on this machine cannot be searched for passages: give a retriever"
)
"""Why there is no retriever."""


@dataclass(frozen=True)
class Parts:
    """The parts; what is not given is made when it is first asked for."""

    statistics: CorpusStatistics
    """The corpus."""

    given_verifier: Verifier | None = None
    """Asks it about texts; None for the default over `statistics`."""

    given_retriever: Retriever | BaseRetriever | None = None
    """Finds passages; None for the corpus itself, where it is on this machine."""

    @cached_property
    def verifier(self) -> Verifier:
        """Asks the corpus about texts."""
        return self.given_verifier or Verifier.default(self.statistics)

    @property
    def can_retrieve(self) -> bool:
        """Whether there is something to find passages in."""
        return self.given_retriever is not None or isinstance(self.statistics, LocalStatistics)

    @cached_property
    def retriever(self) -> Retriever:
        """Finds passages.

        Raises
        ------
        ConfigError
            If there is nothing to find them in.
        """
        given = self.given_retriever
        if isinstance(given, BaseRetriever):
            return LangChainSearch(given)
        if given is not None:
            return given
        if isinstance(self.statistics, LocalStatistics):
            return _evidence(self.statistics, self.verifier.extractor)
        raise ConfigError(NO_RETRIEVER)


def _evidence(statistics: LocalStatistics, extractor: Extractor) -> Retriever:
    from quco.adapters.evidence import EvidenceSearch

    return EvidenceSearch(statistics.index, extractor)
