"""Reads a question that compares two things: which two, in what, and which of them is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from quco.conclusions.counted import counted
from quco.surface import plain_words, undisambiguated

_FIRST = re.compile(r"\b(?:first|earli(?:er|est)|old(?:er|est))\b", re.IGNORECASE)
_LAST = re.compile(
    r"\b(?:last|lat(?:er|est)|young(?:er|est)|new(?:er|est)|(?:more|most) recent(?:ly)?)\b",
    re.IGNORECASE,
)
_AGE = re.compile(r"\b(?:old|young)(?:er|est)\b", re.IGNORECASE)
_LIFE = re.compile(r"\blived? (?:the )?long(?:er|est)\b|\blonger li(?:fe|ved)\b", re.IGNORECASE)
_SAME = re.compile(r"\bsame (?P<what>nationality|country)\b", re.IGNORECASE)
_OR, _AND = (re.compile(rf"\b(?:{word})\b", re.IGNORECASE) for word in ("or", "and|as"))
_MADE = re.compile(
    r"\b(?:built|created|established|formed|introduced|launched|published)\b", re.IGNORECASE
)
_PAIR = 2
_CAPITAL = r"[A-Z][\w'’.-]*"
_BEFORE_COMMA = re.compile(rf"[,:] ({_CAPITAL}(?: (?:of|the|de|{_CAPITAL}))*, )$")
"""The beginning of a name with a comma in it, of which a reader of names sees the end."""

ROLES = (
    "artist author composer creator director editor founder performer producer singer writer"
).split()
"""Whom works and companies have."""

_ROLE = re.compile(rf"\b({'|'.join(ROLES)})s?\b")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has a date."""

    words: re.Pattern[str]
    """How questions and relations speak of it, in lower case."""

    begins: str
    """How a sentence about it begins, after its subject."""


BIRTH = Event(re.compile(r"\bborn\b|\bbirth"), "was born on")
DEATH = Event(re.compile(r"\bdie[ds]?\b|\bdeath|\bpassed away"), "died on")
_RELEASE = Event(
    re.compile(r"\breleased?\b|\bc[ao]me out\b|\bpublish|\bpremier|\baired\b"), "was released in"
)
_START = Event(
    re.compile(
        r"\b(?:found(?:ed|ing)|establish|form(?:ed|ation)|start|open(?:ed|ing)|launch|creat"
        r"|introduc|built|began|beg[iu]n)"
    ),
    "was founded in",
)
_EVENTS = (BIRTH, DEATH, _RELEASE, _START)


class Pair(NamedTuple):
    """Two names, and how the question writes them in full."""

    names: tuple[str, str]
    written: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a question compares."""

    pair: Pair
    """The two."""

    of: Literal["dates", "lives", "numbers", "countries"]
    """Which was first or last; which lived longer; which has more; whether of the same country."""

    first: bool = False
    """Of dates and numbers: whether the earlier one is asked for, or the smaller."""

    events: tuple[Event, ...] = ()
    """Of dates: the event, or those of which any will do."""

    role: str = ""
    """"director" where their directors are compared; empty where they are themselves."""

    things: str = ""
    """Of numbers: the word for what is counted."""

    begins: str = ""
    """Of countries and numbers: how a sentence that states one begins, after its subject."""


def compares(question: str) -> bool:
    """Return whether a question may be one that `read_comparison` can read.

    Examples
    --------
    >>> [compares(f"Who {verb}, Ada or Bob?") for verb in ("died first", "sang")]
    [True, False]
    """
    patterns = (_FIRST, _LAST, _LIFE, _SAME)
    return any(pattern.search(question) for pattern in patterns) or counted(question) is not None


def read_comparison(
    question: str, names: Sequence[str], heads: Iterable[str] = ()
) -> Comparison | None:
    """Return what a question compares; None where it is nothing of the kind.

    Parameters
    ----------
    question : str
        In English.
    names : sequence of str
        What the question names.
    heads : iterable of str
        What an answer speaks of: some names have commas that the question's reader takes for the
        end of a name.
    """
    known = sorted(dict.fromkeys((*names, *heads)), key=len, reverse=True)
    asked = question
    for name in known:  # "Born Free" is no birth
        asked = asked.replace(name, " ")
    role = _ROLE.search(asked)
    of = role.group(1) if role else ""
    if same := _SAME.search(asked):
        pair = _joined(_AND, question, known)
        if pair is None and len(names) == _PAIR:
            pair = Pair((names[0], names[1]), (names[0], names[1]))
        is_person = of or same["what"].casefold() == "nationality"
        begins = "was" if is_person else "is in the country of" if "located" in asked else "is from"
        return Comparison(pair, "countries", role=of, begins=begins) if pair else None
    pair = _joined(_OR, question, known)
    if pair and (found := counted(asked)):
        return Comparison(pair, "numbers", found.fewer, things=found.things, begins=found.begins)
    return _of_time(asked, pair, of) if pair else None


def _of_time(asked: str, pair: Pair, role: str) -> Comparison | None:
    if _LIFE.search(asked):
        return Comparison(pair, "lives", role=role)
    first = _FIRST.search(asked) is not None
    if first == (_LAST.search(asked) is not None):
        return None
    events = tuple(_as_asked(e, asked) for e in _EVENTS if e.words.search(asked.casefold()))[:1]
    if not events and _AGE.search(asked):
        is_person = role or asked.lstrip().casefold().startswith("who")
        events = (BIRTH,) if is_person else (BIRTH, _RELEASE, _START)
    return Comparison(pair, "dates", first, events, role) if events else None


def _as_asked(event: Event, asked: str) -> Event:
    """Return an event in the words of a question: what "was published first" was no release."""
    made = _MADE.search(asked)
    is_it = made is not None and event.words.search(made.group().casefold())
    return replace(event, begins=f"was {made.group().casefold()} in") if made and is_it else event


def _joined(joint: re.Pattern[str], question: str, names: Sequence[str]) -> Pair | None:
    """Return the names right before and after a joint, the first of `names` that fit."""
    keys = [(name, key_of(name)) for name in names]
    for match in joint.finditer(question):
        start, rest = question[: match.start()].rstrip(" ,"), question[match.end() :].strip(" ?")
        before, after = key_of(start), key_of(rest)
        left = next((name for name, key in keys if before.endswith(key)), None)
        right = next((name for name, key in keys if after.startswith(key)), None)
        if left and right:
            opening = start[: len(start) - len(left)]
            before_comma = _BEFORE_COMMA.search(opening)
            left = f"{before_comma[1]}{left}" if before_comma else left
            return Pair((left, right), (left, _whole(right, rest, opening)))
    return None


def _whole(name: str, rest: str, start: str) -> str:
    """Return the whole of the last name of a question, of which `name` is the beginning.

    "Which came first, A or Meet Me at Dawn?" ends with it, as does what has capitals alone.
    """
    at_end = start.rstrip().endswith((",", ":"))
    return rest if at_end or not any(word[0].islower() for word in rest.split()) else name


def key_of(name: str) -> str:
    """Return what two ways of writing a name share: its words, without what is in brackets."""
    return plain_words(undisambiguated(name))
