"""Token-level queries against the specification: any width, several shards, either direction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_engine import (
    CorpusIndex,
    DocumentExtract,
    EmptyQueryError,
    MissingPartError,
    QueryError,
    TokenIdError,
)
from tests import naive_engine as naive
from tests.engine_files import write_index

SETTINGS = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Ids = list[int]


@dataclass(frozen=True)
class Corpus:
    """Documents of token ids, and how an index holds them."""

    width: int
    shards: list[list[Ids]]
    backwards: bool

    @cached_property
    def documents(self) -> list[Ids]:
        return [ids for shard in self.shards for ids in shard]

    @property
    def separator(self) -> int:
        return 256**self.width - 1

    def lying(self, ids: Ids) -> Ids:
        """Return tokens in the order in which the stream holds them."""
        return ids[::-1] if self.backwards else ids

    def suffixes(self, shard: int) -> list[tuple[int, int]]:
        """Return the document of a shard and the place in it of each rank; -1 is its separator."""
        lying = [[self.separator, *self.lying(ids)] for ids in self.shards[shard]]
        stream = np.array([token for ids in lying for token in ids], f"<u{self.width}").tobytes()
        places = [(i, at - 1) for i, ids in enumerate(lying) for at in range(len(ids))]
        order = sorted(range(len(places)), key=lambda place: stream[self.width * place :])
        return [places[place] for place in order]

    def extract(self, document: int, at: int, max_tokens: int) -> tuple[int, int, Ids, int]:
        """Return number, length, tokens and hit of an extract around a place of a document."""
        lying = self.lying(self.documents[document])
        low = max(0, at - max_tokens // 2)
        high = max(low, min(len(lying), at + (max_tokens + 1) // 2))
        return document, len(lying), self.lying(lying[low:high]), at - low

    def first(self, shard: int) -> int:
        """Return the number of the first document of a shard."""
        return sum(map(len, self.shards[:shard]))


def tokens(width: int) -> st.SearchStrategy[int]:
    """Draw one of few tokens, the least and the greatest among them."""
    greatest = 256**width - 2
    return st.sampled_from([0, 1, 2, 255 % greatest, 256 % greatest, greatest])


@st.composite
def corpora(draw: st.DrawFn) -> Corpus:
    """Draw documents of no token, of equal ones, of period two, and of anything."""
    width = draw(st.sampled_from([1, 2, 4]))
    one = tokens(width)
    periodic = st.tuples(st.lists(one, min_size=1, max_size=2), st.integers(1, 8))
    document = st.lists(one, max_size=15) | periodic.map(lambda drawn: drawn[0] * drawn[1])
    shard = st.lists(document, min_size=1, max_size=4)
    shards = draw(st.lists(shard, min_size=1, max_size=4))
    return Corpus(width, shards, draw(st.booleans()))


def queries(corpus: Corpus, most: int) -> st.SearchStrategy[Ids]:
    """Draw pieces of documents, and anything."""
    anything = st.lists(tokens(corpus.width), min_size=1, max_size=most)
    pieces = [
        ids[start : start + n]
        for ids in corpus.documents
        for start in range(len(ids))
        for n in range(1, min(most, len(ids) - start) + 1)
    ]
    return st.sampled_from(pieces) | anything if pieces else anything


@pytest.fixture
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Corpus], CorpusIndex]:
    def opening(corpus: Corpus) -> CorpusIndex:
        folder = tmp_path_factory.mktemp("tokens") / "index"
        write_index(folder, corpus.shards, corpus.width, backwards=corpus.backwards)
        version = 5 if corpus.backwards else 4
        return CorpusIndex.open(folder, width=corpus.width, version=version)

    return opening


Opening = Callable[[Corpus], CorpusIndex]


@SETTINGS
@given(corpora(), st.data())
def test_counts(opened: Opening, corpus: Corpus, data: st.DataObject) -> None:
    asked = data.draw(st.lists(queries(corpus, 4), min_size=1, max_size=20))
    expected = [naive.count(corpus.documents, query) for query in asked]
    with opened(corpus) as index:
        assert [index.count_ids(query).value for query in asked] == expected
        assert [count.value for count in index.count_ids_many(asked)] == expected
        assert index.n_tokens == sum(map(len, corpus.documents))
        assert index.n_documents == len(corpus.documents)


@dataclass(frozen=True)
class Hits:
    """What a CNF query should find: the anchor clause, all counts, and document and place."""

    anchor: int
    counts: tuple[int, ...]
    places: set[tuple[int, int]]


def hits(corpus: Corpus, clauses: Sequence[Sequence[Ids]], window: int) -> Hits:
    """Look at every place; distances are those in the stream."""
    lying = [corpus.lying(ids) for ids in corpus.documents]
    turned = [[corpus.lying(term) for term in clause] for clause in clauses]
    places = [[naive.clause(ids, clause) for ids in lying] for clause in turned]
    counts = tuple(sum(map(len, found)) for found in places)
    anchor = counts.index(min(counts))
    near = {
        (document, at)
        for document, found in enumerate(places[anchor])
        for at in found
        if all(any(abs(other - at) <= window for other in p[document]) for p in places)
    }
    return Hits(anchor, counts, near)


def clauses_of(corpus: Corpus, most: int) -> st.SearchStrategy[list[list[Ids]]]:
    clause = st.lists(queries(corpus, 2), min_size=1, max_size=3)
    return st.lists(clause, min_size=1, max_size=most)


@SETTINGS
@given(corpora(), st.data(), st.sampled_from([1, 2, 5, 20]), st.integers(1, 3))
def test_cnf(
    opened: Opening, corpus: Corpus, data: st.DataObject, window: int, at_least: int
) -> None:
    clauses = data.draw(clauses_of(corpus, 4))
    expected = hits(corpus, clauses, window)
    with opened(corpus) as index:
        found = index.cnf(clauses, window=window)
        limited = index.cnf(clauses, window=window, at_least=at_least)
    assert (found.anchor, found.counts) == (expected.anchor, expected.counts)
    assert found.value == len(expected.places)
    assert found.exact
    if len(clauses) > 1:
        assert limited.value == min(at_least, len(expected.places))
    assert limited.value >= min(at_least, len(expected.places))


def following(corpus: Corpus, prompt: Ids) -> Counter[int]:
    return Counter(
        [*ids, corpus.separator][place + len(prompt)]
        for ids in corpus.documents
        for place in naive.positions(ids, prompt)
    )


def longest_suffix(corpus: Corpus, prompt: Ids) -> Ids:
    starts = range(len(prompt))
    found = (prompt[i:] for i in starts if naive.count(corpus.documents, prompt[i:]))
    return next(found, [])


@SETTINGS
@given(corpora(), st.data())
def test_next_tokens_and_probabilities(
    opened: Opening, corpus: Corpus, data: st.DataObject
) -> None:
    prompt = data.draw(queries(corpus, 4))
    token = data.draw(tokens(corpus.width))
    expected = following(corpus, prompt)
    total = expected.total()
    with opened(corpus) as index:
        found = index.ntd(prompt)
        assert found.counts == expected
        assert list(found.counts.values()) == sorted(expected.values(), reverse=True)
        assert (found.prompt_count, found.n_counted, found.exact) == (total, total, True)
        prob = index.prob(prompt, token)
        assert (prob.prompt_count, prob.continuation_count) == (total, expected[token])
        assert prob.value == (expected[token] / total if total else None)
        assert found.probability(token) == prob.value
        limit = data.draw(st.integers(1, total + 1))
        some = index.ntd(prompt, limit=limit, seed=limit)
        assert (some.n_counted, some.exact) == (min(limit, total), limit >= total)
        assert Counter(some.counts) <= expected


@SETTINGS
@given(corpora(), st.data())
def test_backing_off_to_the_longest_suffix(
    opened: Opening, corpus: Corpus, data: st.DataObject
) -> None:
    prompt = data.draw(queries(corpus, 3)) + data.draw(queries(corpus, 5))
    token = data.draw(tokens(corpus.width))
    suffix = longest_suffix(corpus, prompt)
    with opened(corpus) as index:
        distribution = index.infgram_ntd(prompt)
        assert distribution.suffix_len == len(suffix)
        prob = index.infgram_prob(prompt, token)
        assert prob.suffix_len == len(suffix)
        if suffix:
            expected = following(corpus, suffix)
            assert distribution.counts == expected
            assert (prob.prompt_count, prob.continuation_count) == (
                expected.total(),
                expected[token],
            )
        else:
            n_units = len(corpus.documents) + sum(map(len, corpus.documents))
            assert prob.prompt_count == distribution.prompt_count == n_units


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


def shown(extract: DocumentExtract) -> tuple[int, int, Ids, int]:
    return extract.number, extract.length, list(extract.token_ids), extract.hit


@SETTINGS
@given(corpora(), st.integers(1, 12))
def test_documents_by_number_rank_and_pointer(
    opened: Opening, corpus: Corpus, max_tokens: int
) -> None:
    with opened(corpus) as index:
        for number, ids in enumerate(corpus.documents):
            found = index.document(number, max_tokens=max_tokens)
            beginning = corpus.lying(corpus.lying(ids)[:max_tokens])
            assert shown(found) == (number, len(ids), beginning, 0)
        for s, documents in enumerate(corpus.shards):
            starts = np.cumsum([0, *(len(ids) + 1 for ids in documents)]).tolist()
            for rank, (document, at) in enumerate(corpus.suffixes(s)):
                expected = corpus.extract(corpus.first(s) + document, at, max_tokens)
                pointer = (starts[document] + 1 + at) * corpus.width
                by_rank = index.document_by_rank(s, rank, max_tokens=max_tokens)
                by_pointer = index.document_by_pointer(s, pointer, max_tokens=max_tokens)
                assert shown(by_rank) == shown(by_pointer) == expected


@SETTINGS
@given(corpora(), st.data(), st.sampled_from([1, 2, 5]), st.integers(1, 5), st.integers(0, 9))
def test_documents_by_what_they_hold(
    opened: Opening, corpus: Corpus, data: st.DataObject, window: int, k: int, seed: int
) -> None:
    clauses = data.draw(clauses_of(corpus, 3))
    places = hits(corpus, clauses, window).places
    with opened(corpus) as index:
        found = index.documents(clauses, window=window, k=k, max_tokens=100, seed=seed)
        again = index.documents(clauses, window=window, k=k, max_tokens=100, seed=seed)
    assert found == again
    drawn = {(extract.number, extract.hit) for extract in found}
    assert len(drawn) == len(found) == min(k, len(places))
    assert drawn <= places
    for extract in found:
        assert shown(extract) == corpus.extract(extract.number, extract.hit, 100)


@SETTINGS
@given(
    corpora(),
    st.data(),
    st.integers(1, 3),
    st.none() | st.integers(1, 4),
    st.none() | st.integers(1, 2),
)
def test_attribution_gives_all_maximal_spans(
    opened: Opening,
    corpus: Corpus,
    data: st.DataObject,
    min_length: int,
    max_count: int | None,
    k: int | None,
) -> None:
    pieces = data.draw(st.lists(queries(corpus, 6), min_size=1, max_size=4))
    text = [token for piece in pieces for token in piece]
    delimiters = data.draw(st.sets(tokens(corpus.width), max_size=1))
    starts = data.draw(st.none() | st.sets(tokens(corpus.width), min_size=2))
    runs = {
        (i, j): naive.count(corpus.documents, text[i:j])
        for i in range(len(text))
        for j in range(i + min_length, len(text) + 1)
        if not delimiters & set(text[i : j - 1])
        and (starts is None or (text[i] in starts and (j == len(text) or text[j] in starts)))
    }
    runs = {run: n for run, n in runs.items() if 0 < n <= (max_count or n)}
    maximal = [
        (i, j, n)
        for (i, j), n in sorted(runs.items())
        if not any(a <= i and j <= b for a, b in runs.keys() - {(i, j)})
    ]
    with opened(corpus) as index:
        found = index.attribute_ids(
            text,
            min_length=min_length,
            max_count=max_count,
            delimiters=delimiters,
            starts=starts,
            k=k,
        )
        assert [(span.start, span.end, span.count) for span in found] == maximal
        for span in found:
            part = text[span.start : span.end]
            assert len(set(span.places)) == len(span.places) == min(span.count, k or span.count)
            for s, pointer in span.places:
                around = index.document_by_pointer(s, pointer, max_tokens=1000)
                assert around.hit in naive.positions(
                    corpus.lying(list(around.token_ids)), corpus.lying(part)
                )


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
