"""Intervals and tests against exhaustive enumeration; AUROC against its definition."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import (
    auroc,
    bootstrap,
    contains_answer,
    label_accuracy,
    randomization_p,
    trigger_quality,
)


def test_the_interval_covers_the_mean_as_often_as_it_says() -> None:
    random = np.random.default_rng(1)
    samples = random.binomial(1, 0.3, (300, 60)).astype(float)
    found = [bootstrap(row, n=500) for row in samples]
    covered = np.mean([one.low <= 0.3 <= one.high for one in found])
    assert 0.90 <= covered <= 0.99


def test_the_p_value_is_that_of_all_exchanges() -> None:
    a, b = [1, 1, 1, 0, 1, 1, 0, 1], [0, 0, 1, 1, 0, 0, 0, 0]
    differences = np.array(a) - np.array(b)
    observed = abs(differences.sum())
    signs = np.array(list(product((-1, 1), repeat=len(a))))
    exact = np.mean(np.abs(signs @ differences) >= observed)
    assert randomization_p(a, b, n=20_000) == pytest.approx(exact, abs=0.01)
    assert randomization_p(b, a, n=20_000) == pytest.approx(exact, abs=0.01)


def test_scores_of_other_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="2 scores against 1"):
        randomization_p([1, 0], [1])


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4)), min_size=1, max_size=30))
def test_auroc_is_the_chance_of_the_right_order(pairs: list[tuple[bool, int]]) -> None:
    positive = [score for label, score in pairs if label]
    negative = [score for label, score in pairs if not label]
    found = auroc([label for label, _ in pairs], [score for _, score in pairs])
    if not (positive and negative):
        assert found is None
        return
    wins = [(p > n) + (p == n) / 2 for p in positive for n in negative]
    assert found == pytest.approx(np.mean(wins))


def test_trigger_quality_without_a_trigger() -> None:
    found = trigger_quality([True, False], [False, False], [0, 0])
    assert (found.precision, found.recall, found.auroc) == (None, 0.0, 0.5)


def test_accuracy() -> None:
    assert label_accuracy("maybe", ["maybe"])
    assert not label_accuracy("no", ["yes"])
    assert not label_accuracy("", ["yes"])
    assert contains_answer("born in New York City", ["New York"])
    assert not contains_answer("Yorkshire", ["York"])
    assert not contains_answer("anything", ["the"])
