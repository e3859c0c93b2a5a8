"""From features of labelled claims to the stages of the calibrated rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quco.calibration.fitting import (
    Curve,
    Floats,
    fit_boosting,
    fit_curve,
    fit_line,
    sigmoid_curve,
)
from quco.calibration.labels import LabelledClaim
from quco.verdict.calibrated import Stage
from quco.verdict.claims import DIRECTIONS, FEATURES
from quco.verdict.trees import Boosting, Ensemble

Bools = NDArray[np.bool_]

N_FOLDS = 5
"""For groups of claims."""

RELATION_FOLDS = 24
"""For relations, which are few: each is judged by models that saw nearly all of the others."""

LEAST_CLAIMS = 50
"""For a stage of its own."""

_DECIMALS = 4
_ASSOCIATION = "association"
_ASSOCIATION_SHARE = 0.5
"""Of what association says alone, as the trees see it too."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of some claims, in their order."""

    is_wrong: Bools
    """Whether each is wrong."""

    weights: Floats
    """Importance of each."""

    is_main: Bools
    """Whether it is of the labels that the thresholds are for."""

    groups: list[str]
    """Claims of one group are never both fitted on and judged."""

    def of(self, rows: Sequence[int]) -> Labels:
        """Return the labels of the claims with these numbers."""
        return Labels(
            self.is_wrong[list(rows)],
            self.weights[list(rows)],
            self.is_main[list(rows)],
            [self.groups[i] for i in rows],
        )

    def at_even_odds(self) -> Labels:
        """Return the labels with weights by which as many claims are right as wrong."""
        wrong = float(self.weights[self.is_wrong].sum())
        right = float(self.weights.sum()) - wrong
        scale = np.where(self.is_wrong, right, wrong) / (right + wrong) * 2
        return replace(self, weights=self.weights * scale)

    @property
    def suffice(self) -> bool:
        """Whether a stage can be fitted on these."""
        return len(self.is_wrong) >= LEAST_CLAIMS and 0 < self.is_wrong.sum() < len(self.is_wrong)


@dataclass(frozen=True, slots=True)
class FittedStage:
    """A stage with what it says of claims that it was not fitted on."""

    stage: Stage
    """As fitted on all."""

    p_wrong: Floats
    """Probability of each main claim."""

    labels: Bools
    """Whether these are wrong."""


def labels_of(claims: Sequence[LabelledClaim]) -> Labels:
    """Return the labels of claims."""
    return Labels(
        np.array([claim.is_wrong for claim in claims]),
        np.array([claim.weight for claim in claims]),
        np.array([not claim.is_auxiliary for claim in claims]),
        [claim.group for claim in claims],
    )


def folds(groups: Sequence[str], n_folds: int = N_FOLDS) -> Iterator[tuple[list[int], list[int]]]:
    """Yield (fitted on, judged) so that no group is in both; the folds are of like size."""
    sizes: dict[str, int] = {}
    for group in groups:
        sizes[group] = sizes.get(group, 0) + 1
    load = [0] * n_folds
    fold_of: dict[str, int] = {}
    for group, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        smallest = load.index(min(load))
        fold_of[group] = smallest
        load[smallest] += size
    for fold in range(n_folds):
        held = [i for i, group in enumerate(groups) if fold_of[group] == fold]
        if held and len(held) < len(groups):
            yield [i for i, group in enumerate(groups) if fold_of[group] != fold], held


def fit_unknown(
    table: Floats,
    data: Labels,
    features: Sequence[str],
    false_alarms: float,
    *,
    even_odds: bool = False,
) -> tuple[FittedStage, FittedStage | None]:
    """Fit the stages of relations that were not labelled: heads with a document, and without.

    With `even_odds` the probabilities are for texts with as many right claims as wrong ones,
    whatever the labels' share, so that those of both stages can be compared.

    Where no document is about the head, association alone is looked at. Where too few right claims
    are about such heads, these have no threshold of their own: they are called where they are more
    likely wrong than right, and every source is counted.
    """
    described = table[:, FEATURES.index("has_own_document")] > 0
    near, far = np.flatnonzero(described).tolist(), np.flatnonzero(~described).tolist()
    of_near, of_far = data.of(near), data.of(far)
    if not (_ASSOCIATION in features and of_near.suffice and of_far.suffice):
        return fit_stage(table, data, features, false_alarms, RELATION_FOLDS), None
    if even_odds:
        of_near, of_far = of_near.at_even_odds(), of_far.at_even_odds()
    is_enough = (of_far.is_main & ~of_far.is_wrong).sum() >= LEAST_CLAIMS
    if not is_enough:
        of_far = replace(of_far, is_main=np.ones(len(far), bool))
    allowed = false_alarms if is_enough else None
    slope = _association(table, data)
    return (
        fit_stage(table[near], of_near, features, false_alarms, RELATION_FOLDS, association=slope),
        _fit_passing(table[far], of_far, allowed),
    )


def _association(table: Floats, data: Labels) -> float:
    """Return the log-odds that a unit of association adds to trees, by claims of other sources.

    Wrong claims that were made for the purpose meet their tails as seldom or as often as their
    makers chose; what models say wrong does not.
    """
    line = _line_of_others(table[:, FEATURES.index(_ASSOCIATION)], data)
    return 0.0 if line is None else round(min(0.0, _ASSOCIATION_SHARE * line[0]), _DECIMALS)


def _line_of_others(values: Floats, data: Labels) -> tuple[float, float] | None:
    """Return slope and intercept of the log-odds of claims of other sources, at even odds.

    None where there are too few.
    """
    others = np.flatnonzero(~data.is_main).tolist()
    given = data.of(others)
    if not given.suffice:
        return None
    return fit_line(values[others], given.is_wrong, given.at_even_odds().weights)


def _fit_passing(table: Floats, data: Labels, false_alarms: float | None) -> FittedStage:
    """Fit the stage that looks at association alone: two numbers, for which no folds are needed."""
    values = table[:, FEATURES.index(_ASSOCIATION)]
    slope, base = fit_line(values, data.is_wrong, data.weights)
    slope, base = round(min(0.0, slope), _DECIMALS), round(base, _DECIMALS)
    knots, curve = sigmoid_curve()
    p_wrong = np.interp(base + slope * values, knots, curve)
    stage = Stage(
        trees=Boosting(features=(), base=base, trees=(), depth=0),
        association=slope,
        log_odds=knots,
        p_wrong=curve,
        threshold=_threshold(p_wrong[data.is_main & ~data.is_wrong], false_alarms),
    )
    return FittedStage(stage, p_wrong[data.is_main], data.is_wrong[data.is_main])


def fit_stage(
    table: Floats,
    data: Labels,
    features: Sequence[str],
    false_alarms: float | None,
    n_folds: int = N_FOLDS,
    association: float = 0.0,
) -> FittedStage:
    """Fit trees, curve and threshold; the last two on what was judged across folds.

    Parameters
    ----------
    table : ndarray of shape (n_claims, len(FEATURES))
        Features of the claims.
    data : Labels
        Their labels.
    features : sequence of str
        Names of the features to use.
    false_alarms : float or None
        Share of the right claims that may be called UNSUPPORTED; None for a threshold of 0.5.
    n_folds : int, optional
        Folds by group.
    association : float, optional
        Log-odds that a unit of association adds to those of the trees.
    """
    given = table[:, [FEATURES.index(name) for name in features]]
    log_odds = np.zeros(len(given))
    for fitted_on, held in folds(data.groups, n_folds):
        trees = _fit_trees(given[fitted_on], data.of(fitted_on), features)
        log_odds[held] = Ensemble(trees, features)(given[held])
    log_odds += association * table[:, FEATURES.index(_ASSOCIATION)]
    knots, values = _curve(log_odds, data)
    p_wrong = np.interp(log_odds, knots, values)
    stage = Stage(
        trees=_fit_trees(given, data, features),
        association=association,
        log_odds=knots,
        p_wrong=values,
        threshold=_threshold(p_wrong[data.is_main & ~data.is_wrong], false_alarms),
    )
    return FittedStage(stage, p_wrong[data.is_main], data.is_wrong[data.is_main])


def _curve(log_odds: Floats, data: Labels) -> Curve:
    """Fit the calibration curve, where that can be on claims of other sources, at even odds.

    Claims that were made for the purpose are easier, and would make it too sure of others.
    """
    line = _line_of_others(log_odds, data)
    return sigmoid_curve(*line) if line else fit_curve(log_odds, data.is_wrong, data.weights)


def _fit_trees(rows: Floats, data: Labels, features: Sequence[str]) -> Boosting:
    return fit_boosting(rows, data.is_wrong, features, weights=data.weights, directions=DIRECTIONS)


def _threshold(p_wrong_of_right: Floats, false_alarms: float | None) -> float:
    """Return the least probability above which no more than this share of right claims lies."""
    ordered = np.sort(p_wrong_of_right)
    if false_alarms is None or not len(ordered):
        return 0.5
    place = min(len(ordered) - 1, int(np.ceil((1 - false_alarms) * len(ordered))) - 1)
    return float(ordered[max(place, 0)])
