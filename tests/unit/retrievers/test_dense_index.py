import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrievers import DenseOptions
from retrievers.dense_index import DenseIndex
from retrievers.encoder import normalised
from retrievers.errors import CollectionFormatError, QueryError

RNG = np.random.default_rng(5)
VECTORS = RNG.standard_normal((700, 24)).astype(np.float32) * RNG.uniform(0.5, 2, (700, 1))
VECTORS = VECTORS.astype(np.float32)
QUERIES = RNG.standard_normal((20, 24)).astype(np.float32)

EXACT = [DenseOptions("Flat"), DenseOptions("Flat", metric="inner_product")]
OTHERS = [
    DenseOptions("Flat", storage="float16"),
    DenseOptions("HNSW16", ef_construction=80),
    DenseOptions("HNSW16", storage="float16", metric="inner_product"),
    DenseOptions("IVF8,Flat", n_probe=6),
    DenseOptions("IVF8,Flat", storage="float16", n_probe=6),
    DenseOptions("IVF8,SQ8", n_probe=6),
]
every_kind = pytest.mark.parametrize("options", EXACT + OTHERS, ids=str)


def naive(vectors, query, options, rows=None):
    """All scores by numpy, best first."""
    if options.metric == "cosine":
        vectors, query = normalised(vectors), normalised(query.reshape(1, -1))[0]
    scores = vectors @ query
    rows = np.arange(len(vectors)) if rows is None else rows
    order = rows[np.argsort(-scores[rows], kind="stable")]
    return order, scores[order]


def search(index, query, k, mask=None):
    return index.search(index.prepared(query), k, mask)


@pytest.mark.parametrize("options", EXACT, ids=str)
def test_flat_equals_numpy(options):
    index = DenseIndex.build(VECTORS, encoder="e", options=options)

    for query in QUERIES:
        rows, scores = search(index, query, 10)
        order, values = naive(VECTORS, query, options)
        assert rows.tolist() == order[:10].tolist()
        np.testing.assert_allclose(scores, values[:10], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("options", OTHERS, ids=str)
def test_approximate_kinds_find_nearly_all(options):
    index = DenseIndex.build(VECTORS, encoder="e", options=options)

    hits = sum(
        len(set(search(index, q, 10)[0]) & set(naive(VECTORS, q, options)[0][:10])) for q in QUERIES
    )

    assert hits >= 0.9 * 10 * len(QUERIES)


@every_kind
def test_saved_and_opened_it_answers_the_same(tmp_path, options):
    built = DenseIndex.build(VECTORS, encoder="e", options=options)
    built.write(tmp_path)

    opened = DenseIndex.open(tmp_path, built.settings)

    assert (len(opened), opened.dimension, opened.encoder) == (700, 24, "e")
    assert opened.options == options
    for query in QUERIES[:5]:
        for mask in (None, np.arange(700) % 3 == 0):
            found, again = search(built, query, 7, mask), search(opened, query, 7, mask)
            assert found[0].tolist() == again[0].tolist()
            np.testing.assert_array_equal(found[1], again[1])
    np.testing.assert_array_equal(
        opened.vectors(np.array([3, 699])), built.vectors(np.array([3, 699]))
    )


@every_kind
def test_a_mask_is_kept_to_and_filled_up(options, monkeypatch):
    index = DenseIndex.build(VECTORS, encoder="e", options=options)
    mask = np.zeros(700, np.bool_)
    mask[RNG.choice(700, 40, replace=False)] = True

    for exact_up_to in (20_000, 0):  # compare the few that remain, or let FAISS select
        monkeypatch.setattr("retrievers.dense_index._EXACT_UP_TO", exact_up_to)
        for query in QUERIES[:5]:
            rows, scores = search(index, query, 30, mask)
            assert len(rows) == 30
            assert mask[rows].all()
            assert (np.diff(scores) <= 1e-6).all()


@every_kind
def test_k_beyond_all_gives_all(options):
    index = DenseIndex.build(VECTORS, encoder="e", options=options)

    rows, _ = search(index, QUERIES[0], 5000)

    assert sorted(rows.tolist()) == list(range(700))


@pytest.mark.parametrize("options", EXACT, ids=str)
@given(cut=st.integers(1, 699), seed=st.integers(0, 5), k=st.integers(1, 20))
def test_additions_are_found_as_if_built_in(options, cut, seed, k):
    whole = DenseIndex.build(VECTORS, encoder="e", options=options)
    middle = (cut + 700) // 2
    grown = DenseIndex.build(VECTORS[:cut], encoder="e", options=options)
    grown = grown.appended(VECTORS[cut:middle]).appended(VECTORS[middle:])
    mask = np.random.default_rng(seed).random(700) < 0.3

    for m in (None, mask):
        found, expected = search(grown, QUERIES[seed], k, m), search(whole, QUERIES[seed], k, m)
        assert found[0].tolist() == expected[0].tolist()
        np.testing.assert_allclose(found[1], expected[1], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(grown.vectors(np.arange(700)), whole.vectors(np.arange(700)))


def test_rebuilt_keeps_the_rows_asked_for():
    options = DenseOptions("HNSW16")
    index = DenseIndex.build(VECTORS[:600], encoder="e", options=options).appended(VECTORS[600:])
    rows = np.array([650, 3, 599, 77])

    small = index.rebuilt(rows)

    assert len(small) == 4
    assert not small.has_additions
    assert small.options == options
    np.testing.assert_allclose(small.vectors(np.arange(4)), index.vectors(rows), rtol=1e-6)


def test_scores_are_those_of_search():
    index = DenseIndex.build(VECTORS[:690], encoder="e").appended(VECTORS[690:])
    vector = index.prepared(QUERIES[0])

    rows, scores = index.search(vector, 700)

    np.testing.assert_allclose(index.scores(vector, rows), scores, atol=1e-5)


def test_too_few_vectors_for_the_factory_are_refused():
    with pytest.raises(QueryError, match=r"cannot build 'IVF64,Flat' for 10 vectors of 24"):
        DenseIndex.build(VECTORS[:10], encoder="e", options=DenseOptions("IVF64,Flat"))


def test_a_file_that_is_no_index_is_refused(tmp_path):
    (tmp_path / "vectors.faiss").write_bytes(b"no index" * 100)
    settings = DenseIndex.build(VECTORS, encoder="e").settings

    with pytest.raises(CollectionFormatError, match="cannot be read by FAISS"):
        DenseIndex.open(tmp_path, settings)


def test_another_dimension_is_refused(tmp_path):
    index = DenseIndex.build(VECTORS, encoder="e")
    index.write(tmp_path)

    with pytest.raises(CollectionFormatError, match="vectors of 24 numbers, the manifest says 384"):
        DenseIndex.open(tmp_path, {**index.settings, "dimension": 384})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"factory": "LSH"}, "got 'LSH'"),
        ({"factory": "flat"}, "got 'flat'"),
        ({"metric": "l2"}, "got 'l2'"),
        ({"storage": "int4"}, "got 'int4'"),
        ({"factory": "IVF8,SQ8", "storage": "float16"}, "sets its own storage"),
        ({"ef_search": 0}, "ef_search must be 1 or more, got 0"),
    ],
)
def test_impossible_options_are_refused(fields, message):
    with pytest.raises(QueryError, match=message):
        DenseOptions(**fields)


@pytest.mark.parametrize(
    ("n", "factory"),
    [
        (1, "Flat"),
        (100_000, "Flat"),
        (100_001, "HNSW32"),
        (10**6, "HNSW32"),
        (10**7, "IVF16384,Flat"),
    ],
)
def test_the_default_depends_on_the_size(n, factory):
    assert DenseOptions().factory_for(n) == factory
    assert "SQfp16" in DenseOptions(storage="float16").factory_for(n)
