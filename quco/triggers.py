"""Stage one: are the entities of a question too rare for a model to know them by heart?

QuCo-RAG (arXiv 2512.19134, section 3.2) retrieves where their mean count is below a threshold. A
count means nothing without the size of the corpus, so the rules here compare rates.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from quco.odds import probability

PRIOR_TOKENS = 1_000_000
"""Words that the corpus is imagined to have besides its own, with no entity in them.

One occurrence in a corpus of 30,000 words is no proof of 33 in a million: the rate of a small
corpus is shrunk towards zero, that of a large one stays as it is.
"""


def rate_per_million(count: int, n_tokens: int) -> float:
    """Return the shrunken rate of an entity, in occurrences per million words.

    Parameters
    ----------
    count : int
        Occurrences, at least 0.
    n_tokens : int
        Words in the corpus, at least 0.

    Examples
    --------
    >>> rate_per_million(1, 30_000)
    0.970...
    >>> rate_per_million(1_000_000, 4_000_000_000_000)
    0.249...
    """
    return count * 1e6 / (n_tokens + PRIOR_TOKENS)


@dataclass(frozen=True, slots=True)
class Rarity:
    """What a question rule found."""

    rare: bool
    """Whether to retrieve before generation."""

    reason: str
    """One line for people."""


@runtime_checkable
class QuestionRule(Protocol):
    """Decides from the counts of a question's entities."""

    def judge(self, counts: Sequence[int], n_tokens: int) -> Rarity:
        """Return whether entities with these counts (at least one) are rare."""
        ...


@dataclass(frozen=True, slots=True)
class MeanRate:
    """The paper's rule: the mean count of the entities is below a threshold, as a rate."""

    threshold_per_million: float
    """Rare below this many occurrences in a million words."""

    def judge(self, counts: Sequence[int], n_tokens: int) -> Rarity:
        """Return whether entities with these counts (at least one) are rare."""
        mean = sum(rate_per_million(count, n_tokens) for count in counts) / len(counts)
        return _compare("mean", mean, self.threshold_per_million)


@dataclass(frozen=True, slots=True)
class MinRate:
    """The rarest entity decides."""

    threshold_per_million: float
    """Rare below this many occurrences in a million words."""

    def judge(self, counts: Sequence[int], n_tokens: int) -> Rarity:
        """Return whether entities with these counts (at least one) are rare."""
        least = min(rate_per_million(count, n_tokens) for count in counts)
        return _compare("least", least, self.threshold_per_million)


@dataclass(frozen=True, slots=True)
class CalibratedRarity:
    """A logistic curve over the rates of the entities, fitted on labelled questions."""

    intercept: float
    """Log-odds where all weights meet 0."""

    mean_weight: float
    """Of the logarithm of the mean rate."""

    min_weight: float
    """Of the logarithm of the least rate."""

    threshold: float = 0.5
    """Rare where the probability that retrieval is needed is above this."""

    def probability(self, counts: Sequence[int], n_tokens: int) -> float:
        """Return the probability in [0, 1] that the question needs retrieval."""
        mean, least = rarity_features(counts, n_tokens)
        return probability(self.intercept + self.mean_weight * mean + self.min_weight * least)

    def judge(self, counts: Sequence[int], n_tokens: int) -> Rarity:
        """Return whether entities with these counts (at least one) are rare."""
        p = self.probability(counts, n_tokens)
        rare = p > self.threshold
        sign = "above" if rare else "not above"
        return Rarity(
            rare, f"retrieval is needed with probability {p:.2f}, {sign} {self.threshold:g}"
        )


LEAST_RATE = 0.01
"""Added to a rate, so that an absent entity has a logarithm."""


def rarity_features(counts: Sequence[int], n_tokens: int) -> tuple[float, float]:
    """Return the decimal logarithms of the mean and of the least rate of some entities.

    Examples
    --------
    >>> rarity_features([0, 0], 10_000)
    (-2.0, -2.0)
    """
    rates = [rate_per_million(count, n_tokens) for count in counts]
    mean, least = sum(rates) / len(rates), min(rates)
    return math.log10(mean + LEAST_RATE), math.log10(least + LEAST_RATE)


def _compare(what: str, rate: float, threshold: float) -> Rarity:
    rare = rate < threshold
    sign = "below" if rare else "not below"
    return Rarity(
        rare, f"{what} rate of the entities is {rate:.3g} per million words, {sign} {threshold:g}"
    )
