"""The client of an infini-gram service, against one on this machine over a real index."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

from corpus_engine import CorpusIndex, Document, EmptyQueryError, QueryError, build_index
from corpus_engine.client import InfiniGramClient
from corpus_engine.errors import CorpusEngineError, ServiceError
from corpus_engine.infini_gram import InfiniGramEngine
from tests.engine_files import write_tokenizer
from tests.infini_gram_service import Answering, Behaviour, Fault, serve

DOCUMENTS = [
    " Fritz Lang directed Metropolis in Berlin. Metropolis is a film of 1927.",
    " Metropolis, the city, was built by others.",
    " Fritz Lang was born in Vienna. FRITZ LANG died in Beverly Hills.",
    *[f" The capital of country {i} is a city. Vienna is one; Berlin is one." for i in range(30)],
    " Lang alone stands here.",
]
EOS = 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("service")
    tokenizer = write_tokenizer(folder / "tokenizer.json")
    documents = (Document(str(i), text) for i, text in enumerate(DOCUMENTS))
    build_index(documents, folder / "index", analyzer=str(tokenizer), shards=2)
    return folder


@pytest.fixture(scope="module")
def index(folder: Path) -> Iterator[CorpusIndex]:
    with CorpusIndex.open(folder / "index") as opened:
        yield opened


def answering(folder: Path, engine: Any = None) -> Answering:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return Answering(
        engine or InfiniGramEngine(str(folder / "index"), EOS),
        lambda text: tokenizer.encode(f" {text}").ids if text else [],
        lambda ids: tokenizer.decode(list(ids)),
        "films",
    )


@pytest.fixture
def service(folder: Path) -> Iterator[tuple[str, Behaviour]]:
    with serve(answering(folder)) as served:
        yield served


@pytest.fixture
def client(service: tuple[str, Behaviour]) -> Iterator[InfiniGramClient]:
    with InfiniGramClient(service[0], "films") as opened:
        yield opened


@pytest.fixture
def asked(service: tuple[str, Behaviour]) -> Behaviour:
    return service[1]


def spaced(term: str | list[str]) -> str | list[str]:
    """Return a term as the service's tokenizer is asked for it."""
    return f" {term}" if isinstance(term, str) else [f" {text}" for text in term]


TERMS = [
    "Fritz Lang",
    "Metropolis",
    "Vienna",
    "nowhere to be found",
    ["Fritz Lang", "FRITZ LANG"],
    ["Lang", "Fritz Lang", "Lang alone", "LANG"],
    ["Vienna", "Berlin", "Beverly Hills", "city", "capital", "film"],
]


def test_counts_are_those_of_the_index(client: InfiniGramClient, index: CorpusIndex) -> None:
    assert client.count_many(TERMS) == index.count_many([spaced(term) for term in TERMS])
    assert client.count("Vienna") == index.count(" Vienna")
    # The service counts the separators of documents as well.
    assert client.n_tokens == index.n_tokens + len(DOCUMENTS)


@pytest.mark.parametrize("window", [2, 6, 100])
@pytest.mark.parametrize("at_least", [None, 1, 20])
def test_meetings_are_those_of_the_index(
    client: InfiniGramClient, index: CorpusIndex, window: int, at_least: int | None
) -> None:
    for a in TERMS:
        for b in TERMS[:-1]:
            asked = client.cooccurrence(a, b, window=window, at_least=at_least)
            truth = index.cooccurrence(spaced(a), spaced(b), window=window, at_least=at_least)
            assert (asked.counts, asked.anchor) == (truth.counts, truth.anchor)
            if a is not TERMS[-1]:
                assert asked == truth
            elif truth.value == 0:
                assert (asked.value, asked.exact) == (0, True)
            else:  # six variants are asked for in two parts, and may meet the same place
                assert 0 < asked.value <= truth.value
                assert not asked.exact


def test_token_level_questions(client: InfiniGramClient, index: CorpusIndex, folder: Path) -> None:
    ids = Tokenizer.from_file(str(folder / "tokenizer.json")).encode(" Fritz Lang").ids
    vienna = Tokenizer.from_file(str(folder / "tokenizer.json")).encode(" Vienna").ids
    assert client.count_ids(ids) == index.count_ids(ids)
    clauses = [[ids], [vienna, ids[-1:]]]
    assert client.cnf(clauses, window=40) == index.cnf(clauses, window=40)
    assert client.cnf([[ids]]).value == index.count_ids(ids).value
    assert client.prob(ids[:-1], ids[-1]) == index.prob(ids[:-1], ids[-1])
    assert client.infgram_prob([1, *ids[:-1]], ids[-1]) == index.infgram_prob(
        [1, *ids[:-1]], ids[-1]
    )
    ours, theirs = client.ntd(ids), index.ntd(ids)
    assert (ours.prompt_count, ours.suffix_len) == (theirs.prompt_count, theirs.suffix_len)
    assert ours.counts == theirs.counts
    assert client.infgram_ntd([1, *ids], limit=5).suffix_len == len(ids)
    with pytest.raises(QueryError, match="at least one"):
        client.cnf([[ids], []])


def test_windows_show_the_terms_as_they_are_written(client: InfiniGramClient) -> None:
    (found,) = client.windows("Fritz Lang", ["METROPOLIS", "Metropolis"], k=1)
    assert found.text[slice(*found.a_span)] == "Fritz Lang"
    assert found.b_span is not None
    assert found.text[slice(*found.b_span)] == "Metropolis"
    assert (found.document_id, found.distance) == ("0", 3)
    assert found.text == "Fritz Lang directed Metropolis in Berlin."

    wide = client.windows("Fritz Lang", "Metropolis", k=1, context=40)[0]
    assert wide.text.endswith("film of 1927.")


def test_windows_of_one_term_come_from_different_documents(client: InfiniGramClient) -> None:
    found = client.windows(["Fritz Lang", "FRITZ LANG"], k=9)
    assert sorted(one.document_id for one in found) == ["0", "2", "2"]
    assert len({one.document_id for one in found[:2]}) == 2
    assert all(one.text[slice(*one.a_span)].upper() == "FRITZ LANG" for one in found)
    assert all(one.b_span is None for one in found)
    assert client.windows("nowhere to be found") == []


def test_windows_of_frequent_terms_come_from_the_service(
    client: InfiniGramClient, asked: Behaviour
) -> None:
    found = client.windows("Vienna", "Berlin", k=4)
    assert len(asked.of("find_cnf")) == 1
    assert len({one.document_id for one in found}) == 4
    assert all({"Vienna", "Berlin"} <= set(one.text.replace(";", "").split()) for one in found)


def test_a_meeting_that_the_service_loses_is_found_by_reading(folder: Path) -> None:
    theirs = pytest.importorskip("infini_gram.engine", reason="infini-gram is for Linux only")
    tokenizer = write_tokenizer(folder / "tokenizer.json")
    # "Lang" stands beside "Vienna" in the first document; the "Vienna" of the second is nearer.
    texts = [" Vienna" + " of" * 9 + " Lang", " Vienna is", " of of"]
    documents = (Document(str(i), text) for i, text in enumerate(texts))
    build_index(documents, folder / "border", analyzer=str(tokenizer), overwrite=True)
    engine = theirs.InfiniGramEngine(str(folder / "border"), eos_token_id=EOS)
    with serve(answering(folder, engine)) as (url, _):
        with InfiniGramClient(url, "films", reread=0) as trusting:
            assert trusting.cooccurrence("Lang", "Vienna").value == 0
        with InfiniGramClient(url, "films") as reading:
            met = reading.cooccurrence("Lang", "Vienna")
            assert (met.value, met.exact, met.counts) == (1, False, (1, 2))
            assert reading.cooccurrence("Lang", "is").value == 0
            assert [one.document_id for one in reading.windows("Lang", "Vienna")] == ["0"]


def test_an_estimate_is_not_exact(service: tuple[str, Behaviour]) -> None:
    url, behaviour = service
    estimate = {"count": 7, "approx": True, "token_ids": [5]}
    behaviour.faults += [Fault(body=json.dumps(estimate).encode())]
    with InfiniGramClient(url, "films") as client:
        count = client.count("Vienna")
    assert (count.value, count.exact) == (7, False)


def test_the_service_is_asked_once_for_each_variant(
    client: InfiniGramClient, asked: Behaviour
) -> None:
    client.count_many(["Vienna", ["Berlin", "Vienna"], "Vienna"])
    client.count("Berlin")
    assert sorted(request["query"] for request in asked.asked) == ["Berlin", "Vienna"]


def test_no_more_requests_are_under_way_than_allowed(service: tuple[str, Behaviour]) -> None:
    url, behaviour = service
    behaviour.pause_s = 0.02
    with InfiniGramClient(url, "films", parallel=3) as client:
        with ThreadPoolExecutor(4) as pool:
            terms = [[f"{word} {i}" for i in range(5)] for word in ("a", "b", "c", "d")]
            list(pool.map(client.count_many, terms))
        assert len(behaviour.asked) == 20
        assert behaviour.most_at_once == 3


@pytest.mark.parametrize(
    ("term", "error"),
    [
        ("", EmptyQueryError),
        ("!?", EmptyQueryError),
        ([], EmptyQueryError),
        ("A AND B", QueryError),
    ],
)
def test_terms_that_cannot_be_asked_for(
    client: InfiniGramClient, asked: Behaviour, term: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        client.count(term)
    assert asked.asked == []


def test_a_variant_that_reads_as_an_operator_is_left_out(client: InfiniGramClient) -> None:
    count = client.count(["Vienna AND Berlin", "Vienna"])
    assert (count.value, count.exact) == (31, False)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"url": "films.example"}, "http"),
        ({"index": ""}, "name"),
        ({"timeout_s": 0}, "timeout_s"),
        ({"parallel": 0}, "parallel"),
    ],
)
def test_impossible_arguments_are_named(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(QueryError, match=named):
        InfiniGramClient(**{"url": "http://127.0.0.1/", "index": "films"} | arguments)


# ---------------------------------------------------------------- faults


BUSY = Fault(429, b"slow down")
BROKEN = Fault(500, json.dumps({"error": "out of memory"}).encode())


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let pauses take no time, and say which were made."""
    pauses: list[float] = []
    monkeypatch.setattr("corpus_engine.client.service.sleep", pauses.append)
    return pauses


@pytest.mark.parametrize(
    "fault", [BUSY, BROKEN, Fault(503), Fault(headers={"Content-Length": "999"})]
)
def test_a_passing_fault_is_waited_for(
    client: InfiniGramClient, asked: Behaviour, no_waiting: list[float], fault: Fault
) -> None:
    asked.faults += [fault, fault]
    assert client.count("Vienna").value == 31
    assert len(asked.asked) == 3
    assert len(no_waiting) == 2
    assert 0 < no_waiting[0] <= 0.5
    assert no_waiting[1] <= 1


def test_the_pause_that_a_service_names_is_made(
    client: InfiniGramClient, asked: Behaviour, no_waiting: list[float]
) -> None:
    asked.faults += [Fault(429, headers={"Retry-After": "7"})]
    assert client.count("Vienna").value == 31
    assert no_waiting == [7.0]


@pytest.mark.parametrize(
    ("fault", "said"), [(BUSY, "429"), (BROKEN, "500: out of memory"), (Fault(502), "502")]
)
def test_a_lasting_fault_is_named_and_not_remembered(
    service: tuple[str, Behaviour], no_waiting: list[float], fault: Fault, said: str
) -> None:
    url, behaviour = service
    # The second pause would end after the deadline.
    behaviour.faults += [fault, replace(fault, headers={"Retry-After": "99"})]
    with InfiniGramClient(url, "films") as client:
        with pytest.raises(ServiceError) as failed:
            client.count("Vienna")
        for part in (url, "'films'", said, "ask again later"):
            assert part in str(failed.value)
        assert len(behaviour.asked) == 2
        assert client.count("Vienna").value == 31


def test_a_service_that_does_not_answer_in_time(service: tuple[str, Behaviour]) -> None:
    url, behaviour = service
    behaviour.faults += [Fault(delay_s=0.5)]
    with (
        InfiniGramClient(url, "films", timeout_s=0.1, deadline_s=0.3) as client,
        pytest.raises(ServiceError, match=r"did not answer within 0\.1 s"),
    ):
        client.count("Vienna")
    with InfiniGramClient(url, "films") as patient:
        assert patient.count("Vienna").value == 31


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>hello</html>", "is this the address"),
        (b"[1, 2]", "is this the address"),
        (b'{"cnt": 3}', "count"),
        (b'{"count": -1, "token_ids": [1]}', "count"),
        (b'{"count": true, "token_ids": [1]}', "count"),
        (b'{"count": 1}', "token_ids"),
        (b'{"error": "query must be a string!"}', "refused: query must be a string!"),
    ],
)
def test_a_wrong_answer_is_an_error_at_once(
    client: InfiniGramClient, asked: Behaviour, body: bytes, said: str
) -> None:
    asked.faults += [Fault(body=body)]
    with pytest.raises(ServiceError, match=said):
        client.count("Vienna")
    assert len(asked.asked) == 1
    assert client.count("Vienna").value == 31


@pytest.mark.parametrize(
    "body",
    [
        {"segment_by_shard": [[1]]},
        {"segment_by_shard": {"0": [1, 2]}},
        {"segment_by_shard": [["1", "2"]]},
    ],
)
def test_wrong_places_are_an_error(
    client: InfiniGramClient, asked: Behaviour, body: dict[str, Any]
) -> None:
    client.count("Vienna")
    asked.faults += [Fault(body=json.dumps(body).encode())]
    with pytest.raises(ServiceError, match="segment_by_shard"):
        client.windows("Vienna")


def test_an_unknown_index_is_named(service: tuple[str, Behaviour]) -> None:
    url, behaviour = service
    with (
        InfiniGramClient(url, "books") as client,
        pytest.raises(ServiceError, match=r"'books'.*Invalid index: books.*name of the index"),
    ):
        client.count("Vienna")
    assert len(behaviour.asked) == 1


def test_a_service_that_is_not_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    with (
        InfiniGramClient(url, "films") as client,
        pytest.raises(ServiceError, match=f"{url}.*cannot be reached.*check the address"),
    ):
        client.count_many(["Vienna", "Berlin"])


def test_one_failure_of_many_is_raised_and_the_others_are_kept(
    service: tuple[str, Behaviour],
) -> None:
    url, behaviour = service
    behaviour.faults += [Fault(400, b'{"error": "no"}')]
    with InfiniGramClient(url, "films", parallel=1) as client:
        with pytest.raises(CorpusEngineError, match="400: no"):
            client.count_many(["Vienna", "Berlin", "city"])
        assert [count.value for count in client.count_many(["Vienna", "Berlin"])] == [31, 31]


def test_a_closed_client_asks_nothing_more(service: tuple[str, Behaviour]) -> None:
    client = InfiniGramClient(service[0], "films")
    assert client.count("Vienna").value == 31
    client.close()
    for call in (client.count, client.count_ids):
        with pytest.raises(QueryError, match="closed"):
            call("Berlin" if call == client.count else [1])
    assert threading.active_count() < 20
