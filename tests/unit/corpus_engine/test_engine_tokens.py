"""Token-level queries against the specification, for every width and several shards."""

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from corpus_engine import CorpusIndex, EmptyQueryError, MissingPartError, QueryError, TokenIdError
from tests import naive_engine as naive
from tests.engine_files import random_documents, random_query, write_index

WIDTHS = {1: 254, 2: 65534, 4: 4_294_967_294}


class Case:
    """An index of random documents, and the documents."""

    def __init__(
        self, folder: Path, width: int, n_shards: int, seed: int, *, backwards: bool = False
    ) -> None:
        self.chance = random.Random(seed)
        self.alphabet = [0, 1, 2, 255 % WIDTHS[width], 256 % WIDTHS[width], WIDTHS[width]]
        self.shards = [
            random_documents(self.chance, self.chance.randint(1, 8), self.alphabet, 30)
            for _ in range(n_shards)
        ]
        self.documents = [ids for shard in self.shards for ids in shard]
        write_index(folder, self.shards, width, backwards=backwards)
        self.index = CorpusIndex.open(folder, width=width, version=5 if backwards else 4)
        self.separator = 256**width - 1

    def query(self, most: int = 4) -> list[int]:
        return random_query(self.chance, self.documents, self.alphabet, most)


@pytest.fixture(
    params=[(w, n, b) for w in WIDTHS for n in (1, 2, 5) for b in (False, True) if not b or n == 2],
    ids=str,
)
def case(request: pytest.FixtureRequest, tmp_path: Path):
    width, n_shards, backwards = request.param
    case = Case(tmp_path / "index", width, n_shards, 7 * width + n_shards, backwards=backwards)
    with case.index:
        yield case


def test_counts(case: Case) -> None:
    queries = [case.query() for _ in range(60)]
    expected = [naive.count(case.documents, query) for query in queries]
    assert [case.index.count_ids(query).value for query in queries] == expected
    assert [count.value for count in case.index.count_ids_many(queries)] == expected
    assert case.index.n_tokens == sum(map(len, case.documents))
    assert case.index.n_documents == len(case.documents)


def near_all(document: list[int], at: int, others: list[list[list[int]]], window: int) -> bool:
    return all(
        any(abs(place - at) <= window for place in naive.clause(document, clause))
        for clause in others
    )


def test_cnf(case: Case) -> None:
    if case.index._search.backwards:
        pytest.skip("distances in version 5 are between the ends of terms; tested below")
    for _ in range(40):
        clauses = [
            [case.query(2) for _ in range(case.chance.randint(1, 3))]
            for _ in range(case.chance.randint(1, 4))
        ]
        window = case.chance.choice([1, 2, 5, 20])
        counts = [
            sum(len(naive.clause(document, clause)) for document in case.documents)
            for clause in clauses
        ]
        anchor = counts.index(min(counts))
        others = clauses[:anchor] + clauses[anchor + 1 :]
        expected = sum(
            near_all(document, at, others, window)
            for document in case.documents
            for at in naive.clause(document, clauses[anchor])
        )
        found = case.index.cnf(clauses, window=window)
        assert (found.value, found.anchor, found.counts) == (expected, anchor, tuple(counts))
        limited = case.index.cnf(clauses, window=window, at_least=2)
        assert limited.value == min(expected, 2) or len(clauses) == 1
        shown = case.index.documents(clauses, window=window, k=3, max_tokens=50)
        assert len(shown) == min(expected, 3)


def test_cnf_of_documents_that_lie_backwards(tmp_path: Path) -> None:
    case = Case(tmp_path / "index", 2, 3, 11, backwards=True)
    reversed_documents = [ids[::-1] for ids in case.documents]
    with case.index:
        for _ in range(60):
            a, b = case.query(2), case.query(2)
            window = case.chance.choice([1, 3, 10])
            expected = naive.cooccurrence(reversed_documents, [a[::-1]], [b[::-1]], window)
            found = case.index.cnf([[a], [b]], window=window)
            assert (found.value, found.anchor, found.counts) == expected


def following(case: Case, prompt: list[int]) -> Counter[int]:
    return Counter(
        [*ids, case.separator][place + len(prompt)]
        for ids in case.documents
        for place in naive.positions(ids, prompt)
    )


def test_next_tokens_and_probabilities(case: Case) -> None:
    for _ in range(40):
        prompt = case.query()
        expected = following(case, prompt)
        found = case.index.ntd(prompt)
        assert found.counts == expected
        assert (found.prompt_count, found.n_counted, found.exact) == (
            expected.total(),
            expected.total(),
            True,
        )
        token = case.chance.choice(case.alphabet)
        prob = case.index.prob(prompt, token)
        assert (prob.prompt_count, prob.continuation_count) == (expected.total(), expected[token])
        assert prob.value == (expected[token] / expected.total() if expected else None)
        assert found.probability(token) == prob.value


def test_backing_off_to_the_longest_suffix(case: Case) -> None:
    for _ in range(40):
        prompt = case.query(8)
        suffix = next(
            prompt[i:]
            for i in range(len(prompt) + 1)
            if i == len(prompt) or naive.count(case.documents, prompt[i:])
        )
        found = case.index.infgram_ntd(prompt)
        assert found.suffix_len == len(suffix)
        if suffix:
            assert found.counts == following(case, suffix)
        prob = case.index.infgram_prob(prompt, case.alphabet[0])
        assert prob.suffix_len == len(suffix)


def test_samples_are_uniform_seeded_and_say_so(tmp_path: Path) -> None:
    documents = [[5, 6]] * 300 + [[5, 7]] * 100
    write_index(tmp_path / "index", [documents[:250], documents[250:]], 2)
    with CorpusIndex.open(tmp_path / "index") as index:
        one, same, other = (index.ntd([5], limit=100, seed=s) for s in (1, 1, 2))
        assert one == same
        assert one.counts != other.counts
        assert (one.exact, one.n_counted, one.prompt_count) == (False, 100, 400)
        assert sum(one.counts.values()) == 100
        means = [index.ntd([5], limit=40, seed=s).probability(6) for s in range(60)]
        assert np.mean(means) == pytest.approx(0.75, abs=0.03)
        assert index.ntd([5], limit=400).exact


def test_documents_by_rank_pointer_and_number(case: Case) -> None:
    number = 0
    for s, documents in enumerate(case.shards):
        start = 0
        for ids in documents:
            found = case.index.document(number, max_tokens=10_000)
            assert (found.number, found.length, list(found.token_ids)) == (number, len(ids), ids)
            shard = case.index._search.shards[s]
            at = (start + 1) * shard.width if ids else start * shard.width
            found = case.index.document_by_pointer(s, at, max_tokens=100_000)
            assert list(found.token_ids) == ids
            start += len(ids) + 1
            number += 1
    query = case.query(2)
    for segment, s in zip(case.index.find_ids(query), range(9), strict=False):
        for rank in range(segment.lo, segment.hi):
            found = case.index.document_by_rank(s, rank, max_tokens=100)
            assert naive.count([list(found.token_ids)], query)


def test_attribution_gives_all_maximal_spans(case: Case) -> None:
    for _ in range(12):
        text = [token for _ in range(4) for token in case.query(6)]
        runs = {
            (i, j)
            for i in range(len(text))
            for j in range(i + 1, len(text) + 1)
            if naive.count(case.documents, text[i:j])
        }
        maximal = {
            (i, j) for i, j in runs if not any((a <= i and j <= b) for a, b in runs - {(i, j)})
        }
        found = case.index.attribute_ids(text)
        assert {(span.start, span.end) for span in found} == maximal
        for span in found:
            part = text[span.start : span.end]
            assert span.count == naive.count(case.documents, part) == len(span.places)
            for s, place in span.places:
                shown = case.index.document_by_pointer(s, place, max_tokens=10_000)
                assert naive.count([list(shown.token_ids)], part)


@pytest.mark.parametrize(
    "call",
    [
        lambda index: index.cnf([]),
        lambda index: index.cnf([[]]),
        lambda index: index.cnf([[[]]]),
        lambda index: index.cnf([[[1]]], window=0),
        lambda index: index.cnf([[[1]]], at_least=0),
        lambda index: index.ntd([1], limit=0),
        lambda index: index.infgram_ntd([1], limit=-2),
        lambda index: index.documents([[[1]]], k=0),
        lambda index: index.document(10**6),
        lambda index: index.document(-1),
        lambda index: index.document_by_rank(9, 0),
        lambda index: index.document_by_rank(0, 10**9),
        lambda index: index.document_by_pointer(0, 1),
        lambda index: index.document_by_pointer(0, -2),
    ],
)
def test_arguments_out_of_range_are_refused(tmp_path: Path, call) -> None:
    write_index(tmp_path / "index", [[[1, 2], [3]]], 2)
    with CorpusIndex.open(tmp_path / "index") as index, pytest.raises(QueryError, match="expected"):
        call(index)


def test_text_needs_an_analyzer(tmp_path: Path) -> None:
    write_index(tmp_path / "index", [[list(b"some text"), list(b"more text")]], 1)
    with CorpusIndex.open(tmp_path / "index", width=1) as index:
        assert index.analyzer is None
        for call in (
            lambda: index.count("text"),
            lambda: index.count_many(["text"]),
            lambda: index.cooccurrence("a", "b"),
            lambda: index.windows("text"),
            lambda: index.attribute("text"),
        ):
            with pytest.raises(MissingPartError, match="analyzer="):
                call()
        with pytest.raises(TokenIdError):
            index.count_ids([256])
    with CorpusIndex.open(tmp_path / "index", width=1, analyzer="byte") as index:
        assert index.count("text").value == 2
        assert index.cooccurrence("some", "text", window=5).value == 1
        shown = index.windows("some", "text", k=1)[0]
        assert shown.text == "some text"
        assert (shown.text[slice(*shown.a_span)], shown.text[slice(*shown.b_span)]) == (
            "some",
            "text",
        )
        with pytest.raises(EmptyQueryError):
            index.count("")
