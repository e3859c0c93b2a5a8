"""The features of a claim, from counts and from what its windows say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from quco.types import Evidence
from quco.verdict import overlap
from quco.verdict.evidence import ClaimEvidence, signed_log
from quco.verdict.prepared import PreparedClaim, prepare
from quco.verdict.reading import (
    DATE,
    GEO,
    HEAD,
    NAME,
    NUMBER,
    Reading,
    Word,
    granularity,
    placeholder,
)
from quco.verdict.relation import Relation
from quco.verdict.scoring import ScoredSlot, SlotScorer
from quco.verdict.vectors import WordVectors

COUNTS = (
    "head_count", "tail_count", "cooccurrence", "never_meet", "expected", "npmi",
    "log_likelihood_ratio", "association",
)  # fmt: skip
WINDOWS = (
    "n_windows",
    "has_own_document",
    "tail_in_windows",
    "tail_in_own_document",
    "n_tail_slots",
)
GENERAL = ("general_best", "general_rival", "general_lead", "general_own")
LEXICAL = ("lexical_best", "lexical_rival", "lexical_lead", "lexical_own")
PLACE = ("tail_sentence", "tail_rank")
SHAPE = (
    "is_name", "is_geo", "is_date", "is_number", "kind_fits", "to_the_day", "to_the_year",
    "to_the_decade", "length",
)  # fmt: skip
FEATURES = (*COUNTS, *WINDOWS, *GENERAL, *LEXICAL, *PLACE, *SHAPE, *overlap.FEATURES)
"""Names of a claim's features, in order."""

GROUPS = {
    "counts": COUNTS,
    "windows": WINDOWS,
    "semantic relation evidence": GENERAL,
    "lexical relation evidence": LEXICAL,
    "place in the text": PLACE,
    "shape of the tail": SHAPE,
    "overlap of words": overlap.FEATURES,
}
"""The features by the kind of evidence they are; what an ablation leaves out."""

DIRECTIONS = {
    **dict.fromkeys(
        ("never_meet", "general_rival", "lexical_rival", "numbers_missing"), 1
    ),
    **dict.fromkeys(
        (
            "cooccurrence", "npmi", "log_likelihood_ratio", "association", "tail_in_windows",
            "tail_in_own_document", "n_tail_slots", "general_best", "general_lead", "general_own",
            "lexical_best", "lexical_lead", "lexical_own", "kind_fits", "tail_best",
            "tail_beside_head", "tail_anywhere", "tail_verbatim", "both_best", "both_about_head",
        ),
        -1,
    ),
}  # fmt: skip
"""Features that can only speak against a claim (1), or only for it (-1)."""

_NONE = -8.0
"""Score of a slot that is not there."""


@dataclass(frozen=True, slots=True)
class ReadClaim:
    """A claim with its features."""

    features: list[float]
    """In the order of `FEATURES`."""

    is_known: bool
    """Whether the relation was among the labels that the slot model was fitted on."""

    is_described: bool
    """Whether one of the windows is of a document about the head."""

    tail_window: Evidence | None
    """The sentence in which the tail fits the relation best."""

    rival_window: Evidence | None
    """The sentence in which another name fits it best."""

    rival: str
    """That other name; empty where there is none."""


class ClaimReader:
    """Turns what was gathered for a claim into features.

    Parameters
    ----------
    scorer : SlotScorer
        Judges the slots.
    vectors : WordVectors
        Meaning of words.
    """

    def __init__(self, scorer: SlotScorer, vectors: WordVectors) -> None:
        self._scorer = scorer
        self._vectors = vectors

    def read(self, evidence: ClaimEvidence) -> ReadClaim:
        """Return the features of a claim."""
        return self.finish(prepare(evidence, self._vectors))

    def finish(self, claim: PreparedClaim) -> ReadClaim:
        """Return the features of a claim whose windows have been read."""
        tail = claim.evidence.triplet.tail or ""
        weights = self._scorer.weights(claim.relation, tail)
        slots = self._scorer.score(claim, weights)
        features = [
            *_counts(claim.evidence),
            *_slot_evidence(slots, claim.readings, known=weights is not None),
            *_shape(tail, claim.relation),
            *claim.overlap,
        ]
        best = max((s for s in slots if s.is_tail), key=_strength, default=None)
        rival = max((s for s in slots if not s.is_tail), key=_strength, default=None)
        return ReadClaim(
            features,
            weights is not None,
            any(reading.about_head for reading in claim.readings),
            _excerpt(claim, best) if best else None,
            _excerpt(claim, rival) if rival else None,
            claim.readings[rival.reading].words[rival.slot.at].raw if rival else "",
        )


def _excerpt(claim: PreparedClaim, scored: ScoredSlot) -> Evidence:
    """Return the sentence of a slot, with the head if it stands there, and the slot as tail."""
    reading = claim.readings[scored.reading]
    window = claim.shown[scored.reading]
    start, end = reading.sentence_span(scored.slot.at)
    slot = reading.words[scored.slot.at]
    heads = [w for w in reading.words if w.text == HEAD and w.sentence == slot.sentence]
    return replace(
        window,
        text=window.text[start:end],
        head_span=_span(heads[0], start) if heads else None,
        tail_span=_span(slot, start),
    )


def _span(word: Word, start: int) -> tuple[int, int]:
    return word.start - start, word.start - start + len(word.raw)


def _strength(slot: ScoredSlot) -> float:
    return slot.general + slot.lexical


def _counts(evidence: ClaimEvidence) -> list[float]:
    return [
        math.log1p(evidence.head_count),
        math.log1p(evidence.tail_count),
        math.log1p(evidence.cooccurrence),
        evidence.cooccurrence == 0,
        math.log1p(evidence.expected),
        evidence.npmi,
        signed_log(evidence.log_likelihood_ratio),
        evidence.association,
    ]


def _slot_evidence(
    slots: Sequence[ScoredSlot], readings: Sequence[Reading], *, known: bool
) -> list[float]:
    """Return the features of groups WINDOWS, GENERAL, LEXICAL and PLACE."""
    tails = [slot for slot in slots if slot.is_tail]
    with_tail = {slot.reading for slot in tails}
    rivals = [
        slot
        for slot in slots
        if not slot.is_tail and (slot.about_head or slot.reading in with_tail)
    ]
    own = [slot for slot in tails if slot.about_head]
    best = max(tails, key=lambda slot: slot.general, default=None)
    general = _lead(
        [s.general for s in tails], [s.general for s in rivals], [s.general for s in own]
    )
    lexical = _lead(
        [s.lexical for s in tails], [s.lexical for s in rivals], [s.lexical for s in own]
    )
    return [
        len(readings),
        any(reading.about_head for reading in readings),
        bool(tails),
        bool(own),
        min(len(tails), 5),
        *general,
        *(lexical if known else (0.0, 0.0, 0.0, 0.0)),
        readings[best.reading].words[best.slot.at].sentence if best else 9,
        min(best.slot.rank, 9) if best else 9,
    ]


def _lead(tails: list[float], rivals: list[float], own: list[float]) -> list[float]:
    best, rival = max(tails, default=_NONE), max(rivals, default=_NONE)
    return [best, rival, best - rival, max(own, default=_NONE)]


def _shape(tail: str, relation: Relation) -> list[float]:
    kind = placeholder(tail)
    exact = granularity(tail) if kind == DATE else ""
    return [
        kind == NAME,
        kind == GEO,
        kind == DATE,
        kind == NUMBER,
        (kind in relation.kinds) if relation.kinds else 0.5,
        exact == "day",
        exact == "year",
        exact == "decade",
        min(len(tail.split()), 5),
    ]
