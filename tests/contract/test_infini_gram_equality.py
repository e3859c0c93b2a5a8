"""`corpus_engine.infini_gram` answers what the package infini-gram answers, from the same files."""

import random
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from corpus_engine.build import suffix_array
from corpus_engine.infini_gram import InfiniGramEngine
from tests.engine_files import random_documents, random_query, write_index

theirs = pytest.importorskip("infini_gram.engine", reason="infini-gram is for Linux only")

DTYPES = {"u8": (1, 250), "u16": (2, 65000), "u32": (4, 3_000_000_000)}
EOS = 2
LAST = 77


class Pair:
    """Both engines on one index, with queries from its documents."""

    def __init__(
        self, folder: Path, dtype: str, n_shards: int, version: int, seed: int, last: int = LAST
    ) -> None:
        self.chance = random.Random(seed)
        width, top = DTYPES[dtype]
        # No eos among them: the package takes it and a separator for one run of the same token.
        # Ids whose bytes sort unlike their numbers, next to the separator and to zero.
        self.alphabet = [0, 1, 4, 3, 255 % top, 256 % top, 257 % top, top - 1, top // 2]
        shards = [
            random_documents(self.chance, self.chance.randint(2, 25), self.alphabet)
            for _ in range(n_shards)
        ]
        for shard in shards:
            # No query matches at the very end of a shard, where the package's ntd goes wrong.
            shard[-1].append(last)
        self.documents = [ids for shard in shards for ids in shard]
        write_index(folder, shards, width, backwards=version == 5, metadata=True)
        arguments = {
            "eos_token_id": EOS,
            "vocab_size": 250 if dtype == "u8" else 65000,
            "version": version,
            "token_dtype": dtype,
        }
        self.ours = InfiniGramEngine(str(folder), **arguments)
        self.theirs = theirs.InfiniGramEngine([str(folder)], **arguments)

    def query(self, most: int = 6) -> list[int]:
        return random_query(self.chance, self.documents, self.alphabet, most)

    def same(self, method: str, *args: object, **kwargs: object) -> None:
        ours = getattr(self.ours, method)(*args, **kwargs)
        assert ours == getattr(self.theirs, method)(*args, **kwargs), (method, args, kwargs)


CASES = [
    ("u8", 1, 4),
    ("u16", 1, 4),
    ("u32", 1, 4),
    ("u8", 3, 4),
    ("u16", 5, 4),
    ("u32", 2, 4),
    ("u16", 2, 5),
    ("u8", 1, 5),
]


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[1]}shards-v{case[2]}")
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Pair:
    dtype, n_shards, version = request.param
    return Pair(tmp_path / "index", dtype, n_shards, version, seed=n_shards)


def test_counts_and_ranks(pair: Pair) -> None:
    for query in [[], [EOS], [0, 0], *(pair.query() for _ in range(300))]:
        pair.same("find", query)
        pair.same("count", query)


def test_probabilities(pair: Pair) -> None:
    for _ in range(300):
        prompt, token = pair.query(8), pair.chance.choice(pair.alphabet)
        pair.same("prob", prompt, token)
        pair.same("infgram_prob", prompt, token)
    pair.same("infgram_prob", [], 1)


def test_next_tokens(pair: Pair) -> None:
    # In version 5 the package takes two equal tokens at both ends of a segment for all of it,
    # although what stands before a suffix is in no order: below, with the faults.
    for _ in range(150):
        prompt = pair.query(5)
        for method in ("ntd", "infgram_ntd"):
            few = getattr(pair.ours, method)(prompt)["prompt_cnt"] <= 3
            if few or not pair.ours._search.backwards:
                pair.same(method, prompt, 1_000_000)


def test_the_package_miscounts_what_follows_at_the_end_of_a_shard(tmp_path: Path) -> None:
    # Both the end of the stream and a separator are reported as eos; between them lie others.
    folder = str(write_index(tmp_path / "index", [[[1, 5], [1, 6], [1, 7], [1], [3, 1]]], 2))
    arguments = {"eos_token_id": EOS, "vocab_size": 100}
    mine = InfiniGramEngine(folder, **arguments).ntd([1])["result_by_token_id"]
    assert {token: found["cont_cnt"] for token, found in mine.items()} == {2: 2, 5: 1, 6: 1, 7: 1}
    other = theirs.InfiniGramEngine(folder, **arguments).ntd([1])["result_by_token_id"]
    assert {token: found["cont_cnt"] for token, found in other.items()} == {2: 5}


def test_the_package_miscounts_what_follows_in_version_5(tmp_path: Path) -> None:
    documents = [[9, 1, 5], [8, 1, 5], [7, 1, 6], [6, 1, 6], [5, 1, 5], [4, 1, 5]]
    folder = str(write_index(tmp_path / "index", [documents], 2, backwards=True))
    arguments = {"eos_token_id": EOS, "vocab_size": 100, "version": 5}
    mine = InfiniGramEngine(folder, **arguments).ntd([1])["result_by_token_id"]
    assert {token: found["cont_cnt"] for token, found in mine.items()} == {5: 4, 6: 2}
    other = theirs.InfiniGramEngine(folder, **arguments).ntd([1])["result_by_token_id"]
    assert {token: found["cont_cnt"] for token, found in other.items()} == {5: 6}


def test_documents(pair: Pair) -> None:
    engine = pair.ours
    for _ in range(150):
        s = pair.chance.randrange(engine._search.n_shards)
        shard = engine._search.shards[s]
        rank = pair.chance.randrange(shard.n_units)
        number = pair.chance.randrange(engine.get_total_doc_cnt())
        length, context = pair.chance.randint(1, 30), pair.chance.randint(0, 9)
        pair.same("get_doc_by_ix", number, length)
        pair.same("get_docs_by_ixs", [number, 0])
        pair.same("get_doc_by_ix_2", number, context)
        pair.same("get_docs_by_ixs_2", [(number, context)])
        if shard.stream[shard.pointer(rank)] == 0xFF and shard.pointer(rank) in shard.docs:
            continue  # the package's needle_offset of a separator is -1 without a sign
        pointer = shard.pointer(rank)
        pair.same("get_doc_by_rank", s, rank, length)
        # The package's get_docs_by_ranks calls a method that it has not.
        one = pair.theirs.get_doc_by_rank(s, rank)
        assert engine.get_docs_by_ranks([(s, rank)] * 2) == [one, one]
        pair.same("get_doc_by_rank_2", s, rank, 2, context)
        pair.same("get_docs_by_ranks_2", [(s, rank, 1, context)])
        if pointer % 2 == 0:  # the package refuses odd pointers, which u8 has
            pair.same("get_doc_by_ptr", s, pointer, length)
            pair.same("get_docs_by_ptrs", [(s, pointer)], length)
            pair.same("get_doc_by_ptr_2", s, pointer, 3, context)
            pair.same("get_docs_by_ptrs_2", [(s, pointer, 3, context)])
    assert engine.get_total_doc_cnt() == pair.theirs.get_total_doc_cnt()


def test_searches_draw_from_the_same_documents(pair: Pair) -> None:
    for _ in range(20):
        query = pair.query(2)
        ours = pair.ours.search_docs(query, 5, 7)
        their = pair.theirs.search_docs(query, 5, 7)
        assert (ours["cnt"], ours["approx"]) == (their["cnt"], their["approx"])
        assert len(ours["idxs"]) == len(their["idxs"])
        for idx, document in zip(their["idxs"], their["documents"], strict=True):
            segments = pair.ours.find(query)["segment_by_shard"]
            ranks = [(s, rank) for s, (lo, hi) in enumerate(segments) for rank in range(lo, hi)]
            assert pair.ours.get_doc_by_rank(*ranks[idx], 7) == document


@pytest.mark.parametrize(("dtype", "n_shards"), [("u8", 1), ("u16", 4), ("u32", 2)])
def test_attribution(tmp_path: Path, dtype: str, n_shards: int) -> None:
    # A shard that ends with the least token has its least suffix before every query: the package
    # takes a query whose place is rank 0 for one that shares nothing with any suffix. Version 5 is
    # left out, because the package searches it forwards.
    pair = Pair(tmp_path / "index", dtype, n_shards, 4, seed=3, last=0)
    for _ in range(40):
        text = [token for _ in range(4) for token in pair.query(8)]
        pair.same("creativity", text)
        delimiters = pair.chance.sample(pair.alphabet, 1)
        for min_len, max_cnt in [(1, 10), (3, 1000), (2, 1)]:
            ours = pair.ours.attribute(text, delimiters, min_len, max_cnt, False)
            their = pair.theirs.attribute(text, delimiters, min_len, max_cnt, False)
            assert [dict(span) for span in their["spans"]] == ours["spans"]


def test_attribution_at_words(tmp_path: Path) -> None:
    pair = Pair(tmp_path / "index", "u16", 2, 4, seed=9, last=0)
    starts = tmp_path / "starts.txt"
    starts.write_text("\n".join(map(str, pair.alphabet[:5])))
    arguments = {
        "eos_token_id": EOS,
        "vocab_size": 65535,
        "bow_ids_path": str(starts),
        "precompute_unigram_logprobs": True,
    }
    ours = InfiniGramEngine(str(tmp_path / "index"), **arguments)
    their = theirs.InfiniGramEngine([str(tmp_path / "index")], **arguments)
    for _ in range(40):
        text = [token for _ in range(4) for token in pair.query(8)] + [64_321]
        for span, other in zip(
            ours.attribute(text, [], 2, 1000, True)["spans"],
            their.attribute(text, [], 2, 1000, True)["spans"],
            strict=True,
        ):
            assert span.pop("unigram_logprob_sum") == pytest.approx(
                other.pop("unigram_logprob_sum")
            )
            assert span == other


@pytest.mark.parametrize("dtype", DTYPES)
def test_two_clauses_in_one_document(tmp_path: Path, dtype: str) -> None:
    # One document and one shard leave no border over which the package could lose a hit.
    chance = random.Random(4)
    width, top = DTYPES[dtype]
    alphabet = [*range(12), top - 1]
    document = chance.choices(alphabet, weights=[30, 20, *[3] * 11], k=3000)
    folder = str(write_index(tmp_path / "index", [[document]], width))
    ours = InfiniGramEngine(folder, eos_token_id=EOS, vocab_size=200, token_dtype=dtype)
    their = theirs.InfiniGramEngine(folder, eos_token_id=EOS, vocab_size=200, token_dtype=dtype)
    for _ in range(400):
        clauses = []
        for _ in range(2):
            terms = [random_query(chance, [document], alphabet, 3) for _ in range(2)]
            # Where one term begins with another, the package counts their places twice.
            first = terms[0]
            clauses.append([first] if first[0] == terms[1][0] else terms)
        window = chance.choice([1, 2, 5, 30, 300])
        mine = ours.find_cnf(clauses, max_diff_tokens=window)
        other = their.find_cnf(clauses, 1_000_000, window)
        assert {**mine, "ptrs_by_shard": [*map(sorted, mine["ptrs_by_shard"])]} == {
            **other,
            "ptrs_by_shard": [*map(sorted, other["ptrs_by_shard"])],
        }, (clauses, window)
        assert ours.count_cnf(clauses, None, window) == their.count_cnf(clauses, 10**6, window)


def test_bad_arguments_get_dicts(tmp_path: Path) -> None:
    pair = Pair(tmp_path / "index", "u16", 1, 4, seed=1)
    calls = [
        ("find", ["a"]),
        ("find", 5),
        ("count", [-1]),
        ("count", [65536]),
        ("count", [True]),
        ("count_cnf", []),
        ("count_cnf", [[]]),
        ("count_cnf", [[[]]]),
        ("count_cnf", [[[1]]], 0),
        ("find_cnf", [[[1]]], 10, 0),
        ("prob", [1], 1 << 20),
        ("ntd", [1], 0),
        ("infgram_ntd", [1], -1),
        ("search_docs", [1], 0),
        ("search_docs_cnf", [[[1]]], 1, 0),
        ("get_doc_by_rank", 1, 0),
        ("get_doc_by_rank", 0, 10**9),
        ("get_doc_by_ptr", 0, 1),
        ("get_docs_by_ptrs", [(0, -2)]),
        ("get_doc_by_ix", 10**6),
        ("get_doc_by_ix_2", 0, -1),
        ("attribute", [1], [-1], 1, 1, False),
        ("attribute", [1], [], 1, 0, False),
    ]
    for method, *args in calls:
        assert list(getattr(pair.ours, method)(*args)) == ["error"], (method, args)
        assert list(getattr(pair.theirs, method)(*args)) == ["error"], (method, args)


def test_numpy_integers_are_accepted(tmp_path: Path) -> None:
    pair = Pair(tmp_path / "index", "u16", 1, 4, seed=2)
    ids = np.array(pair.documents[0][:2] or [1], np.uint16)
    plain = ids.tolist()
    assert pair.ours.count(ids) == pair.theirs.count(plain)
    assert pair.ours.count(list(ids)) == pair.theirs.count(plain)
    assert pair.ours.prob(ids, np.uint16(1)) == pair.theirs.prob(plain, 1)
    assert "error" in pair.theirs.count(list(ids))


def test_an_index_of_ours_opens_in_the_package(tmp_path: Path) -> None:
    from corpus_engine import CorpusIndex, Document, build_index

    texts = ["the quick brown fox", "", "the lazy dog and the quick dog"]
    out = tmp_path / "bytes"
    build_index([Document(str(i), t) for i, t in enumerate(texts)], out, analyzer="byte", shards=2)
    engine = theirs.InfiniGramEngine(str(out), eos_token_id=0, vocab_size=255, token_dtype="u8")
    with CorpusIndex.open(out) as index:
        for query in ["the", "quick", " dog", "zebra", "q"]:
            assert engine.count(list(query.encode()))["count"] == index.count(query).value
    assert sys.byteorder == "little"


@pytest.mark.parametrize("few_bytes", [0, 1 << 24], ids=["by tokens", "by bytes"])
@pytest.mark.parametrize("dtype", ["u8", "u16"])  # for u32 it asks for 32 GiB
def test_suffix_arrays_are_those_of_its_indexing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dtype: str, few_bytes: int
) -> None:
    width, top = DTYPES[dtype]
    alphabet = [0, 1, 255 % top, 256 % top, 257 % top, top - 1]
    documents = random_documents(random.Random(width), 60, alphabet)
    folder = write_index(tmp_path / "index", [documents], width)
    command = [sys.executable, "-m", "infini_gram.indexing", "--data_dir", str(folder)]
    command += ["--save_dir", str(folder), "--token_dtype", dtype, "--cpus", "1", "--mem", "1"]
    command += ["--ulimit", str(resource.getrlimit(resource.RLIMIT_NOFILE)[0])]
    (folder / "table.0").unlink()
    subprocess.run(command, check=True, capture_output=True)
    expected = (folder / "table.0").read_bytes()
    monkeypatch.setattr(suffix_array, "FEW_BYTES", few_bytes)
    suffix_array.write_suffix_array(folder, 0, width)
    assert (folder / "table.0").read_bytes() == expected
