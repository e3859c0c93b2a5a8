"""Places of a corpus behind a service, read around in its documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import TypeVar

from corpus_engine.client.answers import Found, FoundTogether, Shown
from corpus_engine.client.service import Service
from corpus_engine.client.terms import MOST_TERMS, Clause, Ids
from corpus_engine.evidence import firsts, passage
from corpus_engine.types import Document, Evidence

MOST_SHOWN = 10_000
"""Tokens of a document that a service shows at the most."""

_LETTERS_A_TOKEN = 3
_MARGIN = 100
_MOST_PAIRS = 1 << 16

Item = TypeVar("Item")
Place = tuple[str, int, int]
"""The query type that shows a document, the shard, and the rank or byte offset in it."""

_AT = {"get_doc_by_rank": "rank", "get_doc_by_ptr": "ptr"}


class Places:
    """Finds places and reads around them.

    Parameters
    ----------
    service : Service
        Who is asked.
    most_anchors : int
        A pair whose rarer term occurs so often at the most is looked for around each of its
        occurrences.
    """

    def __init__(self, service: Service, most_anchors: int) -> None:
        self._service = service
        self._most_anchors = most_anchors

    def can_read(self, clauses: Sequence[Clause], window: int) -> bool:
        """Tell whether every occurrence of the rarest clause can be read around."""
        fewest = min(clause.value for clause in clauses)
        return fewest <= self._most_anchors and _reach(clauses, window) <= MOST_SHOWN

    def meetings(self, clauses: Sequence[Clause], window: int) -> list[Place]:
        """Return the occurrences of the rarest clause around which every other clause stands.

        Occurrences are read one by one, so that none is lost.
        """
        anchor = min(range(len(clauses)), key=lambda i: clauses[i].value)
        places = self._occurrences(clauses[anchor])
        shown = self._service.map(lambda place: self._show(place, _reach(clauses, window)), places)
        return [
            place
            for place, document in zip(places, shown, strict=True)
            if _meet(document.token_ids, clauses, anchor, window)
        ]

    def windows(
        self, clauses: Sequence[Clause], window: int, k: int, context: int
    ) -> list[Evidence]:
        """Return up to `k` passages in which one or two terms stand, different documents first."""
        if len(clauses) == 1:
            places = self._occurrences(clauses[0], k)
        elif self.can_read(clauses, window):
            places = self.meetings(clauses, window)
        else:
            places = self._hits(clauses, window)
        near = window if len(clauses) > 1 else 0
        length = min(MOST_SHOWN, 2 * (near + context // _LETTERS_A_TOKEN + _MARGIN))
        shown = self._service.map(lambda place: self._show(place, length), _spread(places, k))
        found = [self._passage(document, clauses, context) for document in shown]
        first, again = firsts(filter(None, found), lambda evidence: evidence.document_id)
        return [*sorted(first, key=lambda one: one.distance), *again]

    def _occurrences(self, clause: Clause, most: int | None = None) -> list[Place]:
        """Return occurrences of a clause: all, or `most` for each variant and shard."""
        queries = [variant.ids for variant in clause.variants]
        found = self._service.map(
            lambda ids: self._service.ask(Found, "find", query_ids=list(ids)), queries
        )
        places: list[Place] = []
        for answer in found:
            for shard, segment in enumerate(answer.segment_by_shard):
                ranks = range(*segment)
                places += [
                    ("get_doc_by_rank", shard, rank)
                    for rank in (ranks if most is None else _spread(ranks, most))
                ]
        return places

    def _hits(self, clauses: Sequence[Clause], window: int) -> list[Place]:
        """Return where the service finds all clauses near each other."""
        cnf = [[list(variant.ids) for variant in c.variants[:MOST_TERMS]] for c in clauses]
        found = self._service.ask(
            FoundTogether, "find_cnf", query_ids=cnf, max_diff_tokens=window
        ).ptrs_by_shard
        return [("get_doc_by_ptr", shard, ptr) for shard, ptrs in enumerate(found) for ptr in ptrs]

    def _show(self, place: Place, length: int) -> Shown:
        query_type, shard, at = place
        fields = {"s": shard, _AT[query_type]: at, "max_disp_len": length}
        # No query: a text that is decoded in pieces around each match loses white space.
        return self._service.ask(Shown, query_type, query_ids=[], **fields)

    def _passage(self, shown: Shown, clauses: Sequence[Clause], context: int) -> Evidence | None:
        """Return a passage of what is shown of a document; None where a term is not to be seen."""
        text = shown.text()
        spans = _closest([_written(text, clause) for clause in clauses], len(text))
        if spans is None:
            return None
        low, high = min(start for start, _ in spans), max(start for start, _ in spans)
        document = Document(str(shown.doc_ix), text, shown.read_metadata())
        return passage(document, spans, len(text[low:high].split()), context)


def _reach(clauses: Sequence[Clause], window: int) -> int:
    """Return how many tokens around an occurrence hold all that may be near it."""
    longest = max(len(variant.ids) for clause in clauses for variant in clause.variants)
    return 2 * (window + longest)


def _starts(tokens: Sequence[int], ids: Ids) -> Iterator[int]:
    for at in range(len(tokens) - len(ids) + 1):
        if tuple(tokens[at : at + len(ids)]) == ids:
            yield at


def _meet(tokens: Sequence[int], clauses: Sequence[Clause], anchor: int, window: int) -> bool:
    """Tell whether all clauses start within `window` tokens of an anchor."""
    starts = [[at for v in clause.variants for at in _starts(tokens, v.ids)] for clause in clauses]
    return any(
        all(any(abs(at - other) <= window for other in others) for others in starts)
        for at in starts[anchor]
    )


def _spread(places: Sequence[Item], k: int) -> list[Item]:
    """Return up to `k` places from all over."""
    n = len(places)
    return list(places) if n <= k else [places[(2 * i + 1) * n // (2 * k)] for i in range(k)]


def _written(text: str, clause: Clause) -> list[tuple[int, int]]:
    """Return the characters of `text` where a clause is written, whole words where there are."""
    names = sorted((variant.text for variant in clause.variants), key=len, reverse=True)
    either = "|".join(map(re.escape, names))
    for pattern in (rf"(?<!\w)(?:{either})(?!\w)", either):
        if found := [match.span() for match in re.finditer(pattern, text)]:
            return found
    return []


def _closest(
    places: Sequence[Sequence[tuple[int, int]]], length: int
) -> tuple[tuple[int, int], ...] | None:
    """Return one span of each term: the closest two, or the one nearest to the middle."""
    if not all(places):
        return None
    if len(places) == 1:
        return (min(places[0], key=lambda span: abs(span[0] - length // 2)),)
    pairs = islice(product(*places), _MOST_PAIRS)
    return min(pairs, key=lambda pair: abs(pair[0][0] - pair[1][0]))
