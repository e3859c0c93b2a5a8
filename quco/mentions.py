"""Names, titles and dates of a text by their spelling alone; needs no model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from quco.geography import is_country
from quco.titles import NEVER_FIRST, leading_title

Kind = Literal["NAME", "DATE"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A span that looks like a name or a date."""

    text: str
    """As written."""

    start: int
    """Character offset."""

    end: int
    """End of the span, exclusive."""

    kind: Kind
    """What it looks like."""


_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DATE = re.compile(
    rf"""\b(?:
        \d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+\d{{3,4}})?
      | {_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:\s*,?\s*\d{{4}})?(?!\d)
      | {_MONTH}\s+\d{{4}}
      | \d{{4}}-\d{{2}}-\d{{2}}
      | (?:the\s+)?(?:(?:early|mid|late)[\s-]+)?[12]\d{{3}}s
      | [12]\d{{3}}(?![\d,]\d)
    )(?!\w)""",
    re.VERBOSE,
)
_WORD = re.compile(r"[^\W_]+(?:['’\-–.&/][^\W_]+)*")
_QUOTED = re.compile(r"[\"“«]([^\"”»]{2,80})[\"”»]")
_DISAMBIGUATOR = re.compile(
    r"\s\((?:\d{4}|(?=[^()]*\b(?:film|movie|album|song|novel|book|band|series|show|game|play|opera))"
    r"[^()]{1,40}|(?!born|died|c\.|b\.|d\.|n[ée]e)[^()\d,;–]{2,40})\)",
    re.IGNORECASE,
)
"""What tells apart things of one name, as in "Move (1970 film)"."""

_PEERAGE = re.compile(
    r", (?:\d{1,2}(?:st|nd|rd|th)|Jr|Sr|Count|Countess|Duke|Duchess|Earl|Baron|Baroness|Viscount"
    r"|Viscountess|Marquess|Margrave|Landgrave|Archduke|Archduchess|Elector)",
    re.IGNORECASE,
)
"""What joins a name and a title after it."""

_INSIDE = frozenset(
    "of the de la le les du des da das do dos di del della von van der den zu zum bin ibn al el y e"
    " af av og och ter ten bint unter ob an am à et und".split()
)
"""Lower-case words that may stand between two capitalised words of one name."""

_CALL = re.compile(r"! (?=[a-z(])")
"""An exclamation mark that ends a name rather than a sentence."""

_NICKNAME = re.compile(r"(?:\"[A-Z]\w+\"|“[A-Z]\w+”|\([A-Z]\w+\)) (?=[A-Z])")
_OPENING = frozenset((' "', " “", " ("))
_CLOSING = frozenset(('" ', "” ", ") "))
_ARTICLES = frozenset(("the", "a", "an"))
_ABBREVIATED = frozenset(
    "mr mrs ms dr st sta sto jr sr prof rev gen col capt lt sgt hon vs no mt ft".split()
)


def find_dates(text: str) -> list[Mention]:
    """Return the dates and years of `text`, in order.

    Examples
    --------
    >>> [m.text for m in find_dates("Born 3 May 1901, he died in June 1950.")]
    ['3 May 1901', 'June 1950']
    """
    return [Mention(m.group(), m.start(), m.end(), "DATE") for m in _DATE.finditer(text)]


def find_mentions(text: str) -> list[Mention]:
    """Return the names, quoted titles and dates of `text`, in order and without overlap.

    Examples
    --------
    >>> [m.text for m in find_mentions("In 1946 the Duke of York met J. R. R. Tolkien.")]
    ['1946', 'Duke of York', 'J. R. R. Tolkien']
    """
    taken = find_dates(text)
    for match in _QUOTED.finditer(text):
        start, end = match.span(1)
        if text[start:end].strip(" ,.") and text[start].isupper():
            taken = [m for m in taken if m.end <= start or m.start >= end]
            end -= len(text[start:end]) - len(text[start:end].rstrip(" ,."))
            taken.append(Mention(text[start:end], start, end, "NAME"))
    title = leading_title(text)
    if title:
        taken = [m for m in taken if m.start >= title[1]]
        taken.append(Mention(text[slice(*title)], *title, "NAME"))
    for start, end in _capitalised_runs(text):
        if title and start < title[1]:
            continue
        if all(m.end <= start or m.start >= end for m in taken):
            taken.append(Mention(text[start:end], start, end, "NAME"))
        else:
            taken = _absorb(taken, text, start, end)
    return sorted(taken, key=lambda m: m.start)


def _absorb(taken: list[Mention], text: str, start: int, end: int) -> list[Mention]:
    """Let a run of capitals swallow a date or a nickname inside it, as in "Class of 1984"."""
    inside = [m for m in taken if m.start < end and start < m.end]
    if any(
        (m.kind == "NAME" and not _NICKNAME.match(text, m.start - 1))
        or m.start < start
        or m.end > end
        for m in inside
    ):
        return taken
    if all(m.start > start for m in inside):
        kept = [m for m in taken if m not in inside]
        return [*kept, Mention(text[start:end], start, end, "NAME")]
    return taken


def _capitalised_runs(text: str) -> list[tuple[int, int]]:
    words = [(m.group(), m.start(), m.end()) for m in _WORD.finditer(text)]
    runs: list[tuple[int, int]] = []
    i = 0
    while i < len(words):
        if not _starts_name(words, i, text):
            i += 1
            continue
        last = i
        j = i + 1
        while j < len(words) and _joined(text, words[j - 1], words[j]):
            if _is_name_word(words[j][0]):
                last = j
            elif words[j][0].casefold() not in _INSIDE:
                break
            j += 1
        start, end = words[i][1], _trim(text, words[last][1], words[last][2])
        tail = _DISAMBIGUATOR.match(text, end)
        runs.append((start, tail.end() if tail else end))
        i = last + 1
    return _join_places(text, [run for run in runs if _is_content(text[slice(*run)])])


def _starts_name(words: list[tuple[str, int, int]], i: int, text: str) -> bool:
    word, start, _ = words[i]
    if not word[0].isupper():
        return False
    folded = re.split(r"['’]", word.casefold())[0]
    follows = (
        i + 1 < len(words)
        and words[i + 1][0][0].isupper()
        and _joined(text, words[i], words[i + 1])
    )
    if folded in _ARTICLES or word == "I" or (folded in {"there", "no"} and _opens(text, start)):
        return follows
    if folded in NEVER_FIRST:
        return not _opens(text, start) and len(word) > 1
    return True


def _opens(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \"“«'(")
    return not before or before[-1] in ".!?:;\n"


def _is_name_word(word: str) -> bool:
    return (
        word[0].isupper()
        or word[0].isdigit()
        or (len(word) > 2 and word[1] in "'’" and word[2].isupper())
    )


def _joined(text: str, left: tuple[str, int, int], right: tuple[str, int, int]) -> bool:
    gap = text[left[2] : right[1]]
    if gap in _OPENING:
        return _NICKNAME.match(text, right[1] - 1) is not None
    if gap in _CLOSING:
        return _NICKNAME.match(text, left[1] - 1) is not None
    if gap.strip() == "":
        return "\n" not in gap
    if gap == ". ":
        return len(left[0]) == 1 or left[0].casefold() in _ABBREVIATED or _is_initials(left[0])
    if gap in {": ", " & "}:
        return right[0][0].isupper()
    return _PEERAGE.fullmatch(gap + right[0]) is not None


def _is_initials(word: str) -> bool:
    return "." in word and all(len(part) == 1 for part in word.split("."))


def _trim(text: str, start: int, end: int) -> int:
    """Leave out a possessive; take in the full stop of "U.S." and the mark of "Oklahoma!"."""
    word = text[start:end]
    if word[-2:] in {"'s", "’s"}:
        if _DISAMBIGUATOR.match(text, end):
            return end
        return end if text[end : end + 1] in {"", ".", "?", "!", ";"} else end - 2
    if _CALL.match(text, end):
        return end + 1
    if text[end : end + 1] == "." and (_is_initials(word) or word.casefold() in {"jr", "sr"}):
        return end + 1
    return end


def _is_content(name: str) -> bool:
    words = [w.casefold() for w in _WORD.findall(name)]
    return any(w not in _ARTICLES and w not in NEVER_FIRST for w in words) or len(words) > 1


_PLACE_BEFORE = re.compile(r"\b(?:in|at|near|from|to|outside)\s+$")


def _join_places(text: str, runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join "Antigua and Barbuda", and "Medford, Massachusetts" after a preposition of place."""
    joined: list[tuple[int, int]] = []
    for start, end in runs:
        if joined and text[joined[-1][1] : start] == ", ":
            before = joined[-1][0]
            ends_clause = text[end : end + 1] in {"", ".", ",", ";", ")"}
            if ends_clause and _PLACE_BEFORE.search(text, 0, before):
                joined[-1] = (before, end)
                continue
        if joined and is_country(text[joined[-1][0] : end]):
            joined[-1] = (joined[-1][0], end)
            continue
        joined.append((start, end))
    return joined
