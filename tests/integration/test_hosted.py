"""QuCo over an infini-gram service on this machine: verdicts, commands, evaluations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

from corpus_engine import Document, build_index
from corpus_engine.infini_gram import InfiniGramEngine
from eval.bench import open_parts
from eval.config import RunConfig
from quco import QuCo
from quco.adapters.generator.scripted import ScriptedGenerator
from quco.adapters.hosted import HostedStatistics
from quco.errors import StatisticsError, UsageError
from quco.ports import CorpusStatistics
from quco.types import Verdict
from quco.verdict import VerdictPolicy
from quco.verifier import Verifier
from tests.engine_files import write_tokenizer
from tests.infini_gram_service import Answering, Behaviour, Fault, serve

DOCUMENTS = [
    " Metropolis is a film of 1927. METROPOLIS was directed by Fritz Lang in Berlin.",
    " Buster Keaton was an actor.",
    " Nosferatu was directed by Murnau.",
]
ZERO = VerdictPolicy.find("zero_cooccurrence")


@pytest.fixture(scope="module")
def answering(tmp_path_factory: pytest.TempPathFactory) -> Answering:
    folder = tmp_path_factory.mktemp("hosted")
    path = str(write_tokenizer(folder / "tokenizer.json"))
    tokenizer = Tokenizer.from_file(path)
    documents = (Document(str(i), text) for i, text in enumerate(DOCUMENTS))
    build_index(documents, folder / "index", analyzer=path)
    return Answering(
        InfiniGramEngine(str(folder / "index"), 0),
        lambda text: tokenizer.encode(f" {text}").ids if text else [],
        lambda ids: tokenizer.decode(list(ids)),
        "films",
    )


@pytest.fixture
def service(answering: Answering) -> Iterator[tuple[str, Behaviour]]:
    with serve(answering) as (url, behaviour):
        yield f"{url}#films", behaviour


class NoExtractor:
    """Claims are given."""


def verifier(place: str, policy: VerdictPolicy = ZERO) -> Iterator[Verifier]:
    with HostedStatistics.open(place) as statistics:
        assert isinstance(statistics, CorpusStatistics)
        yield Verifier(statistics, NoExtractor(), policy)  # type: ignore[arg-type]


@pytest.fixture
def zero(service: tuple[str, Behaviour]) -> Iterator[Verifier]:
    yield from verifier(service[0])


def test_the_papers_rule_judges_by_the_services_counts(zero: Verifier) -> None:
    right = zero.score("metropolis", "directed by", "Fritz Lang")
    assert right.verdict is Verdict.SUPPORTED
    # The service tells capitals apart: the name counts in every case, and in no place twice.
    assert (right.head_count, right.tail_count, right.cooccurrence) == (2, 1, 1)
    assert "Fritz Lang" in right.evidence[0].text
    wrong = zero.score("Metropolis", "directed by", "Buster Keaton")
    assert (wrong.verdict, wrong.cooccurrence) == (Verdict.UNSUPPORTED, 0)
    assert zero.score("Faust", "directed by", "Murnau").verdict is Verdict.UNKNOWN


def test_counts_are_enough_for_the_papers_rule(
    zero: Verifier, service: tuple[str, Behaviour], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Answering, "_find", lambda *_: {"error": "find is not served"})
    report = zero.score("Metropolis", "directed by", "Fritz Lang")
    assert (report.verdict, report.evidence) == (Verdict.SUPPORTED, ())


def test_a_rule_that_reads_windows_is_unknown_without_them(
    service: tuple[str, Behaviour], monkeypatch: pytest.MonkeyPatch
) -> None:
    for shipped in verifier(service[0], VerdictPolicy.shipped()):
        assert shipped.score("Metropolis", "directed by", "Fritz Lang").p_wrong is not None
        monkeypatch.setattr(Answering, "_find", lambda *_: {"error": "find is not served"})
        report = shipped.score("Nosferatu", "directed by", "Murnau")
        assert report.verdict is Verdict.UNKNOWN
        assert report.reason.startswith("the corpus could not be asked")
        assert report.reason.endswith("refused: find is not served")


def test_a_service_that_fails_makes_verdicts_unknown(
    zero: Verifier, service: tuple[str, Behaviour]
) -> None:
    place, behaviour = service
    behaviour.faults += [Fault(400, b'{"error": "closed for today"}')]
    report = zero.score("Metropolis", "directed by", "Fritz Lang")
    assert report.verdict is Verdict.UNKNOWN
    assert "closed for today" in report.reason
    # What failed is asked again.
    behaviour.faults.clear()
    assert zero.score("Metropolis", "directed by", "Fritz Lang").verdict is Verdict.SUPPORTED
    with HostedStatistics.open(place) as closed:
        pass
    with pytest.raises(StatisticsError, match="closed"):
        closed.count_many(["Metropolis"])


@pytest.mark.parametrize("place", ["films", "https://films.example/", "#films"])
def test_a_place_that_names_no_index(place: str) -> None:
    with pytest.raises(UsageError, match="INDEX"):
        HostedStatistics.open(place)


def test_commands_ask_a_service(service: tuple[str, Behaviour], run: Any) -> None:
    place, _ = service
    code, out, _ = run("count", "Metropolis", "Murnau", "--index", place, "--json")
    assert code == 0
    assert [row["count"] for row in json.loads(out)["counts"]] == [1, 1]
    code, out, _ = run("cooccur", "Fritz Lang", "film", "--index", place)
    assert code == 0
    assert out.startswith("1 within 100 words")
    assert "[0] Metropolis is a film of 1927. METROPOLIS was directed" in " ".join(out.split())
    code, _, said = run("count", "Metropolis", "--index", place.replace("#films", "#books"))
    assert code == 1
    assert "Invalid index: books" in said
    code, _, said = run("count", "Metropolis", "--index", place.partition("#")[0])
    assert code == 2
    assert "#INDEX" in said


def test_a_text_is_checked_at_a_service(service: tuple[str, Behaviour], run: Any) -> None:
    text = "Nosferatu was directed by Murnau. Metropolis was directed by Buster Keaton."
    policy = ("--policy", "zero_cooccurrence", "--json")
    code, out, _ = run("check", text, "--index", service[0], *policy)
    assert code == 0
    said = [sentence["verdict"] for sentence in json.loads(out)["sentences"]]
    assert said == ["supported", "unsupported"]


def test_a_service_alone_has_no_passages(service: tuple[str, Behaviour]) -> None:
    with QuCo(service[0]) as quco, pytest.raises(UsageError, match="no passages; name a folder"):
        quco.retriever  # noqa: B018


def test_an_evaluation_counts_at_a_service_and_retrieves_from_the_folder(
    service: tuple[str, Behaviour], demo_index: Path
) -> None:
    config = RunConfig.model_validate(
        {
            "data": {"path": "questions.jsonl", "name": "2wikimultihopqa"},
            "index": {"path": demo_index, "retrieval": "evidence", "statistics": service[0]},
            "generator": {"model": "smollm2-135m"},
            "jobs": 1,
        }
    )
    with open_parts(config, ScriptedGenerator(lambda _: "")) as parts:
        assert [c.value for c in parts.statistics.count_many(["Murnau", "Sydney"])] == [1, 0]
        assert parts.retriever.retrieve("Who designed the Sydney Opera House?", 1)
        assert not parts.one_corpus


def test_only_a_folder_that_is_counted_itself_tells_what_has_been_read_whole(
    service: tuple[str, Behaviour], demo_index: Path, small_gguf: Path
) -> None:
    model = str(small_gguf)
    with QuCo(demo_index, model=model) as folder:
        assert folder.controller.policy.sentence_passages == "counted"
    with QuCo(demo_index, model=model, statistics=service[0]) as both:
        assert both.controller.policy.sentence_passages == "naming"
