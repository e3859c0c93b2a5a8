import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrievers import BM25Options, Passage
from retrievers.bm25_index import BM25Index, top
from retrievers.errors import CollectionFormatError, QueryError
from retrievers.tokens import WordAnalyzer

PLAIN = WordAnalyzer(language="", stopwords=False)


def naive_bm25(passages, query, options):
    """Lucene's BM25, term by term; repeated words of the query count repeatedly."""
    bags = [Counter(options.terms(p)) for p in passages]
    mean = sum(sum(bag.values()) for bag in bags) / len(bags)
    scores = []
    for bag in bags:
        score = 0.0
        for term in options.analyzer(query):
            if bag[term]:
                df = sum(1 for other in bags if other[term])
                idf = math.log(1 + (len(bags) - df + 0.5) / (df + 0.5))
                norm = options.k1 * (1 - options.b + options.b * sum(bag.values()) / mean)
                score += idf * bag[term] / (bag[term] + norm)
        scores.append(score)
    return scores


words = st.lists(st.sampled_from("ant bee cat dog eel".split()), max_size=8).map(" ".join)


@given(
    titles=st.lists(words, min_size=1, max_size=7),
    texts=st.lists(words, min_size=7, max_size=7),
    query=words,
    k1=st.sampled_from([0.0, 0.9, 1.2]),
    b=st.sampled_from([0.0, 0.4, 1.0]),
    title_weight=st.integers(0, 3),
)
def test_scores_equal_the_formula(titles, texts, query, k1, b, title_weight):
    options = BM25Options(k1, b, title_weight, PLAIN)
    passages = [Passage(f"p{i}", t, texts[i]) for i, t in enumerate(titles)]

    index = BM25Index.build(passages, options=options)

    expected = naive_bm25(passages, query, options)
    np.testing.assert_allclose(index.scores(query), expected, rtol=1e-5, atol=1e-6)
    rows, scores = index.search(query, 3)
    order = [i for i in np.argsort(-index.scores(query), kind="stable") if expected[i] > 0]
    assert rows.tolist() == order[:3]
    np.testing.assert_array_equal(scores, index.scores(query)[rows])


def test_only_rows_under_the_mask_are_found(passages):
    index = BM25Index.build(passages)

    rows, _ = index.search("capital river", 9, np.array([True, False, True, True, True, True]))

    assert rows.tolist() == [0, 2]


def test_rows_that_are_left_out_count_for_nothing(passages):
    rows = np.array([1, 3, 4])

    part = BM25Index.build([passages[r] for r in rows], rows=rows, n_rows=6)
    alone = BM25Index.build([passages[r] for r in rows])

    assert len(part) == 6
    scores = part.scores("capital of Polonium")
    np.testing.assert_array_equal(scores[rows], alone.scores("capital of Polonium"))
    assert scores[[0, 2, 5]].tolist() == [0, 0, 0]


@given(
    scores=st.lists(
        st.sampled_from([0.0, 0.5, 1.0, 2.0]) | st.floats(0, 3, width=32), max_size=400
    ),
    k=st.integers(1, 12),
)
def test_top_equals_sorting(scores, k):
    values = np.array(scores, np.float32)

    rows, found = top(values, k)

    least = np.finfo(np.float32).tiny
    order = sorted((i for i in range(len(scores)) if values[i] >= least), key=lambda i: -values[i])
    assert rows.tolist() == order[:k]
    assert found.tolist() == values[order[:k]].tolist()


def test_saved_and_opened_it_scores_the_same(tmp_path, passages):
    index = BM25Index.build(passages, options=BM25Options(0.9, 0.4, 2, WordAnalyzer("german")))
    index.write(tmp_path)

    opened = BM25Index.open(tmp_path, index.settings)

    assert opened.options == index.options
    assert isinstance(opened._matrix.data.base, np.memmap)
    for query in ("river Danube", "Übermut", "nothing of the kind"):
        np.testing.assert_array_equal(opened.scores(query), index.scores(query))


def test_vocabulary_of_another_index_is_refused(tmp_path, passages):
    index = BM25Index.build(passages)
    index.write(tmp_path)
    (tmp_path / "vocabulary.json").write_text('["", "river"]')

    with pytest.raises(CollectionFormatError, match="2 terms but"):
        BM25Index.open(tmp_path, index.settings)


@pytest.mark.parametrize("fields", [{"k1": -1}, {"b": 1.1}, {"title_weight": -1}])
def test_impossible_options_are_refused(fields):
    with pytest.raises(QueryError, match="are needed, got"):
        BM25Options(**fields)


def test_a_query_of_100_kilobytes_is_answered(passages):
    index = BM25Index.build(passages)
    query = "river danube polonium " * 5000

    rows, scores = index.search(query, 3)

    assert set(rows.tolist()) <= {0, 2, 4}
    np.testing.assert_allclose(scores, np.sort(index.scores(query))[::-1][:3])
    assert scores[0] == pytest.approx(
        5000 * index.scores("river danube polonium")[rows[0]], rel=1e-4
    )
