"""From hits in the token stream back to the text as it was written."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus_engine.analyzers import word
from corpus_engine.types import Document, Evidence

_CONTEXT_CHARACTERS = 240
"""How far the text around a hit is widened in search of a sentence's border."""

_SENTENCE_END = re.compile(r"[.!?…。！？]['\"”’)\]]*(?=\s)|\n")


def word_evidence(
    document: Document, a: tuple[int, int], b: tuple[int, int] | None, distance: int
) -> Evidence:
    """Return the passage around two hits given as half-open ranges of words of the document."""
    spans = word.spans(document.text)
    a_span = _characters(spans, a)
    b_span = None if b is None else _characters(spans, b)
    return evidence(document, a_span, b_span, distance)


def evidence(
    document: Document,
    a_span: tuple[int, int],
    b_span: tuple[int, int] | None,
    distance: int,
) -> Evidence:
    """Return the passage around two hits given as characters of the document."""
    both = [a_span] if b_span is None else [a_span, b_span]
    start, end = widen(document.text, min(span[0] for span in both), max(span[1] for span in both))
    shifted = [(span[0] - start, span[1] - start) for span in both]
    return Evidence(
        text=document.text[start:end],
        document_id=document.id,
        metadata=document.metadata,
        a_span=shifted[0],
        b_span=None if b_span is None else shifted[1],
        document_span=(start, end),
        distance=distance,
    )


def widen(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a range of characters to the borders of its sentences, or of a word farther off.

    >>> text = "One. Two words here. Three."
    >>> text[slice(*widen(text, 9, 14))]
    'Two words here.'
    """
    low = max(0, start - _CONTEXT_CHARACTERS)
    borders = [match.end() for match in _SENTENCE_END.finditer(text, low, start)]
    if borders:
        low = borders[-1]
    elif low > 0:
        space = text.find(" ", low, start)
        low = start if space < 0 else space
    high = min(len(text), end + _CONTEXT_CHARACTERS)
    border = _SENTENCE_END.search(text, end, min(len(text), high + 1))
    if border:
        high = border.end()
    elif high < len(text):
        space = text.rfind(" ", end, high)
        high = end if space < 0 else space
    while low < start and text[low].isspace():
        low += 1
    while high > end and text[high - 1].isspace():
        high -= 1
    return low, high


def _characters(spans: Sequence[tuple[int, int]], words: tuple[int, int]) -> tuple[int, int]:
    first, last = spans[words[0]], spans[words[1] - 1]
    return first[0], max(first[1], last[1])
