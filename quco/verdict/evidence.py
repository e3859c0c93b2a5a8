"""What the corpus said of one claim, gathered before any rule looks at it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from quco.types import Evidence, Triplet

NEAR = 20
"""Words within which a single word is said of a head: about a sentence."""


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

    near_words: Mapping[str, int] = field(default_factory=dict)
    """How often the head stands within `NEAR` words of words of a tail that the corpus does not
    hold as written; counted as `cooccurrence` is."""

    @property
    def expected(self) -> float:
        """Meetings expected if head and tail were strewn over the corpus independently."""
        return self._expected(self.tail_count, self.window)

    def _expected(self, count: int, window: int) -> float:
        anchor, other = sorted((self.head_count, count))
        reach = other * (2 * window + 1) / max(self.n_tokens, 1)
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
        return _log_likelihood_ratio(self.cooccurrence, trials, self.expected)

    @property
    def association(self) -> float:
        """How far the meetings are from chance: the signed logarithm of 1 + |G²|.

        For a tail that the corpus does not hold as written ("the cable network HBO"), the mean over
        `near_words`; 0 where there are none.
        """
        if self.tail_count or not self.near_words:
            return signed_log(self.log_likelihood_ratio)
        counts = self.word_counts
        found = [
            signed_log(
                _log_likelihood_ratio(
                    meetings,
                    min(self.head_count, counts.get(word, 0)),
                    self._expected(counts.get(word, 0), NEAR),
                )
            )
            for word, meetings in self.near_words.items()
        ]
        return sum(found) / len(found)


def signed_log(value: float) -> float:
    """Return the logarithm of 1 + |value|, with the value's sign."""
    return math.copysign(math.log1p(abs(value)), value)


def _log_likelihood_ratio(meetings: int, trials: int, expected: float) -> float:
    if not trials:
        return 0.0
    hits = min(meetings, trials)
    rate = min(max(expected / trials, 1e-12), 1 - 1e-12)
    ratio = 2 * (_log_likelihood(hits, trials, hits / trials) - _log_likelihood(hits, trials, rate))
    return math.copysign(max(ratio, 0.0), hits - expected)


def _log_likelihood(hits: int, trials: int, rate: float) -> float:
    """Return the logarithm of the binomial likelihood, without its constant."""
    total = 0.0
    if hits:
        total += hits * math.log(rate)
    if trials > hits:
        total += (trials - hits) * math.log1p(-rate)
    return total
