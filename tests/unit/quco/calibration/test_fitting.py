"""What is fitted with scikit-learn reads the same without it."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from quco.calibration.fitting import (
    fit_boosting,
    fit_curve,
    fit_line,
    fit_patterns,
    sigmoid_curve,
)
from quco.calibration.reliability import auroc, reliability
from quco.calibration.stages import folds
from quco.verdict.trees import Boosting, Ensemble

NAMES = ("a", "b", "c", "d")


def made_up(n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    rows = rng.normal(size=(n, len(NAMES))).round(3)
    return rows, rows[:, 0] + rows[:, 1] * rows[:, 2] + rng.normal(size=n) > 0


def test_trees_rank_as_scikit_learn_s_do() -> None:
    rows, labels = made_up(600)
    ours = fit_boosting(rows[:300], labels[:300], NAMES, n_trees=60, seed=3)
    theirs = GradientBoostingClassifier(
        n_estimators=60,
        max_depth=3,
        learning_rate=0.08,
        min_samples_leaf=15,
        subsample=0.7,
        max_features=1,
        random_state=3,
    ).fit(rows[:300], labels[:300])
    again = Boosting.model_validate_json(ours.model_dump_json())
    found, expected = Ensemble(again, NAMES)(rows[300:]), theirs.decision_function(rows[300:])
    assert np.corrcoef(found, expected)[0, 1] > 0.9
    assert auroc(found, labels[300:]) > auroc(expected, labels[300:]) - 0.02


def test_rows_without_weight_have_no_say() -> None:
    rows, labels = made_up()
    weights = np.where(np.arange(300) < 200, 1.0, 0.0)
    flipped = np.where(weights > 0, labels, ~labels)
    first, second = (
        fit_boosting(rows, given, NAMES, weights=weights, n_trees=5) for given in (labels, flipped)
    )
    assert first == second
    assert fit_boosting(rows, flipped, NAMES, n_trees=5) != first


@given(st.lists(st.floats(-4, 4), min_size=3, max_size=3), st.floats(-4, 4), st.floats(0, 4))
def test_directions_are_kept(others: list[float], low: float, more: float) -> None:
    rising, falling = Ensemble(_directed(1), NAMES), Ensemble(_directed(-1), NAMES)
    pair = [[low, *others], [low + more, *others]]
    first, second = rising(pair)
    assert second >= first - 1e-3  # leaves and borders are rounded
    first, second = falling(pair)
    assert second <= first + 1e-3


@cache
def _directed(sign: int) -> Boosting:
    rows, labels = made_up()
    return fit_boosting(rows, labels, NAMES, directions={"a": sign}, n_trees=40)


def test_patterns_keep_what_tells_labels_apart() -> None:
    labels = np.array([True, False] * 30)
    features = [["any", "by" if label else "in", "the"] for label in labels]
    weights = fit_patterns(features, labels, np.ones(60), "any")
    assert weights["by"] > 1 > 0 > -1 > weights["in"]
    assert "the" not in weights
    assert "any" in weights


@given(st.lists(st.tuples(st.floats(-9, 9), st.booleans()), min_size=2, max_size=60))
def test_a_curve_rises_and_stays_a_probability(pairs: list[tuple[float, bool]]) -> None:
    knots, values = fit_curve(
        np.array([x for x, _ in pairs]), np.array([label for _, label in pairs])
    )
    assert list(knots) == sorted(knots)
    assert list(values) == sorted(values)
    assert 0 < values[0] <= values[-1] < 1


def test_a_curve_gives_back_the_shares_it_was_fitted_on() -> None:
    rng = np.random.default_rng(0)
    log_odds = rng.normal(scale=2, size=20_000)
    labels = rng.random(20_000) < 1 / (1 + np.exp(-3 * log_odds))
    knots, values = fit_curve(log_odds, labels)
    assert np.interp([-1, 0, 1], knots, values) == pytest.approx([0.047, 0.5, 0.953], abs=0.05)


@given(st.floats(0.1, 5), st.floats(-3, 3), st.floats(-10, 10))
def test_a_sigmoid_curve_is_the_logistic_function(slope: float, base: float, x: float) -> None:
    knots, values = sigmoid_curve(slope, base)
    exact = 1 / (1 + np.exp(-(base + slope * x)))
    expected = min(max(exact, values[0]), values[-1])
    assert np.interp(x, knots, values) == pytest.approx(expected, abs=2e-3)


def test_a_line_finds_the_log_odds_it_was_drawn_from() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=20_000)
    labels = rng.random(20_000) < 1 / (1 + np.exp(1 + 2 * x))
    assert fit_line(x, labels, np.ones(len(x))) == pytest.approx((-2, -1), abs=0.1)
    weights = np.where(labels, 2.0, 1.0)
    assert fit_line(x, labels, weights) == pytest.approx((-2, -1 + np.log(2)), abs=0.1)


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=40))
def test_auroc_is_scikit_learn_s(pairs: list[tuple[int, bool]]) -> None:
    scores = np.array([float(score) for score, _ in pairs])
    labels = np.array([label for _, label in pairs])
    if labels.all() or not labels.any():
        assert auroc(scores, labels) == 0.5
    else:
        assert auroc(scores, labels) == pytest.approx(roc_auc_score(labels, scores))


def test_reliability_by_hand() -> None:
    p = np.array([0.05, 0.05, 0.95, 1.0])
    found = reliability(p, np.array([False, True, True, True]))
    assert [(item.n_claims, item.share_wrong) for item in found.bins] == [(2, 0.5), (2, 1.0)]
    assert found.calibration_error == pytest.approx(0.5 * 0.45 + 0.5 * 0.025)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=50))
def test_folds_part_groups_and_miss_nothing(groups: list[str]) -> None:
    judged = []
    for fitted_on, held in folds(groups, 3):
        assert not {groups[i] for i in fitted_on} & {groups[i] for i in held}
        assert len(fitted_on) + len(held) == len(groups)
        judged += held
    if len(set(groups)) > 1:
        assert sorted(judged) == list(range(len(groups)))
