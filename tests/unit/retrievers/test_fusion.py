import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrievers import HybridOptions
from retrievers.errors import QueryError
from retrievers.fusion import reciprocal_rank, weighted


@given(
    rankings=st.lists(st.lists(st.integers(0, 9), unique=True, max_size=6), min_size=1, max_size=3),
    constant=st.integers(1, 60),
)
def test_reciprocal_rank_equals_the_formula(rankings, constant):
    weights = [1.0, 0.5, 2.0][: len(rankings)]

    fused = reciprocal_rank(rankings, weights, constant)

    for key, score in fused:
        parts = (
            w / (constant + r.index(key) + 1)
            for r, w in zip(rankings, weights, strict=True)
            if key in r
        )
        assert score == pytest.approx(sum(parts))
    assert {key for key, _ in fused} == {key for ranking in rankings for key in ranking}
    assert [score for _, score in fused] == sorted((s for _, s in fused), reverse=True)


def test_weighted_adds_relative_scores():
    fused = weighted(np.float32([0.9, 0.45, 0.0]), np.float32([0.0, 4.0, 8.0]), 0.25)

    np.testing.assert_allclose(fused, [0.25, 0.5, 0.75])


@pytest.mark.parametrize("best", [0.0, -0.5])
def test_without_a_positive_score_nothing_is_scaled(best):
    fused = weighted(np.float32([best, -1.0]), np.float32([0.0, 0.0]), 0.5)

    np.testing.assert_allclose(fused, [best / 2, -0.5])


@pytest.mark.parametrize(
    "fields", [{"fusion": "sum"}, {"dense_weight": 1.5}, {"depth": 0}, {"constant": -1}]
)
def test_impossible_options_are_refused(fields):
    with pytest.raises(QueryError, match="got"):
        HybridOptions(**fields)
