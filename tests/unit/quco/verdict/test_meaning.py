"""How well the words around a slot fit a relation."""

import pytest

from quco.verdict.meaning import FEATURES, Closeness, slot_meanings
from quco.verdict.reading import read_window
from quco.verdict.relation import read_relation
from quco.verdict.slots import read_slots
from quco.verdict.vectors import WordVectors


def direct(text: str, relation: str, name: str) -> float:
    """Return how close the words that govern a name are to a relation."""
    reading = read_window(text, ("The House",), (name,))
    wanted = read_relation(relation)
    slots = read_slots(reading)
    words = {word.text for word in reading.words} | {w for s in slots for w in s.implied}
    rows = slot_meanings(reading, slots, wanted, Closeness(words, wanted, WordVectors.shipped()))
    at = next(i for i, slot in enumerate(slots) if reading.words[slot.at].is_tail)
    return float(rows[at, FEATURES.index("direct")])


@pytest.mark.parametrize(
    ("text", "relation", "name"),
    [
        ("The House was designed by Ann Lee.", "designed by", "Ann Lee"),
        ("The House was designed by the Danish architect Ann Lee.", "designed by", "Ann Lee"),
        ("The House, born 5 May 1900 in Oslo, was a singer.", "born in", "Oslo"),
        ("The House is a son of Ann Lee and Bob Lee.", "mother", "Bob Lee"),
    ],
)
def test_the_words_that_govern_a_name_are_found(text: str, relation: str, name: str) -> None:
    assert direct(text, relation, name) == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "relation", "name"),
    [
        ("The House was designed by Ann Lee; Bob Lee was a judge.", "designed by", "Bob Lee"),
        ("The House (designed in 1900) is near Oslo.", "designed by", "Oslo"),
        ("The House was designed in Denmark, said Ann Lee.", "designed by", "Ann Lee"),
        ("The House is a son of Ann Lee and Bob Lee.", "mother", "Ann Lee"),
    ],
)
def test_words_that_govern_another_are_not(text: str, relation: str, name: str) -> None:
    assert direct(text, relation, name) < 0.8
