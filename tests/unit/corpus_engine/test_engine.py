import itertools
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_engine import (
    CorpusIndex,
    Count,
    Document,
    EmptyQueryError,
    QueryError,
    TokenIdError,
    build_index,
)
from corpus_engine.analyzers import word
from corpus_engine.types import exact_count
from tests import naive_engine as naive

# Few words make repeats and overlaps; the others make every path of normalisation.
WORDS = st.sampled_from(["a", "a", "b", "B", "ab", "é", "e\u0301", "漢字", "9", "\x00", "😀", "-"])
TEXT = st.lists(WORDS, max_size=12).map(" ".join)
CORPUS = st.lists(TEXT, min_size=1, max_size=6)
QUERY = st.lists(st.sampled_from(["a", "b", "é", "漢", "zz", "9"]), min_size=1, max_size=3)
TERM = st.lists(QUERY.map(" ".join), min_size=1, max_size=3)
TRACED = st.lists(QUERY.map(" ".join), min_size=1, max_size=5).map(", ".join)
SETTINGS = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def open_corpus(folder: Path, texts: Sequence[str]) -> CorpusIndex:
    documents = [Document(f"d{i}", text, {"n": i}) for i, text in enumerate(texts)]
    build_index(documents, folder, overwrite=True)
    return CorpusIndex.open(folder)


@SETTINGS
@given(CORPUS, st.lists(QUERY.map(" ".join), min_size=1, max_size=8))
def test_counts_are_those_of_the_specification(
    tmp_path: Path, texts: list[str], queries: list[str]
) -> None:
    documents = [naive.words(text) for text in texts]
    expected = [Count(naive.count(documents, naive.words(q)), exact=True) for q in queries]
    with open_corpus(tmp_path / "index", texts) as index:
        assert [index.count(q) for q in queries] == expected
        assert index.count_many(queries) == expected
        assert index.n_tokens == sum(map(len, documents))
        assert index.n_documents == len(texts)


@SETTINGS
@given(CORPUS, TERM, TERM, st.integers(1, 12))
def test_cooccurrence_is_that_of_the_specification(
    tmp_path: Path, texts: list[str], a: list[str], b: list[str], window: int
) -> None:
    documents = [naive.words(text) for text in texts]
    variants = [[naive.words(v) for v in term] for term in (a, b)]
    hits, anchor, counts = naive.cooccurrence(documents, *variants, window)
    with open_corpus(tmp_path / "index", texts) as index:
        found = index.cooccurrence(a, b, window=window)
        assert (found.value, found.anchor, found.counts) == (hits, anchor, counts)
        assert found.exact
        assert index.count(a).value == counts[0]
        limited = index.cooccurrence(a, b, window=window, at_least=2)
        assert limited.value == min(hits, 2)
        assert limited.exact or limited.value == 2


@SETTINGS
@given(CORPUS, TERM, TERM, st.integers(1, 12))
def test_windows_show_both_terms_as_they_were_written(
    tmp_path: Path, texts: list[str], a: list[str], b: list[str], window: int
) -> None:
    with open_corpus(tmp_path / "index", texts) as index:
        found = index.windows(a, b, window=window, k=3)
        hits = index.cooccurrence(a, b, window=window).value
        assert len(found) == min(hits, 3)
        for evidence in found:
            start, end = evidence.document_span
            assert texts[evidence.metadata["n"]][start:end] == evidence.text
            assert evidence.document_id == f"d{evidence.metadata['n']}"
            assert evidence.distance <= window
            for span, term in ((evidence.a_span, a), (evidence.b_span, b)):
                shown = naive.words(evidence.text[slice(*span)])
                assert shown in [naive.words(variant) for variant in term]


@SETTINGS
@given(CORPUS, TRACED, st.integers(1, 3), st.none() | st.integers(0, 3), st.integers(0, 2))
def test_attribution_gives_the_maximal_spans_of_a_text(
    tmp_path: Path,
    texts: list[str],
    traced: str,
    min_length: int,
    max_count: int | None,
    k: int,
) -> None:
    documents = [naive.words(text) for text in texts]
    wanted = naive.words(traced)
    runs = {
        (i, j): naive.count(documents, wanted[i:j])
        for i, j in itertools.combinations(range(len(wanted) + 1), 2)
    }
    runs = {run: n for run, n in runs.items() if n and (max_count is None or n <= max_count)}
    maximal = [
        (i, j, n)
        for (i, j), n in runs.items()
        if j - i >= min_length and not any(a <= i and j <= b for a, b in runs.keys() - {(i, j)})
    ]
    with open_corpus(tmp_path / "index", texts) as index:
        found = index.attribute(traced, min_length=min_length, max_count=max_count, k=k)
    assert [(s.start, s.end, s.count) for s in found] == sorted(
        maximal, key=lambda span: (span[0] - span[1], span[2], span[0])
    )
    for span in found:
        part = wanted[span.start : span.end]
        assert span.text == traced[slice(*span.text_span)]
        assert naive.words(span.text) == part
        assert len(span.evidence) == min(k, span.count)
        for evidence in span.evidence:
            assert naive.words(evidence.text[slice(*evidence.a_span)]) == part


@SETTINGS
@given(CORPUS, QUERY.map(" ".join), st.integers(1, 4))
def test_continuations_are_what_follows_most_often(
    tmp_path: Path, texts: list[str], query: str, k: int
) -> None:
    words = naive.words(query)
    following = Counter(
        [*document, None][at + len(words)]
        for document in map(naive.words, texts)
        for at in naive.positions(document, words)
    )
    with open_corpus(tmp_path / "index", texts) as index:
        found = index.continuations(query, k=k)
    assert [one.count for one in found] == sorted(following.values(), reverse=True)[:k]
    for one in found:
        assert one.count == following[one.text]
        assert one.probability == one.count / following.total()
    assert len({one.text for one in found}) == len(found)


def test_words_of_two_units_count_as_one_step(tmp_path: Path) -> None:
    rare = [f"w{i}" for i in range(66_000)]
    near = ["start", *rare[-30:], "goal"]
    texts = [
        " ".join(rare[:-30] * 4),
        " ".join(near),
        " ".join(["goal", *rare[-3:], "start", "start"]),
    ]
    documents = [naive.words(text) for text in texts]
    with open_corpus(tmp_path / "index", texts) as index:
        assert index.n_tokens == sum(map(len, documents))
        queries = [("start", "goal"), ("start", "w65990"), ("w65999 goal", "w65971")]
        for (a, b), window in itertools.product(queries, [1, 5, 40]):
            expected = naive.cooccurrence(documents[1:], [a.split()], [b.split()], window)
            found = index.cooccurrence(a, b, window=window)
            assert (found.value, found.anchor, found.counts) == expected
        assert index.count("w65998 w65999").value == 2
        assert index.windows("start", "goal", window=40, k=1)[0].distance == 4


def test_both_plans_agree_on_frequent_terms(tmp_path: Path) -> None:
    import random

    chance = random.Random(5)
    texts = [" ".join(chance.choices("abcdefgh" * 9 + "xyz", k=400)) for _ in range(60)]
    documents = [text.split() for text in texts]
    with open_corpus(tmp_path / "index", texts) as index:
        for a, b, window in [("a", "b", 2), ("x", "y", 40), ("a b", "x", 7), ("x y", "a", 30)]:
            expected = naive.cooccurrence(documents, [a.split()], [b.split()], window)
            found = index.cooccurrence(a, b, window=window)
            assert (found.value, found.anchor, found.counts) == expected
            some = index.cooccurrence(a, b, window=window, at_least=3)
            assert some.value == min(3, found.value)


def test_a_single_term_is_shown_in_its_sentence(tmp_path: Path) -> None:
    text = "Nothing here. Ada Lovelace wrote the first program. More follows."
    with open_corpus(tmp_path / "index", [text, "ada lovelace"]) as index:
        first, second = index.windows("ADA LOVELACE", k=5)
        shown = {first.text: first, second.text: second}
        evidence = shown["Ada Lovelace wrote the first program."]
        assert evidence.text[slice(*evidence.a_span)] == "Ada Lovelace"
        assert evidence.b_span is None
        assert evidence.metadata == {"n": 0}


def test_terms_without_words_are_refused(tmp_path: Path) -> None:
    with open_corpus(tmp_path / "index", ["a b", ""]) as index:
        for call in (
            lambda: index.count("--"),
            lambda: index.count([]),
            lambda: index.count_many(["a", "!"]),
            lambda: index.cooccurrence("a", ["", "?"]),
            lambda: index.windows("…", "a"),
        ):
            with pytest.raises(EmptyQueryError, match="no words"):
                call()
        assert index.count(["--", "a"]).value == 1
        assert index.count_many([]) == []


@pytest.mark.parametrize(
    "call",
    [
        lambda index: index.cooccurrence("a", "b", window=0),
        lambda index: index.cooccurrence("a", "b", at_least=0),
        lambda index: index.windows("a", "b", window=-1),
        lambda index: index.windows("a", k=0),
    ],
)
def test_numbers_below_one_are_refused(tmp_path: Path, call) -> None:
    with (
        open_corpus(tmp_path / "index", ["a b"]) as index,
        pytest.raises(QueryError, match="at least 1"),
    ):
        call(index)


def test_tokens_can_be_counted_by_id(tmp_path: Path) -> None:
    with open_corpus(tmp_path / "index", ["a b a", "a"]) as index:
        assert index.count_ids([65535]).value == 2
        assert index.count_ids([]).value == 6
        assert index.count_ids([0]).value == 3
        assert index.count_ids([65535, 0]).value == 2
        assert [len(s) for s in index.find_ids([0, 1])] == [1]
        with pytest.raises(TokenIdError, match="0 to 65535"):
            index.count_ids([65536])
        with pytest.raises(TokenIdError, match="-1"):
            index.count_ids([-1])
        with pytest.raises(TokenIdError, match=r"are \[1, 70000\]"):
            index.count_ids_many([[0], [1, 70000]])
        assert index.count_ids_many([]) == []


def test_a_long_query_is_counted(tmp_path: Path) -> None:
    text = "tick tock " * 5000
    with open_corpus(tmp_path / "index", [text]) as index:
        assert index.count(text).value == 1
        assert index.count("tick tock " * 4000).value == 1001


def test_texts_are_counted_alike_however_they_are_written(tmp_path: Path) -> None:
    class Named(str):
        __slots__ = ()

    with open_corpus(tmp_path / "index", ["Zürich and Bern", "Bern"]) as index:
        texts = [
            "Bern",
            "BERN",
            "zürich",
            "ZU\u0308RICH",
            "Zürich\nand",
            "and\nbern",
            Named("bern"),
        ]
        expected = [2, 2, 1, 1, 1, 1, 2]
        assert [index.count(text).value for text in texts] == expected
        assert [count.value for count in index.count_many(texts)] == expected
        for text in texts:
            assert index.count_many([text, "\nbern\n"]) == [index.count(text), index.count("bern")]


@pytest.mark.parametrize("value", [0, 1, 1 << 15, 10**12])
def test_exact_counts_are_counts(value: int) -> None:
    count = exact_count(value)
    assert count == Count(value, exact=True)
    assert repr(count) == f"Count(value={value}, exact=True)"
    assert exact_count(value) == count


def test_counts_of_unseen_words_are_zero_and_exact(tmp_path: Path) -> None:
    with open_corpus(tmp_path / "index", ["a"]) as index:
        assert index.count("zebra") == Count(0, exact=True)
        assert index.cooccurrence("zebra", "a").value == 0
        assert word.words("zebra")


@pytest.mark.parametrize("analyzer", ["word", "byte"])
def test_long_texts_are_counted_like_short_ones(tmp_path: Path, analyzer: str) -> None:
    long = " ".join(f"w{i % 70}" for i in range(400))
    texts = [f"start {long} end", long, "w1 w2"]
    build_index(
        [Document(str(i), t) for i, t in enumerate(texts)], tmp_path / "i", analyzer=analyzer
    )
    with CorpusIndex.open(tmp_path / "i") as index:
        queries = [long, f"{long} end", f"{long} nowhere", "w1 w2", f"start {long}"]
        expected = [2, 1, 0, sum(t.count("w1 w2") for t in texts), 1]
        assert [index.count(q).value for q in queries] == expected
        assert [c.value for c in index.count_many(queries)] == expected
        found = index.cooccurrence(f"start {long}", "end", window=5000)
        assert (found.value, found.counts) == (1, (1, 1))


def test_a_closed_index_says_so(tmp_path: Path) -> None:
    index = open_corpus(tmp_path / "index", ["a b"])
    assert index.count("a").value == 1
    index.close()
    asked = [
        lambda: index.count("a"),
        lambda: index.count_many(["a"]),
        lambda: index.cooccurrence("a", "b"),
        lambda: index.count_ids([1]),
        lambda: index.ntd([1]),
        lambda: index.windows("a"),
        lambda: index.document(0),
        lambda: index.attribute("a b"),
    ]
    for ask in asked:
        with pytest.raises(QueryError, match="closed"):
            ask()


def test_threads_share_an_index(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    texts = [" ".join(f"w{i * j % 97}" for i in range(60)) for j in range(1, 60)]
    documents = [text.split() for text in texts]
    queries = [f"w{i}" for i in range(97)] + [f"w{i} w{2 * i % 97}" for i in range(97)]
    expected = [naive.count(documents, q.split()) for q in queries]
    with open_corpus(tmp_path / "index", texts) as index, ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            assert [c.value for c in pool.map(index.count, queries)] == expected
