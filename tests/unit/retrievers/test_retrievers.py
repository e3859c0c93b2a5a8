"""The LangChain side of the three retrievers."""

import subprocess
import sys

import pytest
from langchain_core.cross_encoders import BaseCrossEncoder
from langchain_core.documents import BaseDocumentCompressor, Document
from langchain_core.retrievers import BaseRetriever

from retrievers import (
    BM25Options,
    BM25Retriever,
    DenseOptions,
    DenseRetriever,
    HybridOptions,
    HybridRetriever,
    Passage,
)
from retrievers.documents import to_document, to_passage
from retrievers.errors import QueryError
from retrievers.types import ScoredPassage


def ids(documents):
    return [document.id for document in documents]


def make(kind, items, encoder, **fields):
    if kind is BM25Retriever:
        return kind.from_documents(items, **fields)
    return kind.from_documents(items, encoder, **fields)


def load(kind, folder, encoder, **fields):
    return (
        kind.load(folder, **fields)
        if kind is BM25Retriever
        else kind.load(folder, encoder, **fields)
    )


every_kind = pytest.mark.parametrize("kind", [DenseRetriever, BM25Retriever, HybridRetriever])


@every_kind
def test_documents_come_back_with_their_metadata(kind, encoder):
    documents = [
        Document("The Seine flows through Paris.", id="s", metadata={"title": "Seine", "year": 1}),
        Document("The Po flows through Turin.", metadata={"source": "po.txt"}),
    ]
    retriever = make(kind, documents, encoder, k=1)

    (found,) = retriever.invoke("Seine Paris")

    assert found.page_content == "The Seine flows through Paris."
    score = found.metadata.pop("score")
    assert found.id == "s"
    assert found.metadata == {"title": "Seine", "year": 1, "document_id": "s", "start": 0}
    assert score == retriever.search("Seine Paris")[0].score > 0


@every_kind
def test_k_and_filter_of_the_call_go_before_those_of_the_retriever(kind, passages, encoder):
    retriever = make(kind, passages, encoder, k=2, where={"even": True})

    assert len(retriever.invoke("river danube capital")) == 2
    assert len(retriever.invoke("river danube capital", k=1)) == 1
    assert ids(retriever.invoke("vienna", where={"even": False}, k=1)) == ["p1"]
    assert "p1" not in ids(retriever.invoke("vienna capital"))
    with pytest.raises(QueryError, match="got 0"):
        retriever.invoke("vienna", k=0)


@every_kind
def test_saved_and_loaded_it_answers_the_same(kind, passages, encoder, tmp_path):
    retriever = make(kind, passages, encoder)
    retriever.save(tmp_path / "passages")

    loaded = load(kind, tmp_path / "passages", encoder, k=3)

    assert loaded.search("marie curie polonium") == retriever.search("marie curie polonium", 3)


@every_kind
def test_documents_can_be_added_and_deleted(kind, passages, encoder):
    retriever = make(kind, passages, encoder, k=1)

    (new,) = retriever.add_documents([Document("The Elbe ends in the North Sea.")])

    assert ids(retriever.invoke("Elbe")) == [new]
    assert retriever.delete([new]) == 1
    assert ids(retriever.invoke("Elbe river")) != [new]


@every_kind
async def test_batch_and_async_agree_with_invoke(kind, passages, encoder):
    retriever = make(kind, passages, encoder, k=2)
    queries = ["danube", "polonium"]
    expected = [retriever.invoke(query) for query in queries]

    assert retriever.batch(queries) == expected
    assert await retriever.abatch(queries) == expected


def test_options_reach_the_indexes(passages, encoder):
    dense = DenseRetriever.from_documents(passages, encoder, options=DenseOptions("HNSW8"))
    bm25 = BM25Retriever.from_documents(passages, options=BM25Options(title_weight=0))

    assert len(dense.search("danube", 6)) == 6
    assert [p.id for p, _ in bm25.search("Übermut Paris")] == ["p0", "p5"]
    assert bm25.search("Marie Curie", 1)[0].passage.id == "p3"


def test_a_document_and_a_passage_are_the_same_thing():
    passage = Passage("d:5-9", "Title", "text", {"year": 3}, "d", 5)

    assert to_passage(to_document(ScoredPassage(passage, 0.5))) == passage


def test_documents_without_an_id_get_a_stable_one():
    a, b = to_passage(Document("text")), to_passage(Document("text", metadata={"title": "T"}))

    assert a == to_passage(Document("text"))
    assert a.id != b.id


class ByLength(BaseCrossEncoder):
    def score(self, text_pairs):
        return [-len(text) for _, text in text_pairs]


class OnlyRivers(BaseDocumentCompressor):
    scored: bool = True

    def compress_documents(self, documents, query, callbacks=None):
        kept = [d for d in reversed(documents) if "river" in d.page_content]
        if self.scored:
            for document in kept:
                document.metadata["relevance_score"] = 0.5
        return kept


def test_a_cross_encoder_orders_anew(passages, encoder):
    retriever = HybridRetriever.from_documents(passages, encoder, reranker=ByLength(), k=2)

    found = retriever.search("danube")

    by_length = sorted(passages, key=lambda p: len(p.content))
    assert [p.id for p, _ in found] == [p.id for p in by_length[:2]]
    assert found[0].score == -len(by_length[0].content)


@pytest.mark.parametrize("scored", [True, False])
def test_a_document_compressor_may_leave_out(passages, encoder, scored):
    plain = HybridRetriever.from_documents(passages, encoder, k=6)
    rivers = [found for found in plain.search("danube") if "river" in found.passage.text]

    retriever = HybridRetriever(
        collection=plain.collection, k=6, reranker=OnlyRivers(scored=scored)
    )

    found = retriever.search("danube")
    assert [p for p, _ in found] == [p for p, _ in reversed(rivers)]
    assert [s for _, s in found] == (
        [0.5] * len(rivers) if scored else [s for _, s in reversed(rivers)]
    )


def test_the_reranker_sees_more_than_k_and_only_where_there_is_something(passages, encoder):
    class Recording(ByLength):
        seen = 0

        def score(self, text_pairs):
            Recording.seen = len(text_pairs)
            return super().score(text_pairs)

    retriever = HybridRetriever.from_documents(
        passages, encoder, reranker=Recording(), rerank_depth=4, k=1
    )

    assert retriever.search(" ") == []
    assert Recording.seen == 0
    assert len(retriever.search("danube")) == 1
    assert Recording.seen == 4


class Oracle(BaseRetriever):
    found: list[Document]

    def _get_relevant_documents(self, query, *, run_manager):
        return self.found


def test_other_retrievers_join_the_fusion(passages, encoder):
    others = [Oracle(found=[Document("From the web.", id="web"), Document("again", id="p1")])]
    retriever = HybridRetriever.from_documents(passages, encoder, others=others, k=7)

    found = retriever.search("danube vienna")

    assert found[0].passage.id == "p1"
    assert {p.id for p, _ in found} == {"web", *(p.id for p in passages)}
    assert {p.id: p.text for p, _ in found}["p1"] == passages[1].text


def test_options_of_the_fusion_are_used(passages, encoder):
    only_words = HybridRetriever.from_documents(
        passages, encoder, options=HybridOptions(dense_weight=0.0), k=2
    )

    bm25 = BM25Retriever(collection=only_words.collection)

    assert ids(only_words.invoke("the danube")) == ids(bm25.invoke("the danube"))


def test_the_package_loads_without_langchain_faiss_or_onnxruntime():
    heavy = {"langchain_core", "faiss", "bm25s", "onnxruntime", "tokenizers", "torch"}
    code = f"import sys, retrievers; print(sorted({heavy} & set(sys.modules)))"

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "[]"


def test_an_unknown_name_of_the_package_is_refused():
    import retrievers

    with pytest.raises(AttributeError, match="no attribute 'SparseRetriever'"):
        retrievers.SparseRetriever  # noqa: B018
