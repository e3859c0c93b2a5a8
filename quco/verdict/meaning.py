"""How well the words around a slot fit a relation, by their meaning; knows no relation by heart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from quco.verdict.reading import DATE, GEO, HEAD, NAME, NUMBER, Reading, granularity
from quco.verdict.relation import STOP_WORDS, Relation
from quco.verdict.slots import Slot
from quco.verdict.vectors import WordVectors

FEATURES = (
    "implied", "nearest_left", "second_left", "distance_left", "left_3", "left_8", "left_clear",
    "nearest_right", "right_3", "right_5", "right_clear", "sentence_best", "window_best",
    "direct", "direct_less_best", "listed", "about_head", "is_name", "is_geo", "is_date",
    "is_number", "wants_date", "wants_country", "wants_place", "date_fits", "country_fits",
    "to_the_day", "to_the_year", "to_the_decade", "after_head", "after_pronoun", "length",
    "implied_lead", "left_3_lead", "left_8_lead", "left_clear_lead", "right_clear_lead",
    "direct_lead", "n_better", "n_worse", "alone", "n_rivals", "n_rivals_before",
    "best_rival_in_sentence", "same_elsewhere",
)  # fmt: skip
"""Columns of `slot_meanings`; "lead" is over the best rival of the same kind in the window."""

_DIRECT = FEATURES.index("direct")
_COMPARED = tuple(
    FEATURES.index(name)
    for name in ("implied", "left_3", "left_8", "left_clear", "right_clear", "direct")
)
_BARRIERS = frozenset((NAME, GEO, DATE))
_RIGHT_BARRIERS = _BARRIERS | {",", "."}
_PRONOUNS = frozenset(("he", "she", "his", "her", "it", "its"))
_MARGIN = 0.02


class Closeness:
    """How close words are to a relation; each word is compared once for a claim."""

    def __init__(self, relation: Relation, vectors: WordVectors) -> None:
        self._relation = relation
        self._vectors = vectors
        self._known: dict[str, float] = {}

    def learn(self, words: Iterable[str]) -> None:
        """Compare words that are new; those without a meaning of their own are passed over."""
        new = {w for w in words if w.isalpha() and w not in STOP_WORDS} - self._known.keys()
        ordered = sorted(new)
        values = self._vectors.closeness(ordered, self._relation.words)
        self._known.update(zip(ordered, values.tolist(), strict=True))

    def of(self, words: Iterable[str]) -> list[float]:
        """Return the closeness of the words that have one, in order."""
        known = self._known
        return [known[word] for word in words if word in known]

    def places(self, words: Iterable[str]) -> list[tuple[int, float]]:
        """Return position and closeness of the words that have one."""
        known = self._known
        return [(i, known[word]) for i, word in enumerate(words) if word in known]


def slot_meanings(
    reading: Reading, slots: Sequence[Slot], relation: Relation, closeness: Closeness
) -> NDArray[np.float64]:
    """Return the semantic features of slots.

    Returns
    -------
    ndarray of shape (n_slots, len(FEATURES)), float64
        Cosines in [-1, 1], counts, and flags as 0 or 1.
    """
    closeness.learn(word.text for word in reading.words)
    closeness.learn(word for slot in slots for word in slot.implied)
    by_sentence: dict[int, float] = {}
    for word in reading.words:
        for value in closeness.of((word.text,)):
            by_sentence[word.sentence] = max(value, by_sentence.get(word.sentence, 0.0))
    best = max(by_sentence.values(), default=0.0)
    rows = [_alone(reading, slot, relation, closeness, by_sentence, best) for slot in slots]
    return np.array(
        [row + _compared(reading, slots, rows, i) for i, row in enumerate(rows)], np.float64
    ).reshape(len(slots), len(FEATURES))


def _alone(
    reading: Reading,
    slot: Slot,
    relation: Relation,
    closeness: Closeness,
    by_sentence: dict[int, float],
    best: float,
) -> list[float]:
    word = reading.words[slot.at]
    implied = max(closeness.of(slot.implied), default=0.0)
    left = closeness.places(slot.left)
    right = closeness.places(slot.right)
    left_clear = _before_barrier(slot.left, closeness, _BARRIERS)
    right_clear = _before_barrier(slot.right, closeness, _RIGHT_BARRIERS)
    direct = max(implied, left_clear, right_clear)
    exact = granularity(word.raw) if word.text == DATE else ""
    wants_date, wants_country = DATE in relation.kinds, relation.kinds == (GEO,)
    return [
        implied,
        left[0][1] if left else 0.0,
        left[1][1] if len(left) > 1 else 0.0,
        left[0][0] / 9 if left else 1.0,
        max((value for i, value in left if i < 3), default=0.0),
        max((value for _, value in left), default=0.0),
        left_clear,
        right[0][1] if right else 0.0,
        max((value for i, value in right if i < 3), default=0.0),
        max((value for _, value in right), default=0.0),
        right_clear,
        by_sentence.get(word.sentence, 0.0),
        best,
        direct,
        direct - best,
        min(slot.listed, 3),
        reading.about_head,
        word.text == NAME,
        word.text == GEO,
        word.text == DATE,
        word.text == NUMBER,
        wants_date,
        wants_country,
        NAME in relation.kinds,
        wants_date == (word.text in (DATE, NUMBER)),
        wants_country and word.text == GEO,
        exact == "day",
        exact == "year",
        exact == "decade",
        HEAD in slot.left,
        not _PRONOUNS.isdisjoint(slot.left),
        min(len(word.raw.split()), 4),
    ]


def _before_barrier(words: Sequence[str], closeness: Closeness, barriers: frozenset[str]) -> float:
    """Return the best closeness among the words up to the next slot."""
    end = next((i for i, word in enumerate(words) if word in barriers), len(words))
    return max(closeness.of(words[:end]), default=0.0)


def _compared(
    reading: Reading, slots: Sequence[Slot], rows: Sequence[list[float]], i: int
) -> list[float]:
    words = reading.words
    me = words[slots[i].at]
    name = me.raw.casefold()
    rivals: list[int] = []
    same: list[int] = []
    for j, slot in enumerate(slots):
        other = words[slot.at]
        if j != i and other.text == me.text:
            (same if other.raw.casefold() == name else rivals).append(j)
    direct = rows[i][_DIRECT]
    near = [j for j in rivals if words[slots[j].at].sentence == me.sentence]
    return [
        *(rows[i][c] - max((rows[j][c] for j in rivals), default=0.0) for c in _COMPARED),
        sum(rows[j][_DIRECT] > direct + _MARGIN for j in rivals),
        sum(rows[j][_DIRECT] < direct - _MARGIN for j in rivals),
        not rivals,
        min(len(rivals), 8),
        sum(j < i for j in near),
        max((rows[j][_DIRECT] for j in near), default=-1.0),
        max((rows[j][_DIRECT] for j in same), default=-1.0),
    ]
