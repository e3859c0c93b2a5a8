"""Fits stage one: which questions need retrieval, by the rarity of their entities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quco.calibration.fitting import Floats, require_sklearn
from quco.calibration.reliability import Reliability, reliability
from quco.errors import InputError
from quco.triggers import CalibratedRarity, rarity_features
from quco.verdict.policy import RarityOptions

LEAST_QUESTIONS = 20
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question of which it is known whether the model needs passages for it."""

    counts: tuple[int, ...]
    """Occurrences of its entities, at least one."""

    n_tokens: int
    """Words in the corpus."""

    needs_retrieval: bool
    """Whether the model's answer without passages was wrong."""


@dataclass(frozen=True, slots=True)
class FittedRarity:
    """A calibrated rule of stage one with what is known of its quality."""

    options: RarityOptions
    """For the policy."""

    reliability: Reliability
    """On questions that were not fitted on; "wrong" means that retrieval was needed."""


def fit_rarity(questions: Sequence[LabelledQuestion], *, n_folds: int = 5) -> FittedRarity:
    """Fit a logistic curve, and the threshold that separates the labels best.

    The threshold has the greatest sum of sensitivity and specificity (Youden, 1950).

    Raises
    ------
    InputError
        If there are fewer than `LEAST_QUESTIONS`, or `n_folds` of a label.
    MissingExtraError
        If scikit-learn is not installed.
    """
    require_sklearn()
    labels = np.array([question.needs_retrieval for question in questions], bool)
    n_needed = int(labels.sum())
    if len(labels) < LEAST_QUESTIONS or min(n_needed, len(labels) - n_needed) < n_folds:
        raise InputError(
            f"{n_needed} of {len(labels)} questions with entities need retrieval; expected at "
            f"least {LEAST_QUESTIONS} questions and {n_folds} of each label"
        )
    held_out = np.zeros(len(labels))
    for fold in range(n_folds):
        judged = np.arange(len(labels)) % n_folds == fold
        rule = _fit([q for q, out in zip(questions, judged, strict=True) if not out])
        held_out[judged] = [
            rule.probability(question.counts, question.n_tokens)
            for question, out in zip(questions, judged, strict=True)
            if out
        ]
    rule = _fit(questions)
    options = RarityOptions(
        intercept=round(rule.intercept, _DECIMALS),
        mean_weight=round(rule.mean_weight, _DECIMALS),
        min_weight=round(rule.min_weight, _DECIMALS),
        threshold=_best_threshold(held_out, labels),
    )
    return FittedRarity(options, reliability(held_out, labels))


def _fit(questions: Sequence[LabelledQuestion]) -> CalibratedRarity:
    from sklearn.linear_model import LogisticRegression

    rows = np.array([rarity_features(q.counts, q.n_tokens) for q in questions])
    labels = np.array([q.needs_retrieval for q in questions])
    model = LogisticRegression().fit(rows, labels)
    mean_weight, min_weight = model.coef_[0].tolist()
    return CalibratedRarity(float(model.intercept_[0]), mean_weight, min_weight)


def _best_threshold(p: Floats, labels: NDArray[np.bool_]) -> float:
    """Return the middle between the two probabilities that the best cut lies between."""
    ordered = np.unique(p)
    cuts = (ordered[:-1] + ordered[1:]) / 2 if len(ordered) > 1 else ordered
    gains = [(p[labels] > cut).mean() - (p[~labels] > cut).mean() for cut in cuts]
    return round(float(cuts[int(np.argmax(gains))]), _DECIMALS)
