"""How far probabilities can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

N_BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Claims of like probability."""

    p_wrong: float
    """Mean probability that they are wrong."""

    share_wrong: float
    """How many are."""

    n_claims: int
    """Claims in the bin."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """A reliability diagram in numbers."""

    bins: tuple[Bin, ...]
    """Bins of equal width that hold claims, in order."""

    calibration_error: float
    """Mean distance of probability and share, weighted by claims (Naeini et al., 2015)."""

    auroc: float
    """Probability that a wrong claim is given the greater probability; 0.5 is chance."""

    n_claims: int
    """Claims."""


def reliability(p_wrong: NDArray[np.float64], is_wrong: NDArray[np.bool_]) -> Reliability:
    """Return the reliability of probabilities.

    Parameters
    ----------
    p_wrong : ndarray of shape (n,)
        Probabilities in [0, 1].
    is_wrong : ndarray of shape (n,), bool
        Labels.

    Examples
    --------
    >>> found = reliability(np.array([0.0, 1.0]), np.array([False, True]))
    >>> found.calibration_error, found.auroc
    (0.0, 1.0)
    """
    number = np.minimum((p_wrong * N_BINS).astype(int), N_BINS - 1)
    bins = []
    error = 0.0
    for i in range(N_BINS):
        inside = number == i
        n_inside = int(inside.sum())
        if n_inside:
            given, seen = float(p_wrong[inside].mean()), float(is_wrong[inside].mean())
            bins.append(Bin(given, seen, n_inside))
            error += n_inside / len(p_wrong) * abs(given - seen)
    return Reliability(tuple(bins), error, auroc(p_wrong, is_wrong), len(p_wrong))


def auroc(scores: NDArray[np.float64], is_wrong: NDArray[np.bool_]) -> float:
    """Return the area under the ROC curve, ties counted half; 0.5 where a label is missing.

    Examples
    --------
    >>> auroc(np.array([1.0, 1.0, 2.0]), np.array([False, True, True]))
    0.75
    """
    wrong, right = scores[is_wrong], np.sort(scores[~is_wrong])
    if not (len(wrong) and len(right)):
        return 0.5
    below = np.searchsorted(right, wrong, "left")
    level = np.searchsorted(right, wrong, "right") - below
    return float((below + level / 2).mean() / len(right))
