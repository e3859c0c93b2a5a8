"""Reports, windows and passages, cut to what a model can read and a message should carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from quco.excerpts import shorten
from quco.serialize import to_jsonable
from quco.types import ClaimReport, Evidence, Passage, Report, SentenceReport

MAX_TEXT_CHARS = 600
"""A passage or window is cut here, at a word."""

MAX_CLAIMS = 8
"""Claims shown of one sentence."""

MAX_SENTENCES = 40
"""Sentences shown of one text."""


def cut(text: str) -> str:
    r"""Return `text` on one line, cut at a word where it is too long.

    Examples
    --------
    >>> cut("so  be\nit")
    'so be it'
    >>> len(cut("word " * 1000)) <= MAX_TEXT_CHARS + 2
    True
    """
    return shorten(" ".join(text.split()), MAX_TEXT_CHARS)


def shown(source: str, text: str) -> str:
    """Return a place as one line for a model."""
    return f"[{source}] {cut(text)}"


def plain_passage(passage: Passage) -> dict[str, Any]:
    """Return a passage as plain dicts, its text cut."""
    plain: dict[str, Any] = to_jsonable(passage)
    return plain | {"text": cut(passage.text)}


def plain_window(window: Evidence) -> dict[str, str]:
    """Return a window as a plain dict, its text cut."""
    return {
        "document_id": window.document_id,
        "title": window.title,
        "text": cut(window.text),
    }


def plain_report(report: Report) -> dict[str, Any]:
    """Return a report as plain dicts; further sentences and claims are only counted."""
    return {
        "verdict": report.verdict.value,
        "sentences": [_sentence(sentence) for sentence in report.sentences[:MAX_SENTENCES]],
        "n_sentences": len(report.sentences),
    }


def describe(report: Report) -> str:
    """Return a report in lines for a model: each sentence, then why its verdict is what it is."""
    return "\n".join([f"The text is {report.verdict.value}.", *_lines(report)])


def _lines(report: Report) -> Iterator[str]:
    for sentence in report.sentences[:MAX_SENTENCES]:
        yield f"{sentence.verdict.value}: {cut(sentence.text)}"
        for claim in sentence.claims[:MAX_CLAIMS]:
            yield f"  {claim.triplet}: {claim.verdict.value}; {cut(claim.reason)}"
            for window in claim.evidence[:1]:
                yield f"    {shown(window.title or window.document_id, window.text)}"
        if not sentence.claims:
            yield f"  {cut(sentence.reason)}"
    if (rest := len(report.sentences) - MAX_SENTENCES) > 0:
        yield f"(and {rest} more sentences)"


def _sentence(sentence: SentenceReport) -> dict[str, Any]:
    return {
        "text": cut(sentence.text),
        "verdict": sentence.verdict.value,
        "reason": sentence.reason,
        "follows": cut(sentence.follows),
        "claims": [_claim(claim) for claim in sentence.claims[:MAX_CLAIMS]],
        "n_claims": len(sentence.claims),
    }


def _claim(claim: ClaimReport) -> Mapping[str, Any]:
    plain: dict[str, Any] = to_jsonable(claim)
    return plain | {"evidence": [plain_window(window) for window in claim.evidence[:3]]}
