"""A claim with its windows read: all that does not depend on what was fitted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quco import surface
from quco.types import Evidence
from quco.verdict.evidence import ClaimEvidence
from quco.verdict.meaning import Closeness, slot_meanings
from quco.verdict.overlap import overlap
from quco.verdict.reading import DATE, GEO, NAME, NUMBER, Reading, placeholder, read_window
from quco.verdict.relation import Relation, read_relation
from quco.verdict.slots import Slot, read_slots
from quco.verdict.vectors import WordVectors

MOST_WINDOWS = 4
"""Documents read for one claim."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A slot that holds the tail, or could hold a rival."""

    reading: int
    """Number of the window."""

    slot: Slot
    """The slot."""

    is_tail: bool
    """Whether the claim's tail stands there."""


@dataclass(frozen=True, slots=True)
class PreparedClaim:
    """A claim, read."""

    evidence: ClaimEvidence
    """What the corpus said of it."""

    relation: Relation
    """Its relation."""

    shown: tuple[Evidence, ...]
    """The windows, one a document."""

    readings: tuple[Reading, ...]
    """The same, read for the claim."""

    candidates: tuple[Candidate, ...]
    """The slots to be scored."""

    meanings: NDArray[np.float64]
    """Semantic features of the candidates, shape (n_candidates, len(meaning.FEATURES))."""

    overlap: tuple[float, ...]
    """Overlap of the claim's words with the windows, in the order of `overlap.FEATURES`."""


def prepare(evidence: ClaimEvidence, vectors: WordVectors) -> PreparedClaim:
    """Read the windows of a claim."""
    tail = evidence.triplet.tail or ""
    relation = read_relation(evidence.triplet.relation)
    shown, readings = read_windows(evidence)
    found = _candidates(readings, relation, tail)
    closeness = Closeness(_words(readings, found), relation, vectors)
    tables = [slot_meanings(readings[i], slots, relation, closeness) for i, slots in found]
    return PreparedClaim(
        evidence,
        relation,
        shown,
        readings,
        tuple(
            Candidate(i, slot, readings[i].words[slot.at].is_tail)
            for i, slots in found
            for slot in slots
        ),
        np.concatenate(tables) if tables else np.zeros((0, 0)),
        tuple(
            overlap(
                readings,
                evidence.head_names,
                relation.words,
                tail,
                evidence.word_counts,
                evidence.n_tokens,
                vectors,
            )
        ),
    )


def _words(readings: Sequence[Reading], found: Sequence[tuple[int, list[Slot]]]) -> Collection[str]:
    """Return the words of windows with slots, and those that the slots stand for."""
    written = {word.text: None for i, _ in found for word in readings[i].words}
    return written | {word: None for _, slots in found for slot in slots for word in slot.implied}


def read_windows(evidence: ClaimEvidence) -> tuple[tuple[Evidence, ...], tuple[Reading, ...]]:
    """Return the windows of a claim, one for each document, and how they read."""
    distinct: dict[str, Evidence] = {}
    for window in (*evidence.alone[:1], *evidence.together, *evidence.alone[1:]):
        known = distinct.get(window.document_id)
        if known is None or len(window.text) > len(known.text):
            distinct[window.document_id] = window
    shown = tuple(distinct.values())[:MOST_WINDOWS]
    head = {name.casefold() for name in evidence.head_names}
    readings = tuple(
        read_window(
            window.text,
            evidence.head_names,
            evidence.tail_names,
            about_head=is_about(window, head),
        )
        for window in shown
    )
    return shown, readings


def is_about(window: Evidence, folded_names: set[str]) -> bool:
    """Whether a window's document bears the name of an entity as its title."""
    if not window.title:
        return False
    if window.title.casefold() in folded_names:
        return True
    return any(name.casefold() in folded_names for name in surface.variants(window.title))


def _candidates(
    readings: tuple[Reading, ...], relation: Relation, tail: str
) -> list[tuple[int, list[Slot]]]:
    """Return the slots of each window, of the tail's kinds and of those the relation wants."""
    kinds = {placeholder(tail), *relation.kinds}
    for reading in readings:
        kinds |= {word.text for word in reading.words if word.is_tail}
    kinds &= {NAME, GEO, DATE, NUMBER}
    found = [(i, read_slots(reading, kinds)) for i, reading in enumerate(readings)]
    return [(i, slots) for i, slots in found if slots]
