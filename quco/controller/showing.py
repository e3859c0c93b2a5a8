"""Which passages the model sees: each once, the newest last, within a budget of characters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from zlib import crc32

from quco.types import Evidence, Passage, SentenceReport, Verdict


def unseen(found: Iterable[Passage], shown: Iterable[Passage]) -> list[Passage]:
    """Return what is new in `found`: neither the id nor the text was there before.

    Examples
    --------
    >>> a, b = Passage("a", "Rome is old."), Passage("b", "rome  is old.")
    >>> [passage.id for passage in unseen([a, b], [])]
    ['a']
    """
    seen = {key for passage in shown for key in _keys(passage)}
    new: list[Passage] = []
    for passage in found:
        keys = _keys(passage)
        if not seen.intersection(keys):
            new.append(passage)
        seen.update(keys)
    return new


def against(report: SentenceReport) -> list[Passage]:
    """Return the places of the corpus that speak against a sentence."""
    return as_passages(
        place
        for claim in report.claims
        if claim.verdict is Verdict.UNSUPPORTED
        for place in claim.evidence
    )


def as_passages(places: Iterable[Evidence]) -> list[Passage]:
    """Return places of the corpus as passages.

    The id is the document's, followed by ``#`` and a checksum of the text.
    """
    return [
        Passage(f"{place.document_id}#{crc32(place.text.encode()):08x}", place.text, place.title)
        for place in places
    ]


def fit(passages: Sequence[Passage], n_chars: int, *, longest: int) -> list[Passage]:
    """Return the newest passages that fit, in order; the only one left is cut at a word.

    Parameters
    ----------
    passages : sequence of Passage
        Oldest first.
    n_chars : int
        Room for titles and texts together; with none, nothing is shown.
    longest : int
        Characters of one passage that the prompt shows at most.

    Examples
    --------
    >>> old, new = Passage("1", "a" * 10), Passage("2", "b b b b b b")
    >>> [p.id for p in fit([old, new], 15, longest=99)], fit([new], 6, longest=99)[0].text
    (['2'], 'b b b')
    """
    kept: list[Passage] = []
    for passage in reversed(passages):
        size = len(passage.title) + min(len(passage.text), longest)
        if size > n_chars:
            if not kept and (text := _cut(passage.text, n_chars - len(passage.title))):
                kept.append(replace(passage, text=text))
            break
        kept.append(passage)
        n_chars -= size
    return kept[::-1]


def _keys(passage: Passage) -> tuple[str, str]:
    return f"id {passage.id}", " ".join(passage.text.casefold().split())


def _cut(text: str, n_chars: int) -> str:
    """Return the beginning of `text`, whole words where there is room for one."""
    if len(text) <= n_chars:
        return text
    words = re.sub(r"\S*$", "", text[: max(0, n_chars) + 1]).rstrip()
    return words or text[: max(0, n_chars)].rstrip()
