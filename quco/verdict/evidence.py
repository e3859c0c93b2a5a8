"""What the corpus said of one claim, gathered before any rule looks at it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from quco.types import Evidence, Triplet


@dataclass(frozen=True, slots=True)
class ClaimEvidence:
    """What the corpus said of one claim."""

    triplet: Triplet
    """The claim."""

    n_tokens: int
    """Words in the corpus."""

    head_count: int
    """Occurrences of the head."""

    tail_count: int
    """Occurrences of the tail."""

    cooccurrence: int
    """How often they meet, counted up to the policy's `cooccurrence_at_least`."""

    window: int = 100
    """Words within which they meet."""

    head_names: tuple[str, ...] = ()
    """Surface variants of the head."""

    tail_names: tuple[str, ...] = ()
    """Surface variants of the tail."""

    together: tuple[Evidence, ...] = ()
    """Windows where they meet."""

    alone: tuple[Evidence, ...] = ()
    """Windows of the head, those of documents about it first."""

    word_counts: Mapping[str, int] = field(default_factory=dict)
    """Occurrences of the tail's words."""

    @property
    def expected(self) -> float:
        """Meetings expected if head and tail were strewn over the corpus independently."""
        anchor, other = sorted((self.head_count, self.tail_count))
        reach = other * (2 * self.window + 1) / max(self.n_tokens, 1)
        return anchor * -math.expm1(-reach)

    @property
    def npmi(self) -> float:
        """Normalised pointwise mutual information of the meetings, -1 where there are none.

        Bouma (2009), with the expectation of `expected`.
        """
        if not (self.cooccurrence and self.expected and self.n_tokens > self.cooccurrence):
            return -1.0
        surprise = -math.log(self.cooccurrence / self.n_tokens)
        return max(-1.0, min(1.0, math.log(self.cooccurrence / self.expected) / surprise))

    @property
    def log_likelihood_ratio(self) -> float:
        """Dunning's G² (1993) of the meetings, negative where they are fewer than expected."""
        trials = min(self.head_count, self.tail_count)
        if not trials:
            return 0.0
        hits = min(self.cooccurrence, trials)
        rate = min(max(self.expected / trials, 1e-12), 1 - 1e-12)
        ratio = 2 * (
            _log_likelihood(hits, trials, hits / trials) - _log_likelihood(hits, trials, rate)
        )
        return math.copysign(max(ratio, 0.0), hits - self.expected)


def _log_likelihood(hits: int, trials: int, rate: float) -> float:
    """Return the logarithm of the binomial likelihood, without its constant."""
    total = 0.0
    if hits:
        total += hits * math.log(rate)
    if trials > hits:
        total += (trials - hits) * math.log1p(-rate)
    return total
