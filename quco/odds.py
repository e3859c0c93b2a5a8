"""Probabilities and their log-odds."""

from __future__ import annotations

import math

_MOST = 30.0
"""Beyond these log-odds a probability is 0 or 1 to thirteen places."""


def log_odds(p: float) -> float:
    """Return the logarithm of the odds of a probability, which is neither 0 nor 1.

    Examples
    --------
    >>> log_odds(0.5)
    0.0
    """
    return math.log(p / (1 - p))


def probability(log_odds: float) -> float:
    """Return the probability in (0, 1) that has these log-odds, or as good as has them.

    Examples
    --------
    >>> probability(0.0), probability(1e9) < 1
    (0.5, True)
    """
    return 1 / (1 + math.exp(-max(-_MOST, min(_MOST, log_odds))))
