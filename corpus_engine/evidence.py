"""From hits in the token stream back to the text as it was written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from corpus_engine.documents import Documents
from corpus_engine.encoders.base import Encoder
from corpus_engine.errors import IndexFormatError
from corpus_engine.search import Search
from corpus_engine.store import DocumentStore
from corpus_engine.types import Document, Evidence

_CONTEXT_CHARACTERS = 240
"""How far the text around a hit is widened in search of a sentence's border."""

_CONTEXT_TOKENS = 80
"""How many tokens around a hit are decoded where the original text is not kept."""

_CANDIDATES_A_PASSAGE = 16
_LEAST_CANDIDATES = 64
_SENTENCE_END = re.compile(r"[.!?…。！？]['\"”’)\]]*(?=\s)|\n")


Item = TypeVar("Item")
_Text = tuple[Document, Sequence[tuple[int, int]]]
"""A document with the characters of its tokens."""


@dataclass(frozen=True, slots=True)
class _Hit:
    """One place where all terms stand near each other."""

    shard: int
    document: int
    places: tuple[int, ...]
    distance: int


def firsts(items: Iterable[Item], key: Callable[[Item], Hashable]) -> tuple[list[Item], list[Item]]:
    """Return the first item of each key, and all others, both in order.

    Examples
    --------
    >>> firsts(["ab", "ba", "ac"], lambda word: word[0])
    (['ab', 'ba'], ['ac'])
    """
    seen: set[Hashable] = set()
    first: list[Item] = []
    again: list[Item] = []
    for item in items:
        (again if key(item) in seen else first).append(item)
        seen.add(key(item))
    return first, again


class Passages:
    """Shows hits in the documents' own words.

    Parameters
    ----------
    search : Search
        Finds hits.
    documents : Documents
        Numbers documents.
    encoder : Encoder
        Finds the characters of tokens.
    store : DocumentStore or None
        Original text; without it, text is decoded from tokens.
    """

    def __init__(
        self, search: Search, documents: Documents, encoder: Encoder, store: DocumentStore | None
    ) -> None:
        self._search = search
        self._documents = documents
        self._encoder = encoder
        self._store = store

    def find(
        self, terms: Sequence[Sequence[bytes]], window: int, k: int, context: int = 0
    ) -> list[Evidence]:
        """Return up to `k` passages that hold one or two terms.

        Passages of different documents come first, and among them those where the terms stand
        closest, out of the first hits (16 for each passage wanted, at least 64). `context` is the
        least number of characters on either side, where the document has them.
        """
        most = max(_LEAST_CANDIDATES, k * _CANDIDATES_A_PASSAGE)
        hits = [self._hit(row) for row in self._search.places_cnf(terms, window, most).tolist()]
        hits.sort(key=lambda hit: hit.distance)
        first, again = firsts(hits, lambda hit: (hit.shard, hit.document))
        texts: dict[int, _Text] = {}
        return [self._passage(hit, terms, context, texts) for hit in [*first, *again][:k]]

    def _hit(self, row: list[int]) -> _Hit:
        shard, _, *places = row
        distance = self._search.steps(shard, places[0], places[-1])
        return _Hit(shard, self._search.document_of(shard, places[0]), tuple(places), distance)

    def _passage(
        self, hit: _Hit, terms: Sequence[Sequence[bytes]], context: int, texts: dict[int, _Text]
    ) -> Evidence:
        lengths = [
            self._length_at(hit.shard, place, term)
            for place, term in zip(hit.places, terms, strict=True)
        ]
        if self._store is None:
            return self._decoded(hit, lengths)
        number = self._documents.firsts[hit.shard] + hit.document
        if number not in texts:
            document = self._store.read(number)
            texts[number] = document, self._encoder.spans(document.text)
        document, spans = texts[number]
        start = int(self._search.shards[hit.shard].docs[hit.document])
        found = []
        for place, length in zip(hit.places, lengths, strict=True):
            # The separator before the document is a step, and no word of its text.
            first = self._search.steps(hit.shard, start, place) - 1
            last = self._search.steps(hit.shard, start, place + length) - 2
            inside = spans[first : last + 1]
            if not inside:
                raise IndexFormatError(
                    f"the text of document {document.id!r} does not hold the tokens of the index: "
                    "it is damaged; verify it, and build it again"
                )
            found.append((inside[0][0], max(end for _, end in inside)))
        return passage(document, found, hit.distance, context)

    def _length_at(self, shard: int, place: int, variants: Sequence[bytes]) -> int:
        """Return the bytes of the longest variant that stands at a place."""
        stream = self._search.shards[shard].stream
        oriented = map(self._search.oriented, variants)
        return max(
            len(query)
            for query in oriented
            if stream[place : place + len(query)].tobytes() == query
        )

    def _decoded(self, hit: _Hit, lengths: Sequence[int]) -> Evidence:
        """Return a passage decoded from the tokens around a hit."""
        part = self._search.shards[hit.shard]
        low, high = part.document_range(hit.document)
        context = _CONTEXT_TOKENS * part.width
        low = max(low, min(hit.places) - context)
        high = min(high, max(map(sum, zip(hit.places, lengths, strict=True))) + context)
        tokens = part.tokens(low, high)
        places = [place - low for place in hit.places]
        if self._search.backwards:
            tokens = tokens[::-1]
            ends = [place + length for place, length in zip(places, lengths, strict=True)]
            places = [high - low - end for end in ends]
        decode = self._encoder.decode
        found = []
        for place, length in zip(places, lengths, strict=True):
            first, last = place // part.width, (place + length) // part.width
            found.append((len(decode(tokens[:first])), len(decode(tokens[:last]))))
        line = part.metadata(hit.document)
        number = self._documents.firsts[hit.shard] + hit.document
        try:
            metadata = json.loads(line) if line else {}
        except ValueError as exc:
            raise IndexFormatError(f"{part.paths.metadata} holds no JSON: {line[:80]!r}") from exc
        return passage(Document(str(number), decode(tokens), metadata), found, hit.distance)


def passage(
    document: Document, spans: Sequence[tuple[int, int]], distance: int, context: int = 0
) -> Evidence:
    """Return the passage around one or two hits given as characters of the document."""
    low = max(0, min(start for start, _ in spans) - context)
    high = min(len(document.text), max(end for _, end in spans) + context)
    start, end = widen(document.text, low, high)
    shifted = [(span[0] - start, span[1] - start) for span in spans]
    return Evidence(
        text=document.text[start:end],
        document_id=document.id,
        metadata=document.metadata,
        a_span=shifted[0],
        b_span=shifted[1] if len(shifted) > 1 else None,
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
