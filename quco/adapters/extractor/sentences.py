"""Splits a text into sentences that join to the same text."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*(?=\s|$)|\n+")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof rev fr sr jr st mt ft gen col capt cpt lt sgt maj adm gov sen rep pres hon"
    " messrs mme mlle vs v cf al e.g i.e eg ie ca c approx no nos vol vols op ed eds pp p fig figs"
    " dept univ inc ltd co corp bros est b d r jan feb mar apr jun jul aug sep sept oct nov dec"
    " a.m p.m u.s u.k u.n d.c ph.d".split()
)
"""Words whose full stop ends no sentence, unless a new one clearly begins."""

_TITLES = frozenset("mr mrs ms dr prof rev st mt gen col capt lt sgt gov sen rep hon vs no".split())
"""Abbreviations that always have something after them."""

_OPENERS = frozenset(
    "he she it they the this that these those in on at his her its their there however thus"
    " therefore so but and although after before when while as for by from since both we i you"
    " a an according finally also then".split()
)
"""Words that begin a sentence even after an abbreviation."""

_SEEN = 80
"""Characters beside a full stop that decide what it is."""

_LONGEST = 4000
"""Characters of a sentence; a parser needs memory for each word."""


def split_sentences(text: str) -> list[str]:
    """Return the sentences of `text`, each with the white space after it.

    Abbreviations ("Dr. No"), initials ("J. R. R. Tolkien") and decimals do not end a sentence; a
    line break does. A text that ends in the middle of a sentence keeps that piece as the last.

    Examples
    --------
    >>> split_sentences("Dr. No cost $1.1 million. It made 59.5. Then")
    ['Dr. No cost $1.1 million. ', 'It made 59.5. ', 'Then']
    """
    cuts = [
        _skip_space(text, match.end())
        for match in _END.finditer(text)
        if match.group()[0] == "\n" or _ends(text, match.start(), match.end())
    ]
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return _attach_blank([part for piece in pieces for part in _bounded(piece)])


def _bounded(piece: str) -> Iterator[str]:
    """Cut what nobody would call a sentence, at white space where there is some."""
    while len(piece) > _LONGEST:
        space = piece.rfind(" ", 1, _LONGEST)
        cut = space + 1 if space > 0 else _LONGEST
        yield piece[:cut]
        piece = piece[cut:]
    if piece:
        yield piece


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _ends(text: str, stop: int, after: int) -> bool:
    following = text[after : after + _SEEN].lstrip()
    if not following:
        return True
    if text[stop] != "." or text[stop : stop + 2] == "..":
        return not following[0].islower()
    first = re.match(r"[\"'“‘«(\[]*(\w[\w'’]*)", following)
    next_word = first.group(1) if first else ""
    if next_word[:1].islower():
        return False
    found = re.search(r"[\w.]*\w$", text[max(0, stop - _SEEN) : stop])
    word = found.group() if found else ""
    if word.casefold() in _TITLES:
        return False
    is_initial = len(word) == 1 and word.isupper()
    is_dotted = "." in word and all(len(part) <= 2 for part in word.split("."))
    if is_initial or is_dotted or word.casefold() in _ABBREVIATIONS:
        return next_word.casefold() in _OPENERS and next_word[:1].isupper() and len(word) > 0
    return True


def _attach_blank(pieces: list[str]) -> list[str]:
    """Give a piece of white space alone to its neighbour."""
    result: list[str] = []
    for piece in pieces:
        if result and (not piece.strip() or not result[-1].strip()):
            result[-1] += piece
        else:
            result.append(piece)
    return result
