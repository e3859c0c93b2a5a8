"""Small fitted pieces, as the rules read them: trees, sparse weights, a calibration curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from quco.errors import MissingExtraError
from quco.verdict.trees import Boosting, TreeTable

Floats = NDArray[np.float64]
Curve = tuple[tuple[float, ...], tuple[float, ...]]
"""Knots and values of a calibration curve."""

_DECIMALS = 4
_LEAST_WEIGHT = 0.03
_SUBSAMPLE = 0.7
_LEAST_CURVATURE = 1e-4
_LEAST_P, _MOST_P = 0.005, 0.995
_N_KNOTS = 41
_LEAST_SLOPE = 0.05


def require_sklearn() -> None:
    """Raise where scikit-learn is not installed.

    Raises
    ------
    MissingExtraError
        With the install command.
    """
    if find_spec("sklearn") is None:
        raise MissingExtraError("scikit-learn", "calibrate")


def fit_boosting(
    rows: Floats,
    labels: NDArray[np.bool_],
    names: Sequence[str],
    *,
    weights: Floats | None = None,
    directions: Mapping[str, int] | None = None,
    n_trees: int = 120,
    depth: int = 3,
    learning_rate: float = 0.08,
    least_leaf: int = 15,
    seed: int = 0,
) -> Boosting:
    """Fit gradient-boosted trees (Friedman, 2001) to binary labels.

    Each tree is fitted to the Newton steps of the logistic loss (Friedman, Hastie and Tibshirani,
    2000), so that its leaves are the steps themselves and keep to `directions`; scikit-learn's own
    boosting keeps to none, or has no public trees.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, len(names))
        Features.
    labels : ndarray of shape (n_rows,), bool
        Both values must occur.
    names : sequence of str
        Names of the features.
    weights : ndarray of shape (n_rows,), optional
        Importance of each row.
    directions : mapping from str to int, optional
        1 for a feature with which the log-odds may only rise, -1 for one with which they may only
        fall.
    """
    from sklearn.tree import DecisionTreeRegressor

    importance = np.ones(len(labels)) if weights is None else weights
    mean = float(np.average(labels, weights=importance))
    base = float(np.log(mean / (1 - mean)))
    order = np.random.default_rng(seed)
    log_odds = np.full(len(labels), base)
    trees = []
    for number in range(n_trees):
        p = 1 / (1 + np.exp(-log_odds))
        curvature = np.maximum(p * (1 - p), _LEAST_CURVATURE)
        drawn = order.permutation(len(labels))[: max(1, int(_SUBSAMPLE * len(labels)))]
        tree = DecisionTreeRegressor(
            max_depth=depth,
            min_samples_leaf=least_leaf,
            max_features=max(1, len(names) // 3),
            monotonic_cst=[(directions or {}).get(name, 0) for name in names],
            random_state=seed * n_trees + number,
        )
        step = (labels - p) / curvature
        tree.fit(rows[drawn], step[drawn], sample_weight=(importance * curvature)[drawn])
        log_odds += learning_rate * tree.predict(rows)
        trees.append(_table(tree.tree_, learning_rate))
    return Boosting(features=tuple(names), base=base, trees=tuple(trees), depth=depth)


def _table(tree: object, learning_rate: float) -> TreeTable:
    left, right, feature, threshold, value = (
        np.asarray(getattr(tree, name))
        for name in ("children_left", "children_right", "feature", "threshold", "value")
    )
    is_leaf = left < 0
    itself = np.arange(len(left))
    # A threshold is rounded up, so that a feature that equals it still goes left.
    scale = 10**_DECIMALS
    raised = np.ceil(np.where(is_leaf, 0.0, threshold) * scale) / scale
    leaf_value = np.where(is_leaf, value[:, 0, 0] * learning_rate, 0.0)
    return TreeTable(
        feature=tuple(np.where(is_leaf, 0, feature).tolist()),
        threshold=tuple(raised.tolist()),
        left=tuple(np.where(is_leaf, itself, left).tolist()),
        right=tuple(np.where(is_leaf, itself, right).tolist()),
        value=tuple(np.round(leaf_value, _DECIMALS + 1).tolist()),
    )


def fit_patterns(
    features: Sequence[Sequence[str]], labels: NDArray[np.bool_], weights: Floats, bias: str
) -> Mapping[str, float]:
    """Fit a logistic regression on named binary features; small weights are left out.

    Returns
    -------
    mapping from str to float
        Weight of each feature; that of `bias`, a feature of every row, is the intercept.
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = CountVectorizer(analyzer=_as_given, binary=True, min_df=2)
    table = vectorizer.fit_transform([[f for f in row if f != bias] for row in features])
    model = LogisticRegression(solver="liblinear").fit(table, labels, sample_weight=weights)
    found = dict(
        zip(vectorizer.get_feature_names_out().tolist(), model.coef_[0].tolist(), strict=True)
    )
    kept = {name: round(w, 3) for name, w in sorted(found.items()) if abs(w) >= _LEAST_WEIGHT}
    return {bias: round(float(model.intercept_[0]), 3), **kept}


def _as_given(row: Sequence[str]) -> Sequence[str]:
    return row


def fit_curve(log_odds: Floats, labels: NDArray[np.bool_], weights: Floats | None = None) -> Curve:
    """Fit a calibration curve; return knots and values.

    Isotonic regression (Zadrozny and Elkan, 2002) gives steps; here each step is a knot at the
    mean of its log-odds (Oron and Flournoy, 2017), so that claims on one step keep their order.
    """
    from sklearn.isotonic import IsotonicRegression

    log_odds = np.round(log_odds, _DECIMALS)  # so that no two are too close to interpolate
    model = IsotonicRegression(y_min=_LEAST_P, y_max=_MOST_P)
    fitted = model.fit_transform(log_odds, labels.astype(float), sample_weight=weights)
    values = np.unique(fitted)
    knots = np.array([log_odds[fitted == value].mean() for value in values])
    return _rounded(knots), _rounded(values)


def fit_line(values: Floats, labels: NDArray[np.bool_], weights: Floats) -> tuple[float, float]:
    """Fit a logistic regression on one column; return slope and intercept of the log-odds."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit(values[:, None], labels, sample_weight=weights)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def sigmoid_curve(slope: float = 1.0, intercept: float = 0.0) -> Curve:
    """Return knots and values of the logistic function of `intercept` + `slope` × log-odds.

    Platt (1999) calibrates by two numbers, which few labels suffice for. Between knots the curve
    is off by less than 0.002.
    """
    ends = np.log(_MOST_P / _LEAST_P)
    values = 1 / (1 + np.exp(-np.linspace(-ends, ends, _N_KNOTS)))
    knots = (np.linspace(-ends, ends, _N_KNOTS) - intercept) / max(slope, _LEAST_SLOPE)
    return _rounded(knots), _rounded(values)


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(np.round(values, _DECIMALS).tolist())
