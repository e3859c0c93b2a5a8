"""How many things sentences state that a name has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from quco.conclusions.stated import Span
from quco.surface import NUMERALS, plain_words, undisambiguated, unseparated

_DECIMAL = re.compile(r"\d\.\d")
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES = {word: value for value, word in enumerate([*NUMERALS, *_TEENS])} | {
    word: 10 * value for value, word in enumerate(_TENS, 2)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_BETWEEN = 4
"""Words between a number and what it counts: "11 Grand Slam doubles titles"."""

_MOST_DIGITS, _MOST_PARTS = 15, 6
"""Longer numbers, and those of more words, count nothing."""


def number_of(things: str, name: str, other: str, sentences: Sequence[str]) -> Span | None:
    """Return how many things sentences state last of a name.

    The number stands after the name, nearer to it than to the `other`, and right before the
    things, with few words between.

    Examples
    --------
    >>> number_of("members", "Ada", "Bob", ["Ada has 21 band members, while Bob has five."]).said
    '21 band members'
    >>> number_of("members", "Bob", "Ada", ["Ada has 21 band members, while Bob has five."])
    """
    own, foreign = (plain_words(undisambiguated(text)).split() for text in (name, other))
    for sentence in reversed(sentences):
        if not _DECIMAL.search(sentence):
            words = plain_words(unseparated(sentence)).split()
            if own and (found := _first(things, _after(words, own, foreign))):
                return found
    return None


def _after(words: list[str], own: list[str], foreign: list[str]) -> list[str]:
    """Return the words after a name, up to the other one."""
    start = _find(words, own)
    if start is None:
        return []
    rest = words[start + len(own) :]
    return rest[: _find(rest, foreign)] if foreign else rest


def _find(words: list[str], name: list[str]) -> int | None:
    n = len(name)
    return next((i for i in range(len(words) - n + 1) if words[i : i + n] == name), None)


def _first(things: str, words: list[str]) -> Span | None:
    """Return the first number that stands right before the things; none in "one of two things"."""
    wanted = plain_words(things).split()[-1:]
    wanted += [word.removesuffix("s") for word in wanted]
    runs = [list(run) for _, run in groupby(words, _is_part)]
    for number, after in pairwise(runs):
        if not _is_number(number[0]) or len(number) > _MOST_PARTS:
            continue
        if after[0] == "of":
            return None
        near = after[: _BETWEEN + 1]
        if place := next((i for i, word in enumerate(near, 1) if word in wanted), 0):
            values = _values(number)
            return Span(min(values), max(values), " ".join([*number, *near[:place]]))
    return None


def _is_number(word: str) -> bool:
    return word in _VALUES or (word.isascii() and word.isdecimal() and len(word) <= _MOST_DIGITS)


def _is_part(word: str) -> bool:
    return _is_number(word) or word in _SCALES


def _values(words: list[str]) -> list[int]:
    """Return the numbers in words that are parts of numbers: two of a range, "20 30"."""
    values: list[int] = []
    for i, word in enumerate(words):
        if word in _SCALES:
            values = [value * _SCALES[word] for value in values]
        elif i and words[i - 1] in _TENS and _VALUES.get(word, 10) < 10:
            values[-1] += _VALUES[word]
        else:
            values.append(_VALUES[word] if word in _VALUES else int(word))
    return values
