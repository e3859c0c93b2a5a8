"""Corpora of awkward shapes against the specification, and jump indexes of several levels."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_engine import CorpusIndex, accelerate
from corpus_engine.build import suffix_array
from corpus_engine.build.suffix_array import write_suffix_array
from tests import naive_engine as naive
from tests.engine_files import random_documents, write_index

SETTINGS = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TOKENS = st.integers(0, 2)
# Documents of no token, of one, all equal, of period two, and of anything.
DOCUMENT = (
    st.just([])
    | st.lists(TOKENS, min_size=1, max_size=1)
    | st.integers(1, 30).map(lambda n: [1] * n)
    | st.integers(1, 30).map(lambda n: [0, 1] * n)
    | st.lists(TOKENS, max_size=20)
)
SHARDS = st.lists(st.lists(DOCUMENT, min_size=1, max_size=4), min_size=1, max_size=5)
QUERY = st.lists(TOKENS, min_size=1, max_size=5)
CLAUSE = st.lists(QUERY, min_size=1, max_size=3)


@SETTINGS
@given(
    st.sampled_from([1, 2, 4]),
    SHARDS,
    st.lists(QUERY, min_size=1, max_size=20),
    st.lists(CLAUSE, min_size=2, max_size=3),
    st.integers(1, 12),
    st.booleans(),
)
def test_awkward_corpora(
    tmp_path_factory: pytest.TempPathFactory, width, shards, queries, clauses, window, fast
) -> None:
    folder = write_index(tmp_path_factory.mktemp("shapes") / "index", shards, width)
    documents = [ids for shard in shards for ids in shard]
    expected = [naive.count(documents, query) for query in queries]
    if fast:
        accelerate(folder, width=width)
    with CorpusIndex.open(folder, width=width) as index:
        assert [index.count_ids(query).value for query in queries] == expected
        assert [count.value for count in index.count_ids_many(queries)] == expected
        assert [sum(map(len, index.find_ids(query))) for query in queries] == expected
        for query in queries[:3]:
            assert dict(index.ntd(query).counts) == following(documents, query, 256**width - 1)
        for a, b in itertools.permutations(clauses, 2):
            found = index.cnf([a, b], window=window)
            hits = naive.cooccurrence(documents, a, b, window)
            assert (found.value, found.anchor, found.counts) == hits
            once = index.cnf([a, b], window=window, at_least=1)
            assert once.value == min(hits[0], 1)


def following(documents: list[list[int]], query: list[int], separator: int) -> dict[int, int]:
    """Return what follows a query, the end of a document being the next one's separator."""
    after = Counter(
        (document[at + len(query)] if at + len(query) < len(document) else separator)
        for document in documents
        for at in naive.positions(document, query)
    )
    return dict(after)


LONG = {
    "equal": lambda _: np.ones(20_000, int),
    "period": lambda _: np.arange(20_000) % 2,
    "few": lambda chance: chance.integers(0, 3, 30_000),
    "many": lambda chance: chance.zipf(1.3, 30_000) % 250,
}


@pytest.mark.parametrize("width", [1, 2, 4])
@pytest.mark.parametrize("shape", LONG)
def test_jump_indexes_of_several_levels(tmp_path: Path, shape: str, width: int) -> None:
    chance = np.random.default_rng(width)
    tokens = LONG[shape](chance)
    folder = tmp_path / "index"
    folder.mkdir()
    stream = np.concatenate([[256**width - 1], tokens]).astype(f"<u{width}")
    stream.tofile(folder / "tokenized.0")
    np.zeros(1, "<u8").tofile(folder / "offset.0")
    write_suffix_array(folder, 0, width)
    queries = []
    for _ in range(300):
        at, n = int(chance.integers(0, len(tokens) - 12)), int(chance.integers(1, 12))
        query = tokens[at : at + n].tolist()
        if chance.random() < 0.3:
            query[-1] = int(chance.integers(0, 251))
        queries.append(query)
    queries.append(tokens[-3:].tolist())  # at the very end
    windows = {n: np.lib.stride_tricks.sliding_window_view(tokens, n) for n in range(1, 13)}
    expected = [int((windows[len(q)] == q).all(1).sum()) for q in queries]
    with CorpusIndex.open(folder, width=width) as index:
        assert len(index._search.shards[0].jump.levels) >= 2
        assert [index.count_ids(query).value for query in queries] == expected
        assert [count.value for count in index.count_ids_many(queries)] == expected
        fast = [index.find_ids(query) for query in queries]
    (folder / "jump.0").unlink()
    with CorpusIndex.open(folder, width=width) as index:
        assert [index.find_ids(query) for query in queries] == fast


@pytest.mark.parametrize("width", [1, 2, 4])
@pytest.mark.parametrize("piece", [1, 2, 7])
@pytest.mark.parametrize("few_bytes", [0, 1 << 24])
def test_suffix_arrays_are_written_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int, piece: int, few_bytes: int
) -> None:
    # Many neighbours in the order of bytes begin inside a token: some pieces hold no token at all.
    documents = random_documents(random.Random(piece), 5, [0, 1, 250], 30)
    folder = write_index(tmp_path / "index", [documents], width)
    expected = (folder / "table.0").read_bytes()
    monkeypatch.setattr(suffix_array, "FEW_BYTES", few_bytes)
    monkeypatch.setattr(suffix_array, "_PIECE", piece)
    write_suffix_array(folder, 0, width)
    assert (folder / "table.0").read_bytes() == expected


@pytest.mark.parametrize("width", [1, 2, 4])
def test_all_plans_agree_whatever_the_frequencies(tmp_path: Path, width: int) -> None:
    chance = random.Random(width)
    weights = [1 / (i + 1) for i in range(200)]
    shards = [
        [chance.choices(range(200), weights, k=chance.randint(0, 500)) for _ in range(25)]
        for _ in range(2)
    ]
    folder = write_index(tmp_path / "index", shards, width)
    documents = [ids for shard in shards for ids in shard]
    with CorpusIndex.open(folder, width=width) as index:
        for _ in range(150):
            a, b = ([[chance.choice([0, 1, 5, 20, 60, 150, 199])]] for _ in range(2))
            window = chance.choice([1, 3, 20, 100, 10_000])
            expected = naive.cooccurrence(documents, a, b, window)
            found = index.cnf([a, b], window=window)
            assert (found.value, found.anchor, found.counts) == expected
            few = index.cnf([a, b], window=window, at_least=3)
            assert few.value == min(3, expected[0])
