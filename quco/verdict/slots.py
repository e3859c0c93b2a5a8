"""What stands around a slot, and as named features: which relation does it express?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from quco.verdict.reading import DATE, GEO, NAME, NUMBER, Reading, Word, granularity
from quco.verdict.relation import STOP_WORDS

_REACH_LEFT = 8
_REACH_RIGHT = 5
_LISTED = frozenset((",", "and", "&", "or"))
_DASHES = frozenset(("–", "-", "—"))
_BORN = frozenset(("born", "b"))
_DIED = frozenset(("died", "d", "†"))
_STARTS, _ENDS = "<START>", "<END>"
_OFFSPRING = frozenset(
    (("of", "son"), ("of", "daughter"), ("of", "child"), ("of", "children"), ("to", "born"))
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A placeholder and its surroundings within the sentence."""

    at: int
    """Position in the reading."""

    left: tuple[str, ...]
    """Words before it, the nearest first; earlier members of its list are left out."""

    right: tuple[str, ...]
    """Words after it, the nearest first."""

    listed: int
    """Members of its list before it."""

    bracketed: bool
    """Whether it stands in brackets."""

    rank: int
    """Slots of the same kind before it in the window."""

    implied: tuple[str, ...]
    """Words that its place stands for: "(1900 – 1950)" says born and died, "son of" father."""


def read_slots(reading: Reading, kinds: Collection[str] = (NAME, GEO, DATE, NUMBER)) -> list[Slot]:
    """Return the slots of some kinds, each with its surroundings."""
    found: list[Slot] = []
    seen = dict.fromkeys((NAME, GEO, DATE, NUMBER), 0)
    opened = -1
    for i, word in enumerate(reading.words):
        if word.text in seen:
            if word.text in kinds:
                left, listed = _left(reading, i)
                right = _right(reading, i)
                implied = _implied(reading, i, opened, left, right) + _parent(word, left, listed)
                rank = seen[word.text]
                found.append(Slot(i, left, right, listed, opened >= 0, rank, implied))
            seen[word.text] += 1
        elif word.text == "(":
            opened = i
        elif word.text == ")":
            opened = -1
    return found


def _left(reading: Reading, at: int) -> tuple[tuple[str, ...], int]:
    words = reading.words
    sentence, kind = words[at].sentence, words[at].text
    i, listed = at - 1, 0
    while kind == NAME and i >= 0 and words[i].text in _LISTED:
        j = i
        while j >= 0 and words[j].text in _LISTED:
            j -= 1
        if j < 0 or words[j].text != kind or words[j].sentence != sentence:
            break
        i, listed = j - 1, listed + 1
    found: list[str] = []
    while i >= 0 and words[i].sentence == sentence and len(found) < _REACH_LEFT:
        found.append(words[i].text)
        i -= 1
    return tuple(found), listed


def _right(reading: Reading, at: int) -> tuple[str, ...]:
    words = reading.words[at + 1 : at + 1 + _REACH_RIGHT]
    return tuple(word.text for word in words if word.sentence == reading.words[at].sentence)


def _implied(
    reading: Reading, at: int, opened: int, left: tuple[str, ...], right: tuple[str, ...]
) -> tuple[str, ...]:
    if opened >= 0:
        return _life(reading, at, opened)
    following = right[0] if right else _ENDS
    is_word = following.isalpha() and following not in STOP_WORDS
    word = reading.words[at]
    if word.text == GEO and (is_word or following == NAME):
        return ("nationality", "citizen", "country")
    if word.text == DATE and (is_word or following == GEO) and left[:1] in (("a",), ("an",)):
        return ("released", "published") if granularity(word.raw) == "year" else ()
    return ()


def _parent(word: Word, left: tuple[str, ...], listed: int) -> tuple[str, ...]:
    """Read "son of A and B", up to the next name or comma."""
    if word.text != NAME:
        return ()
    near = next((i for i, other in enumerate(left) if other in (NAME, ",")), len(left))
    if _OFFSPRING.isdisjoint(pairwise(left[:near])):
        return ()
    return ("mother" if listed else "father", "parent")


def _life(reading: Reading, at: int, opened: int) -> tuple[str, ...]:
    """Read "(born A in B – died C in D)", in any of its short forms."""
    words = reading.words
    close = opened
    while close < len(words) and words[close].text != ")":
        close += 1
    before = {word.text for word in words[opened + 1 : at]}
    if before & _DIED:
        return ("died",)
    dash = _dash(words, opened + 1, close)
    if dash:
        return ("born",) if at < dash else ("died",)
    if before & _BORN:
        return ("born",)
    alone = close - opened == 2
    return ("released",) if alone and words[at].text == DATE else ()


def _dash(words: tuple[Word, ...], start: int, end: int) -> int:
    """Return where a dash parts two dates, or 0."""
    dates = [i for i in range(start, end) if words[i].text in (DATE, NUMBER)]
    return next(
        (
            i
            for i in range(start, end)
            if words[i].text in _DASHES and dates and dates[0] < i < dates[-1]
        ),
        0,
    )


def slot_features(reading: Reading, slot: Slot) -> list[str]:
    """Return the named, binary features of a slot; they hold no name of the text."""
    word = reading.words[slot.at]
    left = (*slot.left[:3], _STARTS, _STARTS, _STARTS)[:3]
    right = (*slot.right[:2], _ENDS, _ENDS)[:2]
    found = [
        "any",
        f"kind={word.text}",
        f"L1={left[0]}",
        f"L2={left[1]}",
        f"L12={left[1]} {left[0]}",
        f"L123={left[2]} {left[1]} {left[0]}",
        f"R1={right[0]}",
        f"R12={right[0]} {right[1]}",
        f"listed={min(slot.listed, 2)}",
        f"rank={min(slot.rank, 4)}",
        f"bracket={slot.bracketed:d} rank={min(slot.rank, 3)}",
        f"sentence={min(word.sentence, 3)}",
        f"about={reading.about_head:d}",
        f"length={min(len(word.raw.split()), 4)}",
    ]
    if word.text == DATE:
        found.append(f"exact={granularity(word.raw)}")
    found += [f"implied={token}" for token in slot.implied]
    found += [f"l3={token}" for token in set(slot.left[:3])]
    found += [f"l8={token}" for token in set(slot.left)]
    found += [f"r4={token}" for token in set(slot.right[:4])]
    return found
