"""Labelled claims, and what the corpus says of each."""

from __future__ import annotations

from dataclasses import dataclass

from quco.verdict.evidence import ClaimEvidence
from quco.verdict.relation import read_relation
from quco.verdict.scoring import phrase_key


@dataclass(frozen=True, slots=True)
class LabelledClaim:
    """A claim of which people say whether it is right."""

    evidence: ClaimEvidence
    """What the corpus says of it."""

    is_wrong: bool
    """The label."""

    group: str
    """Claims of one group (a question, a topic) are never both fitted on and judged."""

    relation: str = ""
    """Name of the relation where the labels have one; its patterns are learned by that name."""

    phrases: tuple[str, ...] = ()
    """Other wordings of the relation, such as the one that an extractor reads off a sentence."""

    is_random: bool = False
    """Whether a wrong tail was drawn from elsewhere; it teaches nothing of its surroundings."""

    is_auxiliary: bool = False
    """From another source: shapes the probability for relations that were not learned, but
    teaches nothing of slots and has no say in the thresholds."""

    weight: float = 1.0
    """Importance of the claim, where sources of unlike size are mixed."""

    def lexicon_keys(self) -> set[str]:
        """Return the keys under which the slot model should find the relation."""
        tail = self.evidence.triplet.tail or ""
        wordings = (self.relation or self.evidence.triplet.relation, *self.phrases)
        return {phrase_key(read_relation(text), tail) for text in wordings if text}
