"""How sure a mean, and a difference between two methods on the same questions, is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = Sequence[float] | NDArray[np.float64]
"""One score a question."""

_BLOCK = 1000
"""Resamples at once; bounds the memory."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its bootstrap interval."""

    mean: float
    """The mean."""

    low: float
    """Lower end."""

    high: float
    """Upper end."""


def bootstrap(
    scores: Scores, *, confidence: float = 0.95, n: int = 10_000, seed: int = 0
) -> Interval:
    """Return the mean of scores with its percentile bootstrap interval (Efron 1979).

    For two methods on the same questions give the differences: that is the paired bootstrap.

    Parameters
    ----------
    scores : sequence of float
        One a question; at least one.
    confidence : float
        Share of the resamples inside the interval, in (0, 1).
    n : int
        Resamples.
    seed : int
        Of the generator.

    Examples
    --------
    >>> bootstrap([1.0, 1.0, 1.0])
    Interval(mean=1.0, low=1.0, high=1.0)
    """
    values = np.asarray(scores, dtype=np.float64)
    random = np.random.default_rng(seed)
    means = np.concatenate(
        [
            values[random.integers(0, len(values), (min(_BLOCK, n - done), len(values)))].mean(1)
            for done in range(0, n, _BLOCK)
        ]
    )
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(values.mean()), float(low), float(high))


def randomization_p(a: Scores, b: Scores, *, n: int = 10_000, seed: int = 0) -> float:
    """Return the two-sided p-value that two methods differ on the same questions.

    Paired randomization test (Noreen 1989): under the null hypothesis the two scores of a question
    may be exchanged. The observed difference counts as one of the draws, so that the value is
    never 0.

    Parameters
    ----------
    a, b : sequence of float
        Scores of the same questions in the same order.
    n : int
        Random exchanges.
    seed : int
        Of the generator.

    Raises
    ------
    ValueError
        If the lengths differ.

    Examples
    --------
    >>> randomization_p([1, 0, 1], [1, 0, 1])
    1.0
    """
    if len(a) != len(b):
        raise ValueError(f"{len(a)} scores against {len(b)}; they must be of the same questions")
    differences = np.asarray(a, dtype=np.float64) - np.asarray(b, dtype=np.float64)
    differing = differences[differences != 0]
    if not len(differing):
        return 1.0
    random = np.random.default_rng(seed)
    observed = abs(differing.sum())
    as_great = 0
    for done in range(0, n, _BLOCK):
        signs = random.choice((-1.0, 1.0), (min(_BLOCK, n - done), len(differing)))
        as_great += int((np.abs(signs @ differing) >= observed - 1e-9).sum())
    return (as_great + 1) / (n + 1)
