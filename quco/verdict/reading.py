"""Reads a window of the corpus as a sequence of words in which names are placeholders.

"Move is a 1970 American film directed by Stuart Rosenberg" becomes, for the head *Move* and the
tail *Stuart Rosenberg*::

    <HEAD> is a <DATE> <GEO> film directed by <NAME:tail>

so that one pattern serves all names. Every placeholder but the head's is a *slot*: the tail stands
in some of them, its rivals (other names of the same kind) in the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quco.geography import is_country
from quco.mentions import find_mentions

HEAD, NAME, GEO, DATE, NUMBER = "<HEAD>", "<NAME>", "<GEO>", "<DATE>", "<NUMBER>"

_TOKEN = re.compile(r"[^\W_]+|[^\w\s]")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”)\]]*\s+(?=[\"“(\[]?[A-Z0-9])|\n+")
_NO_END = re.compile(r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|St|Jr|Sr|No|vs|b|d|c|ca|fl))\.$")
_YEAR = re.compile(r"(?:the\s+)?\d{3,4}")
_DECADE = re.compile(r"\d{3,4}s\b")
_DAY = re.compile(r"\b\d{1,2}\b")


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
        return inside[0].start, inside[-1].start + len(inside[-1].raw)


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
    tokens = [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    tails = _find(tokens, tail)
    heads = _apart(_find(tokens, head), tails)
    spans = [(a, b, placeholder(text[a:b]), True) for a, b in tails]
    heads = [(a, b + (text[b : b + 1] == ")" and "(" in text[a:b])) for a, b in heads]
    spans += [(a, b, HEAD, False) for a, b in heads]
    taken = sorted([*tails, *heads])
    head_words = {word for name in head for word in name_words(name)} if about_head else set()
    for mention in find_mentions(text):
        for a, b in _cut(text, mention.start, mention.end, taken):
            kind = DATE if mention.kind == "DATE" else placeholder(text[a:b])
            if kind == NAME and head_words and _is_part(text[a:b], head_words):
                kind = HEAD
            spans.append((a, b, kind, False))
    return Reading(tuple(_words(text, tokens, sorted(spans))), about_head)


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


def _find(tokens: list[tuple[str, int, int]], names: Iterable[str]) -> list[tuple[int, int]]:
    """Return the character spans of all names, the longest where they overlap."""
    places = [i for i, token in enumerate(tokens) if token[0][0].isalnum()]
    words = [tokens[i][0].casefold() for i in places]
    at: dict[str, list[int]] = {}
    for i, word in enumerate(words):
        at.setdefault(word, []).append(i)
    found = [
        (tokens[places[i]][1], tokens[places[i + len(name) - 1]][2])
        for name in {name_words(name) for name in names} - {()}
        for i in at.get(name[0], ())
        if tuple(words[i : i + len(name)]) == name
    ]
    return _apart(sorted(found, key=lambda span: (span[0], -span[1])), [])


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


def _words(
    text: str,
    tokens: list[tuple[str, int, int]],
    spans: list[tuple[int, int, str, bool]],
) -> Iterable[Word]:
    borders = [
        match.end()
        for match in _SENTENCE_END.finditer(text)
        if "\n" in match.group() or not _NO_END.search(text, 0, match.start())
    ]
    sentence = i = s = 0
    while i < len(tokens):
        token, start, _ = tokens[i]
        while sentence < len(borders) and start >= borders[sentence]:
            sentence += 1
        while s < len(spans) and spans[s][1] <= start:
            s += 1
        if s < len(spans) and spans[s][0] <= start:
            a, b, kind, is_tail = spans[s]
            yield Word(kind, text[a:b], sentence, a, is_tail)
            while i < len(tokens) and tokens[i][1] < b:
                i += 1
            s += 1
            continue
        yield Word(NUMBER if token.isdigit() else token.casefold(), token, sentence, start)
        i += 1
