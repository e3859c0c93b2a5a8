"""What the corpus said of one claim, gathered before any rule looks at it."""

from __future__ import annotations

from dataclasses import dataclass

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

    together: tuple[Evidence, ...] = ()
    """Windows where they meet."""
