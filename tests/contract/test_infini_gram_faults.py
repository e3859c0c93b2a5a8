"""Where the package infini-gram is wrong, `corpus_engine.infini_gram` is not."""

import random
from pathlib import Path

import pytest

from corpus_engine.infini_gram import InfiniGramEngine
from tests import naive_engine as naive
from tests.engine_files import write_index

theirs = pytest.importorskip("infini_gram.engine", reason="infini-gram is for Linux only")

ARGUMENTS = {"eos_token_id": 2, "vocab_size": 1000}


def both(folder: Path, shards: list[list[list[int]]]) -> tuple[InfiniGramEngine, object]:
    path = str(write_index(folder, shards, 2))
    return InfiniGramEngine(path, **ARGUMENTS), theirs.InfiniGramEngine(path, **ARGUMENTS)


def test_a_neighbour_document_hides_no_hit(tmp_path: Path) -> None:
    # 7 stands beside 9 in the first document; the 9 of the second is nearer on the other side.
    ours, other = both(tmp_path / "index", [[[9, 5, 5, 7], [9, 5], [5, 5]]])
    cnf = [[[7]], [[9]]]
    assert ours.count_cnf(cnf, max_diff_tokens=10) == {"count": 1, "approx": False}
    assert other.count_cnf(cnf, max_diff_tokens=10) == {"count": 0, "approx": False}


def test_no_true_pair_is_called_absent(tmp_path: Path) -> None:
    chance = random.Random(3)
    documents = []
    for _ in range(200):
        document = [7 if chance.random() < 0.01 else 50 + chance.randrange(900) for _ in range(80)]
        documents.append(document)
    for entity in range(10, 40):
        chance.choice(documents)[chance.randrange(80)] = entity
    ours, other = both(tmp_path / "index", [documents])
    wrong = 0
    for entity in range(10, 40):
        truth = naive.cooccurrence(documents, [[entity]], [[7]], 1000)[0]
        cnf = [[[entity]], [[7]]]
        assert ours.count_cnf(cnf, max_diff_tokens=1000)["count"] == truth
        wrong += other.count_cnf(cnf, max_diff_tokens=1000)["count"] == 0 < truth
    assert wrong > 0


def test_frequent_clauses_are_counted_whole(tmp_path: Path) -> None:
    chance = random.Random(8)
    documents = [[7] * 30 + [9] * 30 for _ in range(50)]
    documents += [[20 + chance.randrange(5), *[7] * 3, 9] for _ in range(10)]
    ours, other = both(tmp_path / "index", [documents])
    cnf = [[[7]], [[9]]]
    truth = naive.cooccurrence(documents, [[7]], [[9]], 2)[0]
    assert ours.count_cnf(cnf, 50, 2) == {"count": truth, "approx": False}
    assert other.count_cnf(cnf, 50, 2)["approx"]
    assert other.count_cnf(cnf, 50, 2)["count"] != truth


def test_distributions_are_counted_whole(tmp_path: Path) -> None:
    documents = [[1, 100 + i % 90] for i in range(3000)]
    ours, other = both(tmp_path / "index", [documents])
    mine = ours.ntd([1], 10)
    assert not mine["approx"]
    assert {t: r["cont_cnt"] for t, r in mine["result_by_token_id"].items()} == {
        100 + i: len(range(i, 3000, 90)) for i in range(90)
    }
    assert other.ntd([1], 10)["approx"]


def test_places_of_nested_terms_count_once(tmp_path: Path) -> None:
    ours, other = both(tmp_path / "index", [[[5, 6, 5, 7]]])
    cnf = [[[5], [5, 6]]]
    assert ours.count_cnf(cnf)["count"] == 2
    assert other.count_cnf(cnf)["count"] == 3


def test_a_third_clause_is_near_the_anchor(tmp_path: Path) -> None:
    # 8 is near 9 and 9 is near 7, but 8 is not near 7.
    ours, other = both(tmp_path / "index", [[[7, 1, 1, 9, 1, 1, 8, 9, 9, 8]]])
    cnf = [[[7]], [[8]], [[9]]]
    assert ours.count_cnf(cnf, max_diff_tokens=3)["count"] == 0
    assert ours.count_cnf(cnf, max_diff_tokens=6)["count"] == 1
    assert other.count_cnf([[[7]], [[9]], [[8]]], max_diff_tokens=6)["count"] == 1


def test_the_rarest_clause_of_the_whole_index_is_the_anchor(tmp_path: Path) -> None:
    # The package picks an anchor in each shard: 7 in the first, 9 in the second.
    ours, other = both(tmp_path / "index", [[[7, 9, 9, 9]], [[7, 7, 9]]])
    assert ours.count_cnf([[[7]], [[9]]])["count"] == 3
    assert other.count_cnf([[[7]], [[9]]])["count"] == 2
