"""How well the words around a slot fit a relation, by their meaning; knows no relation by heart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from quco.verdict.reading import DATE, GEO, HEAD, NAME, NUMBER, Reading, Word, granularity
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

Floats = NDArray[np.float64]

_DIRECT = FEATURES.index("direct")
_COMPARED = [
    FEATURES.index(name)
    for name in ("implied", "left_3", "left_8", "left_clear", "right_clear", "direct")
]
_NAMES = frozenset((NAME, GEO, ")"))
_BARRIERS = _NAMES | {DATE}
_RIGHT_BARRIERS = frozenset((NAME, GEO, DATE, ",", "."))
_PRONOUNS = frozenset(("he", "she", "his", "her", "it", "its"))
_REACH_ADJECTIVE = 4
_MARGIN = 0.02


class Closeness:
    """How close words are to a relation.

    Parameters
    ----------
    words : collection of str
        All words that will be asked for; those without a meaning of their own have no closeness.
    relation : Relation
        What they are compared with.
    vectors : WordVectors
        Meaning of words.
    """

    def __init__(self, words: Collection[str], relation: Relation, vectors: WordVectors) -> None:
        meant = [word for word in words if word.isalpha() and word not in STOP_WORDS]
        values: list[float] = vectors.closeness(meant, relation.words).tolist()
        self._known = dict(zip(meant, values, strict=True))

    def get(self, word: str) -> float:
        """Return the closeness of a word; 0 where it has none."""
        return self._known.get(word, 0.0)

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
) -> Floats:
    """Return the semantic features of slots.

    Returns
    -------
    ndarray of shape (n_slots, len(FEATURES)), float64
        Cosines in [-1, 1], counts, and flags as 0 or 1.
    """
    by_sentence: dict[int, float] = {}
    for word in reading.words:
        value = closeness.get(word.text)
        if value > by_sentence.get(word.sentence, 0.0):
            by_sentence[word.sentence] = value
    best = max(by_sentence.values(), default=0.0)
    rows = [_alone(reading, slot, relation, closeness, by_sentence, best) for slot in slots]
    alone = np.array(rows, np.float64)
    return np.concatenate([alone, _compared([reading.words[s.at] for s in slots], alone)], axis=1)


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
    # "Born 5 May 1900 in Paris": a date does not part a name from the words before it.
    barriers = _NAMES if word.text in (NAME, GEO) else _BARRIERS
    left_clear = _before_barrier(
        _described(slot.left) if word.text == NAME else slot.left, closeness, barriers
    )
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


def _described(left: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words before a name without the country in "by the Danish architect <NAME>"."""
    at = next((i for i, word in enumerate(left[:_REACH_ADJECTIVE]) if word == GEO), 0)
    if at and all(word.isalpha() for word in left[:at]):
        return left[:at] + left[at + 1 :]
    return left


def _before_barrier(words: Sequence[str], closeness: Closeness, barriers: frozenset[str]) -> float:
    """Return the best closeness among the words up to the next slot."""
    end = next((i for i, word in enumerate(words) if word in barriers), len(words))
    return max(closeness.of(words[:end]), default=0.0)


def _compared(words: Sequence[Word], alone: Floats) -> Floats:
    """Return how each slot compares with the others of its kind, given what it is alone."""
    kind, name, sentence = (
        _equal(values)
        for values in (
            [word.text for word in words],
            [word.raw.casefold() for word in words],
            [word.sentence for word in words],
        )
    )
    rival, same = kind & ~name, kind & name & ~np.eye(len(words), dtype=bool)
    near = rival & sentence
    n_rivals = rival.sum(axis=1)
    columns = alone[:, _COMPARED]
    best = np.where(rival[:, :, None], columns[None], -np.inf).max(axis=1)
    direct = alone[:, _DIRECT]
    ahead = direct[None] - direct[:, None]
    return np.column_stack(
        [
            columns - np.where(n_rivals[:, None] > 0, best, 0.0),
            (rival & (ahead > _MARGIN)).sum(axis=1),
            (rival & (ahead < -_MARGIN)).sum(axis=1),
            n_rivals == 0,
            np.minimum(n_rivals, 8),
            np.tril(near, -1).sum(axis=1),
            np.where(near, direct[None], -1.0).max(axis=1),
            np.where(same, direct[None], -1.0).max(axis=1),
        ]
    )


def _equal(values: Sequence[object]) -> NDArray[np.bool_]:
    """Return which of some values equal which."""
    number = {value: i for i, value in enumerate(values)}
    ids = np.array([number[value] for value in values])
    equal: NDArray[np.bool_] = ids[:, None] == ids[None]
    return equal
