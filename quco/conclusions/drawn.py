"""Draws the conclusion of a question that compares two things, or says what it still lacks.

"Who was born first, A or B?" needs no corpus once both births are stated, and no model either:
small ones state both dates and then name the wrong one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quco.conclusions.question import BIRTH, DEATH, Comparison, read_comparison
from quco.conclusions.stated import Span, country_of, date_of, linked_with
from quco.surface import fold, undisambiguated, words
from quco.types import Triplet


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What follows from the claims of an answer."""

    answer: str
    """The name of one of the two, without what stands in brackets after it; or "yes" or "no"."""

    because: str
    """The comparison, in one line for people."""

    def agrees(self, stated: str) -> bool:
        """Return whether a final answer says the same, if in more words."""
        return words(fold(self.answer)) in words(fold(stated))


@dataclass(frozen=True, slots=True)
class Gap:
    """What an answer has not said, and would have to say before anything follows."""

    begins: str
    """The beginning of the sentence that is missing."""


def conclude(
    question: str, names: Sequence[str], claims: Sequence[Triplet]
) -> Conclusion | Gap | None:
    """Return what claims imply for a question that compares two of its names.

    Which of two was born, died, came out or was founded first or last, or lived longer, by dates;
    whether two are of the same country. What is asked of a film's director may be stated of the
    person whom another claim links with the film.

    Parameters
    ----------
    question : str
        In English.
    names : sequence of str
        What the question names.
    claims : sequence of Triplet
        What the answer says; denials are passed over.

    Returns
    -------
    Conclusion, Gap or None
        None where the question compares nothing, or where dates are too vague to decide.

    Examples
    --------
    >>> said = [Triplet("Ada", "born in", "1950"), Triplet("Bob", "born on", "2 May 1949")]
    >>> conclude("Who was born first, Ada or Bob?", ["Ada", "Bob"], said)
    Conclusion(answer='Bob', because='2 May 1949 is before 1950')
    >>> conclude("Who died first, Ada or Bob?", ["Ada", "Bob"], said)
    Gap(begins='Ada died')
    """
    said = [claim for claim in claims if claim.tail and not claim.negated]
    asked = read_comparison(question, names, [claim.head for claim in said])
    if asked is None:
        return None
    if asked.of == "countries":
        return _of_countries(asked, said)
    return _of_lives(asked, said) if asked.of == "lives" else _of_dates(asked, said)


def _of_countries(asked: Comparison, claims: Sequence[Triplet]) -> Conclusion | Gap:
    found = [country_of(_meant(name, asked, claims), claims) for name in asked.pair.names]
    for name, country in zip(asked.pair.names, found, strict=True):
        if country is None:
            return _gap(name, asked, claims, asked.begins)
    one, other = found
    if one == other:
        return Conclusion("yes", f"both are of {one}")
    return Conclusion("no", f"{one} is not {other}")


def _of_dates(asked: Comparison, claims: Sequence[Triplet]) -> Conclusion | Gap | None:
    found = []
    for name in asked.pair.names:
        meant = _meant(name, asked, claims)
        dates = (date_of(event, meant, claims) for event in asked.events)
        date = next((date for date in dates if date), None)
        if date is None:
            is_clear = len(asked.events) == 1
            return _gap(name, asked, claims, asked.events[0].begins) if is_clear else None
        found.append(date)
    return _decide(asked, found[0], found[1], "is before", lower=asked.first)


def _of_lives(asked: Comparison, claims: Sequence[Triplet]) -> Conclusion | Gap | None:
    found = []
    for name in asked.pair.names:
        meant = _meant(name, asked, claims)
        birth, death = (date_of(event, meant, claims) for event in (BIRTH, DEATH))
        if birth is None or death is None:
            return _gap(name, asked, claims, (BIRTH if birth is None else DEATH).begins)
        life = (death.least - birth.most, death.most - birth.least)
        found.append(Span(*life, f"{birth.said} to {death.said}"))
    return _decide(asked, found[0], found[1], "is less than", lower=False)


def _decide(
    asked: Comparison, one: Span, other: Span, order: str, *, lower: bool
) -> Conclusion | None:
    """Return the lower or the higher of two; None where they may be equal."""
    if one.most >= other.least and other.most >= one.least:
        return None
    is_lower = one.most < other.least
    low, high = (one, other) if is_lower else (other, one)
    answer = asked.pair.written[0 if is_lower == lower else 1]
    return Conclusion(undisambiguated(answer), f"{low.said} {order} {high.said}")


def _meant(name: str, asked: Comparison, claims: Sequence[Triplet]) -> list[str]:
    """Return the names under which what is compared may be spoken of."""
    return [*linked_with(name, claims), name] if asked.role else [name, *linked_with(name, claims)]


def _gap(name: str, asked: Comparison, claims: Sequence[Triplet], begins: str) -> Gap:
    """Return what is missing first: who is meant, then what is asked of it."""
    people = linked_with(name, claims) if asked.role else [name]
    return Gap(f"{people[0]} {begins}" if people else f"The {asked.role} of {name} is")
