"""Any LangChain retriever works where ours do; Qdrant in its local mode is the example."""

import pytest
from langchain_core.documents import Document
from langchain_qdrant import QdrantVectorStore

from quco.adapters.retriever import LangChainSearch
from quco.demo import questions
from quco.models import provision
from retrievers import BM25Retriever, EncoderEmbeddings, HybridRetriever, OnnxEncoder
from retrievers.documents import to_passage

COUNT = 60


@pytest.fixture(scope="module")
def encoder():
    return OnnxEncoder(provision("minilm-l6-int8"), threads=1)


@pytest.fixture(scope="module")
def documents(demo_index):
    bm25 = BM25Retriever.load(demo_index / "passages")
    store = bm25.collection
    wanted = [i for q in questions() for i in q["supporting_ids"]]
    found = [store.get(i) for i in dict.fromkeys(wanted)][:COUNT]
    store.close()
    return [
        Document(p.text, metadata={"id": p.id, "title": p.title}) for p in found if p is not None
    ]


@pytest.fixture(scope="module")
def qdrant(documents, encoder):
    store = QdrantVectorStore.from_documents(
        documents, EncoderEmbeddings(encoder), location=":memory:", collection_name="demo"
    )
    yield store.as_retriever(search_kwargs={"k": 4})
    store.client.close()


def test_qdrant_serves_the_controller(qdrant, documents):
    search = LangChainSearch(qdrant)

    for document in documents[:5]:
        found = search.retrieve(document.page_content, 3)
        assert found[0].text == document.page_content
        assert found[0].title == document.metadata["title"]
        assert found[0].id == document.metadata["id"]
        assert len(found) == 3


def test_qdrant_joins_our_hybrid(qdrant, documents, encoder):
    ours, theirs = documents[: COUNT // 2], documents[COUNT // 2 :]
    retriever = HybridRetriever.from_documents(ours, encoder, others=[qdrant], k=5)

    only_there = to_passage(theirs[-1])
    found = retriever.search(only_there.text)

    assert only_there.text in [passage.text for passage, _ in found]
    assert {p.text for p, _ in found} & {d.page_content for d in ours}
