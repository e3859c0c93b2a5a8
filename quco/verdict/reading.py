"""Reads a window of the corpus as a sequence of words in which names are placeholders.

"Move is a 1970 American film directed by Stuart Rosenberg" becomes, for the head *Move* and the
tail *Stuart Rosenberg*::

    <HEAD> is a <DATE> <GEO> film directed by <NAME:tail>

so that one pattern serves all names. Every placeholder but the head's is a *slot*: the tail stands
in some of them, its rivals (other names of the same kind) in the others.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from quco.geography import is_country
from quco.mentions import Mention, find_mentions

HEAD, NAME, GEO, DATE, NUMBER = "<HEAD>", "<NAME>", "<GEO>", "<DATE>", "<NUMBER>"

_TOKEN = re.compile(r"[^\W_]+|[^\w\s]")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”)\]]*\s+(?=[\"“(\[]?[A-Z0-9])|\n+")
_NO_END = re.compile(r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|St|Jr|Sr|No|vs|b|d|c|ca|fl))\.$")
_YEAR = re.compile(r"(?:the\s+)?\d{3,4}")
_DECADE = re.compile(r"\d{3,4}s\b")
_DAY = re.compile(r"\b\d{1,2}\b")
_PARTICIPLE = re.compile(r"Born|[A-Z][a-z]+(?:ed|ing)")

_REMEMBERED = 256
"""Windows: those of one entity come again with each claim about it."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, a punctuation mark, or a placeholder."""

    text: str
    """Case-folded, or one of the placeholders."""

    raw: str
    """As written."""

    sentence: int
    """Number of its sentence in the window."""

    start: int
    """Character offset in the window."""

    is_tail: bool = False
    """Whether a placeholder stands for the claim's tail."""

    @property
    def end(self) -> int:
        """Character offset of its end."""
        return self.start + len(self.raw)


@dataclass(frozen=True, slots=True)
class Reading:
    """One window, read for one claim."""

    words: tuple[Word, ...]
    """Its words."""

    about_head: bool
    """Whether the document is about the head, judging by its title."""

    def sentence_span(self, at: int) -> tuple[int, int]:
        """Return the characters of the sentence in which a word stands."""
        inside = [word for word in self.words if word.sentence == self.words[at].sentence]
        return inside[0].start, inside[-1].end


@lru_cache(1 << 14)
def name_words(text: str) -> tuple[str, ...]:
    """Return the case-folded words of a name, without punctuation."""
    return tuple(match.casefold() for match in _TOKEN.findall(text) if match[0].isalnum())


def granularity(raw: str) -> str:
    """Return how exact a date is: ``day``, ``month``, ``year`` or ``decade``."""
    if _DECADE.search(raw):
        return "decade"
    if _YEAR.fullmatch(raw.strip()):
        return "year"
    return "day" if _DAY.search(raw) or "-" in raw else "month"


def read_window(
    text: str, head: Sequence[str], tail: Sequence[str], *, about_head: bool = False
) -> Reading:
    """Read a window for a claim.

    Parameters
    ----------
    text : str
        The window as written.
    head, tail : sequence of str
        Surface variants of both.
    about_head : bool, default=False
        Whether the document is about the head; then a part of its name means it too.
    """
    scan = _scan(text)
    tails = scan.find(tail)
    heads = _apart(scan.find(head), tails)
    spans = [(a, b, placeholder(text[a:b]), True) for a, b in tails]
    heads = [(a, b + (text[b : b + 1] == ")" and "(" in text[a:b])) for a, b in heads]
    spans += [(a, b, HEAD, False) for a, b in heads]
    taken = sorted([*tails, *heads])
    head_words = {word for name in head for word in name_words(name)} if about_head else set()
    for mention in scan.mentions:
        for a, b in _cut(text, mention.start, mention.end, taken):
            kind = DATE if mention.kind == "DATE" else placeholder(text[a:b])
            if kind == NAME and head_words and _is_part(text[a:b], head_words):
                kind = HEAD
            spans.append((a, b, kind, False))
    return Reading(tuple(_words(text, scan, sorted(spans))), about_head)


@dataclass(frozen=True, slots=True)
class _Scan:
    """What a window holds, whatever the claim."""

    tokens: list[Word]
    """Words and marks."""

    starts: list[int]
    """Character offset of each."""

    words: list[str]
    """The words among them, case-folded."""

    places: list[int]
    """Which tokens these are."""

    at: dict[str, list[int]]
    """Where each word stands among the words."""

    mentions: list[Mention]
    """Names and dates by their spelling."""

    def find(self, names: Iterable[str]) -> list[tuple[int, int]]:
        """Return the character spans of all names, the longest where they overlap."""
        found = [
            (self.starts[self.places[i]], self.tokens[self.places[i + len(name) - 1]].end)
            for name in {name_words(name) for name in names} - {()}
            for i in self.at.get(name[0], ())
            if tuple(self.words[i : i + len(name)]) == name
        ]
        return _apart(sorted(found, key=lambda span: (span[0], -span[1])), [])


@lru_cache(_REMEMBERED)
def _scan(text: str) -> _Scan:
    borders = [
        match.end()
        for match in _SENTENCE_END.finditer(text)
        if "\n" in match.group() or not _NO_END.search(text, 0, match.start())
    ]
    tokens: list[Word] = []
    at: dict[str, list[int]] = {}
    words: list[str] = []
    places: list[int] = []
    for match in _TOKEN.finditer(text):
        raw, start = match.group(), match.start()
        folded = raw.casefold()
        if raw[0].isalnum():
            at.setdefault(folded, []).append(len(words))
            words.append(folded)
            places.append(len(tokens))
        known = NUMBER if raw.isdigit() else folded
        tokens.append(Word(known, raw, bisect_right(borders, start), start))
    starts = {0, *borders}
    mentions = [m for m in find_mentions(text) if not (m.start in starts and _is_participle(m))]
    return _Scan(tokens, [t.start for t in tokens], words, places, at, mentions)


def _is_participle(mention: Mention) -> bool:
    """Whether what opens a sentence is no name: "Born in Paris, she …"."""
    return _PARTICIPLE.fullmatch(mention.text) is not None


def placeholder(raw: str) -> str:
    """Return the placeholder that stands for a name, a country, a date or a number."""
    if is_country(raw):
        return GEO
    if any(char.isdigit() for char in raw):
        if _DECADE.search(raw) or _YEAR.fullmatch(raw) or re.search(r"[A-Z][a-z]{2}", raw):
            return DATE if _looks_dated(raw) else NAME
        return NUMBER
    return NAME


def _looks_dated(raw: str) -> bool:
    mentions = find_mentions(raw)
    return len(mentions) == 1 and mentions[0].kind == "DATE"


def _apart(spans: list[tuple[int, int]], taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for a, b in spans:
        if all(b <= c or d <= a for c, d in taken) and (not kept or a >= kept[-1][1]):
            kept.append((a, b))
    return kept


def _cut(text: str, start: int, end: int, taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return what is left of a mention beside head and tail, a leading demonym split off."""
    hit = [(a, b) for a, b in taken if a < end and start < b]
    if hit:
        edges = [start, *(edge for span in hit for edge in span), end]
        rest = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1]
        return [span for a, b in rest for span in _dates_and_countries(text, a, b)]
    first = text[start:end].split(" ", 1)[0]
    if len(first) < end - start and is_country(first):
        return [(start, start + len(first)), (start + len(first) + 1, end)]
    return [(start, end)]


def _dates_and_countries(text: str, start: int, end: int) -> Iterable[tuple[int, int]]:
    for mention in find_mentions(text[start:end]):
        a, b = start + mention.start, start + mention.end
        if mention.kind == "DATE" or is_country(text[a:b]):
            yield a, b


def _is_part(raw: str, head_words: set[str]) -> bool:
    """Whether a mention repeats the head: "Altman", or "Robert Bernard Altman"."""
    words = name_words(raw)
    return set(words) <= head_words or (head_words <= set(words))


def _words(text: str, scan: _Scan, spans: list[tuple[int, int, str, bool]]) -> Iterator[Word]:
    """Yield the tokens of a window, one placeholder for those of each span."""
    done = 0
    for start, end, kind, is_tail in spans:
        first = bisect_left(scan.starts, start, done)
        after = bisect_left(scan.starts, end, first)
        yield from scan.tokens[done:first]
        if first < after:
            yield Word(kind, text[start:end], scan.tokens[first].sentence, start, is_tail)
        done = after
    yield from scan.tokens[done:]
