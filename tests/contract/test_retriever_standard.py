"""LangChain's own standard tests, over every retriever of ours."""

import pytest
from langchain_tests.integration_tests import RetrieversIntegrationTests

from retrievers import BM25Retriever, DenseRetriever, HybridRetriever, Passage, PassageCollection
from tests.fake_encoders import HashEncoder


@pytest.fixture(scope="module")
def collection():
    passages = [
        Passage(f"p{i}", f"River {i}", f"The river number {i} flows into the sea.")
        for i in range(9)
    ]
    return PassageCollection.build(passages, encoder=HashEncoder())


class RiverTests(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def _use(self, collection):
        self._collection = collection

    @property
    def retriever_constructor_params(self):
        return {"collection": self._collection}

    @property
    def retriever_query_example(self):
        return "Which river flows into the sea?"


class TestDense(RiverTests):
    @property
    def retriever_constructor(self):
        return DenseRetriever


class TestBM25(RiverTests):
    @property
    def retriever_constructor(self):
        return BM25Retriever


class TestHybrid(RiverTests):
    @property
    def retriever_constructor(self):
        return HybridRetriever
