"""Looks up what claims state of a name: a date, a country, and what it is linked with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quco.conclusions.question import Event, key_of
from quco.dates import Date, parse_date
from quco.geography import country_in
from quco.types import Triplet

_YEAR = re.compile(r"\b(?:1\d{3}|20\d{2})\b")
_DAYS_A_MONTH, _MONTHS_A_YEAR = 31, 12


@dataclass(frozen=True, slots=True)
class Span:
    """A date or a length of time, in days, or a number: between two bounds, as exact as stated."""

    least: int
    most: int

    said: str
    """As it is written."""


def date_of(event: Event, names: Sequence[str], claims: Sequence[Triplet]) -> Span | None:
    """Return the date of an event that claims state last of the first name they state it of."""
    for name in names:
        for claim in about(name, claims):
            is_meant = event.words.search(claim.relation.casefold())
            if is_meant and (date := _span(claim.tail or "")):
                return date
    return None


def country_of(names: Sequence[str], claims: Sequence[Triplet]) -> str | None:
    """Return the country that claims state last of the first name they state one of."""
    for name in names:
        for claim in about(name, claims):
            if country := country_in(claim.tail or ""):
                return country
    return None


def linked_with(name: str, claims: Sequence[Triplet]) -> list[str]:
    """Return what claims link a name with, such as a film's director, whichever is said of whom."""
    found = []
    for claim in claims:
        head, tail = claim.head, claim.tail or ""
        if is_named(name, head) and not (is_date(tail) or country_in(tail)):
            found.append(tail)
        elif is_named(name, tail):
            found.append(head)
    return found


def about(name: str, claims: Sequence[Triplet]) -> Iterator[Triplet]:
    """Yield the claims about a name, or about "the director of" it, the last first."""
    key = key_of(name)
    for claim in reversed(claims):
        head = key_of(claim.head)
        if is_named(name, claim.head) or (" of " in head and head.endswith(key)):
            yield claim


def is_named(name: str, said: str) -> bool:
    """Return whether a claim speaks of a name; of one with a comma in it one end may be left out.

    Examples
    --------
    >>> is_named("Angélique, Marquise Des Anges", "Marquise des Anges")
    True
    """
    key, other = key_of(name), key_of(said)
    return key == other or _is_end(other, key, name) or _is_end(key, other, said)


def _is_end(part: str, key: str, name: str) -> bool:
    """Return whether words are the first or last ones of a name with a comma in it."""
    is_end = key.startswith(part) or key.endswith(part)
    return "," in name and bool(part.strip()) and is_end


def is_date(text: str) -> bool:
    """Return whether a text has a date, or a year."""
    return _span(text) is not None


def _span(text: str) -> Span | None:
    date = parse_date(text)
    if date is None or date.year is None:
        year = _YEAR.search(text)
        date = Date(int(year.group())) if year else None
    if date is None:
        return None
    months = (date.month, date.month) if date.month else (1, _MONTHS_A_YEAR)
    days = (date.day, date.day) if date.day else (1, _DAYS_A_MONTH)
    least, most = (
        ((date.year or 0) * _MONTHS_A_YEAR + month) * _DAYS_A_MONTH + day
        for month, day in zip(months, days, strict=True)
    )
    return Span(least, most, text)
