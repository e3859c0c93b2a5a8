"""Draws the conclusion of a question that compares two things, or says what it still lacks.

"Who was born first, A or B?" needs no corpus once both births are stated, and no model either:
small ones state both dates and then name the wrong one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quco.conclusions.numbers import number_of
from quco.conclusions.question import BIRTH, DEATH, Comparison, Event, read_comparison
from quco.conclusions.stated import Span, country_of, date_of, linked_with
from quco.surface import plain_words, undisambiguated
from quco.types import Triplet


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What follows from the claims of an answer."""

    answer: str
    """A name, without what stands in brackets after it; or "yes" or "no"."""

    because: str
    """The comparison, or the steps, in one line for people."""

    is_whole: bool = True
    """Whether it can be given as it stands; a name that claims state may be a part of one."""

    def agrees(self, stated: str) -> bool:
        """Return whether a final answer says the same, if in more words."""
        return plain_words(self.answer) in plain_words(stated)


@dataclass(frozen=True, slots=True)
class Gap:
    """What an answer has not said, and would have to say before anything follows."""

    begins: str
    """The beginning of the sentence that is missing."""

    because: str
    """Why it is missed, in one line for people."""


def conclude(
    question: str, names: Sequence[str], claims: Sequence[Triplet], sentences: Sequence[str] = ()
) -> Conclusion | Gap | None:
    """Return what claims imply for a question that compares two of its names.

    Which of two was born, died, came out or was founded first or last, or lived longer, by dates;
    which has more of something; whether two are of the same country. What is asked of a film's
    director may be stated of the person whom another claim links with the film.

    Parameters
    ----------
    question : str
        In English.
    names : sequence of str
        What the question names.
    claims : sequence of Triplet
        What the answer says; denials are passed over.
    sentences : sequence of str, optional
        Its sentences, in which numbers are looked up: no claim holds them.

    Returns
    -------
    Conclusion, Gap or None
        None where the question compares nothing, or where what is said is too vague to decide.

    Examples
    --------
    >>> said = [Triplet("Ada", "born in", "1950"), Triplet("Bob", "born on", "2 May 1949")]
    >>> drawn = conclude("Who was born first, Ada or Bob?", ["Ada", "Bob"], said)
    >>> drawn.answer, drawn.because
    ('Bob', '2 May 1949 is before 1950')
    >>> conclude("Who died first, Ada or Bob?", ["Ada", "Bob"], said)
    Gap(begins='Ada died on', because='not said before: Ada died on …')
    """
    said = [claim for claim in claims if claim.tail and not claim.negated]
    asked = read_comparison(question, names, [claim.head for claim in said])
    if asked is None:
        return None
    if asked.of == "numbers":
        return _of_numbers(asked, sentences)
    return _of_countries(asked, said) if asked.of == "countries" else _of_time(asked, said)


def _of_countries(asked: Comparison, claims: Sequence[Triplet]) -> Conclusion | Gap:
    found = [country_of(_meant(name, asked, claims), claims) for name in asked.pair.names]
    for i, country in enumerate(found):
        if country is None:
            return _gap(i, asked, claims, asked.begins)
    one, other = found
    if one == other:
        return Conclusion("yes", f"both are of {one}")
    return Conclusion("no", f"{one} is not {other}")


def _of_numbers(asked: Comparison, sentences: Sequence[str]) -> Conclusion | Gap | None:
    one, other = asked.pair.names
    found = number_of(asked.things, one, other, sentences)
    against = number_of(asked.things, other, one, sentences)
    if found and against:
        return _decide(asked, found, against)
    return lacking(f"{other if found else one} {asked.begins}") if asked.begins else None


def _of_time(asked: Comparison, claims: Sequence[Triplet]) -> Conclusion | Gap | None:
    spans = []
    for i, name in enumerate(asked.pair.names):
        meant = _meant(name, asked, claims)
        span = _life(meant, claims) if asked.of == "lives" else _date(asked.events, meant, claims)
        if not isinstance(span, Span):
            return _gap(i, asked, claims, span) if span else None
        spans.append(span)
    return _decide(asked, *spans)


def _date(events: Sequence[Event], names: Sequence[str], claims: Sequence[Triplet]) -> Span | str:
    """Return a date; else how a sentence that states it begins, where one event is asked for."""
    dates = (date_of(event, names, claims) for event in events)
    return next(filter(None, dates), None) or (events[0].begins if len(events) == 1 else "")


def _life(names: Sequence[str], claims: Sequence[Triplet]) -> Span | str:
    """Return the length of a life; else how a sentence begins that would state an end of it."""
    birth, death = (date_of(event, names, claims) for event in (BIRTH, DEATH))
    if birth is None or death is None:
        return (BIRTH if birth is None else DEATH).begins
    return Span(death.least - birth.most, death.most - birth.least, f"{birth.said} to {death.said}")


def _decide(asked: Comparison, one: Span, other: Span) -> Conclusion | None:
    """Return the earlier date, the longer life, the larger number; None where they may be equal."""
    if one.most >= other.least and other.most >= one.least:
        return None
    is_lower = one.most < other.least
    low, high = (one, other) if is_lower else (other, one)
    answer = asked.pair.written[0 if is_lower == asked.first else 1]
    order = "is before" if asked.of == "dates" else "is less than"
    return Conclusion(undisambiguated(answer), f"{low.said} {order} {high.said}")


def _meant(name: str, asked: Comparison, claims: Sequence[Triplet]) -> list[str]:
    """Return the names under which what is compared may be spoken of."""
    return [*linked_with(name, claims), name] if asked.role else [name, *linked_with(name, claims)]


def _gap(i: int, asked: Comparison, claims: Sequence[Triplet], begins: str) -> Gap:
    """Return what is missing first of one of the two: who is meant, then what is asked of it."""
    name, written = asked.pair.names[i], asked.pair.written[i]
    is_known = i == 0 or asked.of != "countries"  # else it may end with "from the same country"
    shown = written if "," in written and is_known else name
    people = linked_with(name, claims) if asked.role else [shown]
    return lacking(f"{people[0]} {begins}" if people else f"The {asked.role} of {shown} is")


def lacking(begins: str) -> Gap:
    """Return the gap where no sentence begins like one."""
    return Gap(begins, f"not said before: {begins} …")
