"""The corpus tools: what they say, what they carry, and where they stop."""

from __future__ import annotations

import json
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.messages import ToolMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool

from quco.adapters.extractor.spacy import SpacyExtractor
from quco.langchain import corpus_tools
from quco.langchain.shown import MAX_SENTENCES, MAX_TEXT_CHARS
from quco.verdict import VerdictPolicy
from quco.verifier import Verifier
from tests.fakes import FakeStatistics
from tests.scripted import ScriptedRetriever

EXTRACTOR = SpacyExtractor()  # loads when it is first asked
DOCUMENTS = {
    "m": "Metropolis was directed by Fritz Lang. " + "It is a long film. " * 100,
    "f": "Fritz Lang was born in Vienna.",
}


def make(*, broken: str = "", **options: Any) -> dict[str, BaseTool]:
    statistics = FakeStatistics(DOCUMENTS, broken)
    verifier = Verifier(statistics, EXTRACTOR, VerdictPolicy.find("zero_cooccurrence"))
    options.setdefault("retriever", ScriptedRetriever())
    return {tool.name: tool for tool in corpus_tools(statistics, verifier=verifier, **options)}


def called(tool: BaseTool, **arguments: Any) -> ToolMessage:
    message = tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": arguments})
    assert isinstance(message, ToolMessage)
    return message


def test_counts_are_told_in_words_and_in_numbers() -> None:
    message = called(make()["corpus_count"], terms=["fritz lang", "Murnau"])
    assert message.content == "fritz lang: 2\nMurnau: 0\n(corpus of 512 words)"
    first, second = message.artifact["counts"]
    assert (first["count"], first["exact"], second["count"]) == (2, True, 0)
    assert first["per_million"] == pytest.approx(2e6 / 512)


def test_cooccurrence_shows_where_and_cuts_it() -> None:
    tool = make()["corpus_cooccurrence"]
    message = called(tool, a="Fritz Lang", b="Metropolis")
    assert message.artifact["count"] == 1
    (window,) = message.artifact["windows"]
    assert window["document_id"] == "m"
    assert len(window["text"]) <= MAX_TEXT_CHARS + 2
    assert "[m] Metropolis was directed by Fritz Lang." in message.content
    assert called(tool, a="Fritz Lang", b="Metropolis", places=0).artifact["windows"] == []
    assert called(tool, a="Fritz Lang", b="Murnau").artifact["count"] == 0


def test_each_sentence_gets_its_verdict() -> None:
    text = "Metropolis was directed by Fritz Lang. Metropolis was directed by Murnau."
    message = called(make()["verify_text"], text=text)
    assert message.artifact["verdict"] == "unsupported"
    verdicts = [sentence["verdict"] for sentence in message.artifact["sentences"]]
    assert verdicts == ["supported", "unsupported"]
    assert "unsupported: Metropolis was directed by Murnau." in message.content
    claim = message.artifact["sentences"][0]["claims"][0]
    assert claim["triplet"]["tail"] == "Fritz Lang"
    assert len(claim["evidence"][0]["text"]) <= MAX_TEXT_CHARS + 2


def test_a_long_text_gives_a_bounded_report() -> None:
    text = "Metropolis was directed by Fritz Lang. " * 100
    message = called(make()["verify_text"], text=text)
    assert message.artifact["n_sentences"] == 100
    assert len(message.artifact["sentences"]) == MAX_SENTENCES
    assert message.content.endswith(f"(and {100 - MAX_SENTENCES} more sentences)")


def test_passages_are_numbered_by_k_and_cut() -> None:
    many = ScriptedRetriever({"films": ["word " * 1000, "b", "c"]})
    message = called(make(retriever=many)["search_passages"], query="films", k=2)
    texts = [passage["text"] for passage in message.artifact["passages"]]
    assert [len(text) <= MAX_TEXT_CHARS + 2 for text in texts] == [True, True]
    nothing = called(make(retriever=ScriptedRetriever({"x": []}))["search_passages"], query="x")
    assert (nothing.content, nothing.artifact["passages"]) == ("nothing found", [])


class OneDocument(BaseRetriever):
    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        return [Document(id="r", page_content=query, metadata={"title": "R"})]


def test_any_langchain_retriever_will_do() -> None:
    message = called(make(retriever=OneDocument())["search_passages"], query="films")
    assert message.content == "[R] films"


def test_a_corpus_elsewhere_without_a_retriever_has_no_search() -> None:
    assert "search_passages" in make()
    assert "search_passages" not in make(retriever=None)


def test_artifacts_are_plain_json() -> None:
    tools = make()
    for name, arguments in [
        ("corpus_count", {"terms": ["Fritz Lang"]}),
        ("corpus_cooccurrence", {"a": "Fritz Lang", "b": "Metropolis"}),
        ("verify_text", {"text": "Metropolis was directed by Murnau."}),
        ("search_passages", {"query": "films"}),
    ]:
        artifact = called(tools[name], **arguments).artifact
        assert json.loads(json.dumps(artifact)) == artifact


@pytest.mark.parametrize(
    ("name", "arguments", "named"),
    [
        ("corpus_count", {"terms": []}, "terms"),
        ("corpus_count", {"terms": ["x"] * 21}, "terms"),
        ("corpus_count", {"terms": ["x" * 201]}, "terms.0"),
        ("corpus_count", {"terms": [" "]}, "terms.0"),
        ("corpus_count", {"terms": ["x"], "window": 3}, "window"),
        ("corpus_cooccurrence", {"a": "x"}, "b"),
        ("corpus_cooccurrence", {"a": "x", "b": "y", "window": 0}, "window"),
        ("corpus_cooccurrence", {"a": "x", "b": "y", "places": 6}, "places"),
        ("verify_text", {"text": "x" * 5001}, "text"),
        ("verify_text", {"text": ""}, "text"),
        ("search_passages", {"query": "x", "k": 11}, "k"),
        ("search_passages", {"query": "x" * 501}, "query"),
    ],
)
def test_what_goes_in_is_bounded(name: str, arguments: dict[str, Any], named: str) -> None:
    message = called(make()[name], **arguments)
    assert message.status == "error"
    assert message.content.startswith(f"{named}:")


def test_what_fails_is_told_to_the_model() -> None:
    tools = make(broken="no disk", retriever=ScriptedRetriever(broken=True))
    for name, arguments, said in [
        ("corpus_count", {"terms": ["x"]}, "no disk"),
        ("corpus_cooccurrence", {"a": "x", "b": "y"}, "no disk"),
        ("search_passages", {"query": "x"}, "the index is down"),
    ]:
        message = called(tools[name], **arguments)
        assert (message.status, message.content) == ("error", said)
    message = called(tools["verify_text"], text="Metropolis was directed by Murnau.")
    assert message.artifact["verdict"] == "unknown"
    assert "no disk" in message.content
