"""The obvious, slow specification of the corpus engine: lists of tokens, and loops."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Sequence

_HAN_KANA = (
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3040, 0x3098),
    (0x309B, 0x30FF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
)


def words(text: str) -> list[str]:
    """Normalise, then collect runs of letters, digits and combining marks, one by one."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = unicodedata.normalize("NFKC", folded)
    found = [""]
    alone = False
    for character in folded:
        if any(lo <= ord(character) <= hi for lo, hi in _HAN_KANA) and character.isalnum():
            found += [character]
            alone = True
        elif unicodedata.category(character)[0] == "M":
            found[-1] += character
        elif character.isalnum():
            if alone:
                found += [""]
            found[-1] += character
            alone = False
        else:
            found += [""]
            alone = False
    return [word for word in found if word]


def positions(tokens: Sequence[object], query: Sequence[object]) -> list[int]:
    """Return where `query` starts in `tokens`."""
    n = len(query)
    return [i for i in range(len(tokens) - n + 1) if list(tokens[i : i + n]) == list(query)]


def clause(tokens: Sequence[object], variants: Sequence[Sequence[object]]) -> list[int]:
    """Return where any of `variants` starts, each place once."""
    return sorted(set(itertools.chain.from_iterable(positions(tokens, v) for v in variants)))


def cooccurrence(
    documents: Sequence[Sequence[object]],
    a: Sequence[Sequence[object]],
    b: Sequence[Sequence[object]],
    window: int,
) -> tuple[int, int, tuple[int, int]]:
    """Return the hits, the number of the anchor clause, and the occurrences of both clauses."""
    places_a = [clause(document, a) for document in documents]
    places_b = [clause(document, b) for document in documents]
    count_a, count_b = sum(map(len, places_a)), sum(map(len, places_b))
    anchors, others = (places_a, places_b) if count_a <= count_b else (places_b, places_a)
    hits = sum(
        any(abs(i - j) <= window for j in near)
        for here, near in zip(anchors, others, strict=True)
        for i in here
    )
    return hits, int(count_b < count_a), (count_a, count_b)


def count(documents: Sequence[Sequence[object]], query: Sequence[object]) -> int:
    """Return how often `query` occurs in all documents."""
    return sum(len(positions(document, query)) for document in documents)
