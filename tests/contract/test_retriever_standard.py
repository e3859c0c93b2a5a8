"""LangChain's own standard tests, over every retriever of ours, in memory and opened."""

import pytest
from langchain_tests.integration_tests import RetrieversIntegrationTests

from retrievers import (
    BM25Retriever,
    DenseOptions,
    DenseRetriever,
    HybridOptions,
    HybridRetriever,
    Passage,
    PassageCollection,
    build_passages,
)
from tests.fake_encoders import HashEncoder

PASSAGES = [
    Passage(f"p{i}", f"River {i}", f"The river number {i} flows into the sea.") for i in range(9)
]


class RiverTests(RetrieversIntegrationTests):
    options = DenseOptions()
    fields: dict = {}  # noqa: RUF012 - never changed

    @pytest.fixture(autouse=True)
    def _collection(self, tmp_path):
        encoder = HashEncoder()
        build_passages(PASSAGES, tmp_path / "passages", encoder=encoder, dense=self.options)
        with PassageCollection.open(tmp_path / "passages", encoder=encoder) as self.collection:
            yield

    @property
    def retriever_constructor_params(self):
        return {"collection": self.collection, **self.fields}

    @property
    def retriever_query_example(self):
        return "Which river flows into the sea?"


class TestDense(RiverTests):
    @property
    def retriever_constructor(self):
        return DenseRetriever


class TestDenseHNSW(TestDense):
    options = DenseOptions("HNSW16", storage="float16")


class TestDenseIVF(TestDense):
    options = DenseOptions("IVF2,Flat")


class TestDenseFiltered(TestDense):
    fields = {"where": {"title": ["River 2", "River 3", "River 4"]}, "k": 4}  # noqa: RUF012


class TestBM25(RiverTests):
    @property
    def retriever_constructor(self):
        return BM25Retriever


class TestHybrid(RiverTests):
    @property
    def retriever_constructor(self):
        return HybridRetriever


class TestHybridReciprocalRank(TestHybrid):
    fields = {"options": HybridOptions("reciprocal_rank")}  # noqa: RUF012


class TestInMemory(TestHybrid):
    @pytest.fixture(autouse=True)
    def _collection(self):
        self.collection = PassageCollection.build(PASSAGES, encoder=HashEncoder())
