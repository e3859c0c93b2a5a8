"""Words without case: the analyzer for corpora of one's own.

A word is a run of letters, digits and combining marks after NFKC and case folding; every other
character, apostrophes and hyphens among them, separates. A Han or kana character is a word by
itself, because such text has no spaces and its words could not be found inside a run.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_SEPARATES = 0x20
TO_WORDS = bytes(
    c if c >= 0x80 else ord(chr(c).lower()) if chr(c).isalnum() else _SEPARATES for c in range(256)
)
_ASCII_WORD = re.compile("[0-9A-Za-z]+")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_PLAIN_WORD = re.compile(r"[^\W_]+")
"""The words of folded text without `_special` characters, found sooner than by `_folded_words`."""

_HAN_KANA = (
    "\u3005-\u3007\u3021-\u3029\u3040-\u3098\u309b-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
)
_HAN_KANA += "\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
# Jamo vowels and finals, half-width voicing marks and the vowel signs that are letters compose
# with the character before them although they are no marks.
_COMPOSING_LETTERS = "\u1160-\u11ff\uff9e\uff9f\U00016d63\U00016d67-\U00016d6a"


def words(text: str) -> list[bytes]:
    r"""Return the words of `text` in order, normalised, in UTF-8.

    >>> words("L'Été, 2 Straße—naïve_x")
    [b'l', b'\xc3\xa9t\xc3\xa9', b'2', b'strasse', b'na\xc3\xafve', b'x']
    """
    return split(clean(text))


def clean(text: str) -> bytes:
    """Return `text` in UTF-8, normalised as far as only `split` remains.

    Cleaned texts may be joined with spaces between them and split at once.
    """
    return cleaned(text).encode()


def cleaned(text: str) -> str:
    """Return what `clean` does as a string."""
    return text if text.isascii() else _space_out(_fold(text))


def split(cleaned: bytes) -> list[bytes]:
    """Return the words of what `clean` gave."""
    return cleaned.translate(TO_WORDS).split()


def spans(text: str) -> list[tuple[int, int]]:
    """Return the characters of `text` that each of `words(text)` came from, half-open.

    Where normalisation mixes characters of several words, each gets the span of their union.
    """
    if text.isascii():
        return [match.span() for match in _ASCII_WORD.finditer(text)]
    found = _fine_spans(text)
    return _coarse_spans(text) if found is None else found


def _fold(text: str) -> str:
    """Normalise; the second NFKC composes what folding decomposed."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", folded)


def _space_out(folded: str) -> str:
    spaced = _non_words().sub(" ", folded)
    if _han_kana().search(spaced):
        return _han_kana().sub(r" \g<0> ", spaced)
    return spaced


def _fine_spans(text: str) -> list[tuple[int, int]] | None:
    """Fold piece by piece; None where that differs from folding the whole."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in _clusters().finditer(text):
        start, end = match.span()
        piece = _fold(match.group())
        pieces.append(piece)
        if text[start].isascii() and len(piece) == end - start:
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
        else:
            starts.extend([start] * len(piece))
            ends.extend([end] * len(piece))
    folded = "".join(pieces)
    if folded != _fold(text):
        return None
    is_special = _special().search("".join(_BEYOND_ASCII.findall(folded)))
    pattern = _folded_words() if is_special else _PLAIN_WORD
    return [(starts[m.start()], ends[m.end() - 1]) for m in pattern.finditer(folded)]


def _coarse_spans(text: str) -> list[tuple[int, int]]:
    """Give each word the span of the white-space separated chunk that it stands in."""
    return [
        match.span() for match in re.finditer(r"[^\t-\r ]+", text) for _ in words(match.group())
    ]


@cache
def _marks() -> str:
    """Return the combining marks as the inside of a character class."""
    # Marks stand in these blocks only; looking at all 1.1 million code points takes 0.1 s.
    codes = [*range(0x300, 0x20000), *range(0xE0100, 0xE01F0)]
    marks = [c for c in codes if unicodedata.category(chr(c))[0] == "M"]
    ranges: list[list[int]] = []
    for code in marks:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(lo)}-{chr(hi)}" for lo, hi in ranges)


@cache
def _non_words() -> re.Pattern[str]:
    """Match characters beyond ASCII that no word holds."""
    return re.compile(rf"[^\x00-\x7f\w{_marks()}]+")


@cache
def _han_kana() -> re.Pattern[str]:
    return re.compile(rf"[{_HAN_KANA}][{_marks()}]*")


@cache
def _special() -> re.Pattern[str]:
    """Match characters that are words by themselves, or of a word although they are no letters."""
    return re.compile(f"[{_HAN_KANA}{_marks()}]")


@cache
def _folded_words() -> re.Pattern[str]:
    """Match the words of folded text; the counterpart of `split(_space_out(...))`."""
    marks = _marks()
    return re.compile(rf"(?=\w)[{_HAN_KANA}][{marks}]*|(?:(?![_{_HAN_KANA}])[\w{marks}])+")


@cache
def _clusters() -> re.Pattern[str]:
    """Match pieces of text that normalise alike alone and in context."""
    extends = f"[{_marks()}{_COMPOSING_LETTERS}]"
    return re.compile(rf"[\x00-\x7f]+(?!{extends})|.{extends}*", re.DOTALL)
