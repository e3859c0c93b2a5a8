"""LangChain's own standard tests over the retriever of evidence."""

import pytest
from langchain_tests.integration_tests import RetrieversIntegrationTests

from corpus_engine import CorpusIndex
from quco.adapters.evidence import EvidenceRetriever, EvidenceSearch
from quco.adapters.extractor.spacy import SpacyExtractor
from quco.indexing import CORPUS


class TestEvidence(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def _search(self, demo_index):
        with CorpusIndex.open(demo_index / CORPUS) as index:
            self.evidence = EvidenceSearch(index, SpacyExtractor())
            yield

    @property
    def retriever_constructor(self):
        return EvidenceRetriever

    @property
    def retriever_constructor_params(self):
        return {"evidence": self.evidence}

    @property
    def retriever_query_example(self):
        return "Who directed the film Metropolis?"
