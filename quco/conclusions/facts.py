"""Facts of a life that questions ask for, and whether claims state them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from quco.conclusions.question import BIRTH, DEATH
from quco.conclusions.stated import about, is_date
from quco.types import Triplet

_SOON = ".{0,200}?"
_CITY = r"(?:what|which) (?:city|country|place|town|village)"


class Fact(NamedTuple):
    """Something that can be said of a person."""

    name: str
    """As in "the place of birth of Ada"."""

    asked: re.Pattern[str]
    """How questions ask for it, in lower case."""

    said: re.Pattern[str]
    """How relations speak of it, in lower case."""

    is_date: bool = False
    """Whether it is a date."""


_FACTS = (
    Fact(
        "place of birth",
        re.compile(rf"\b(?:where|{_CITY})\b{_SOON}\bborn\b|\bplace of birth\b|\bbirthplace\b"),
        BIRTH.words,
    ),
    Fact(
        "place of death",
        re.compile(rf"\b(?:where|{_CITY})\b{_SOON}\bdie[ds]?\b|\bplace of death\b"),
        DEATH.words,
    ),
    Fact(
        "date of birth",
        re.compile(rf"\bwhen\b{_SOON}\bborn\b|\bdate of birth\b|\bbirthday\b"),
        BIRTH.words,
        is_date=True,
    ),
    Fact(
        "date of death",
        re.compile(rf"\bwhen\b{_SOON}\bdie[ds]?\b|\bdate of death\b"),
        DEATH.words,
        is_date=True,
    ),
    Fact(
        "cause of death",
        re.compile(rf"\bwhy\b{_SOON}\bdie[ds]?\b|\bcause of death\b"),
        re.compile(r"\bcause\b|\bdie[ds]? (?:after|by|from|of)\b|\bkilled\b"),
    ),
)


def asked_for(question: str) -> Fact | None:
    """Return the fact that a question asks for; None where it asks for none of these.

    Examples
    --------
    >>> asked_for("Where was the director of Up born?").name
    'place of birth'
    >>> asked_for("Who directed Up?")
    """
    asked = question.casefold()
    return next((fact for fact in _FACTS if fact.asked.search(asked)), None)


def is_stated(fact: Fact, name: str, claims: Sequence[Triplet]) -> bool:
    """Return whether claims state a fact of a name."""
    said = (c.tail or "" for c in about(name, claims) if fact.said.search(c.relation.casefold()))
    if fact.is_date:
        return any(char.isdigit() for tail in said for char in tail)
    return any(not is_date(tail) for tail in said)
