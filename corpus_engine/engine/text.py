"""Questions in text."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from corpus_engine.engine.base import OpenIndex, check_positive
from corpus_engine.errors import EmptyQueryError
from corpus_engine.evidence import Passages
from corpus_engine.search import NO_TOKENS, NOT_PLAIN
from corpus_engine.types import (
    AttributedSpan,
    Continuation,
    CoOccurrence,
    Count,
    Evidence,
    Term,
    exact_count,
)


class TextQueries(OpenIndex):
    """Questions in text, which the index's analyzer turns into tokens."""

    def count(self, text: Term) -> Count:
        """Return how often a term occurs.

        Parameters
        ----------
        text : str or sequence of str
            The term; an occurrence is a run of its tokens.

        Raises
        ------
        EmptyQueryError
            If the term has no tokens.
        MissingPartError
            If the index was opened without an analyzer.
        """
        if isinstance(text, str):
            value = self._count_plain(self._handle, text)
            if value == NOT_PLAIN:
                value = self._count_prepared(self._handle, text)
            if value < 0:
                raise _no_tokens(text) if value == NO_TOKENS else self._search.failed(value)
            return exact_count(value)
        return exact_count(self._search.count_cnf([self._variants(text)], 1, None)[0])

    def count_many(self, texts: Sequence[Term]) -> list[Count]:
        """Return how often each term occurs; many times faster than one call for each.

        Raises
        ------
        EmptyQueryError
            If a term has no tokens.
        """
        if set(map(type, texts)) != {str}:
            return self._count_mixed(texts)
        plain = cast("Sequence[str]", texts)
        values = self._search.count_texts(*self._text_encoder.prepare_many(plain))
        if NO_TOKENS in values:
            raise _no_tokens(plain[values.index(NO_TOKENS)])
        return list(map(exact_count, values))

    def _count_mixed(self, terms: Sequence[Term]) -> list[Count]:
        """Return the counts of terms of which some have several variants."""
        plain = [str(term) for term in terms if isinstance(term, str)]
        counts = iter(self.count_many(plain) if plain else ())
        return [next(counts) if isinstance(term, str) else self.count(term) for term in terms]

    def cooccurrence(
        self, a: Term, b: Term, *, window: int = 100, at_least: int | None = None
    ) -> CoOccurrence:
        """Return how many occurrences of the rarer term have the other one near them.

        The anchor is the term with fewer occurrences in the whole index. An occurrence of it
        counts if the other term starts within `window` tokens of its start, on either side, in the
        same document; the place itself counts as near.

        Parameters
        ----------
        a, b : str or sequence of str
            The two terms.
        window : int
            Greatest distance of the two starts, at least 1.
        at_least : int or None
            Stop once so many are found, which is much faster when the question is only whether.

        Raises
        ------
        EmptyQueryError
            If a term has no tokens.
        QueryError
            If `window` or `at_least` is below 1.
        """
        if isinstance(a, str) and isinstance(b, str):
            check_positive("window", window)
            if at_least is not None:
                check_positive("at_least", at_least)
            found = self._search.cooccurrence(self._prepare(a), self._prepare(b), window, at_least)
            if found[0] >= 0:
                return CoOccurrence(*found)
        return self._cooccurrence([self._variants(a), self._variants(b)], window, at_least)

    def windows(
        self,
        a: Term,
        b: Term | None = None,
        *,
        window: int = 100,
        k: int = 3,
        context: int = 0,
    ) -> list[Evidence]:
        """Return up to `k` passages in which both terms stand within `window` tokens.

        With one term, passages in which it occurs. Passages of different documents come first, and
        among them those where the terms stand closest, out of the first hits (16 for each passage
        wanted, at least 64). A passage runs from the border of a sentence to that of another, and
        has at least `context` characters of the document on either side of the terms.
        """
        terms = [self._variants(term) for term in (a, b) if term is not None]
        check_positive("window", window)
        check_positive("k", k)
        return self._passages().find(terms, window, k, context)

    def attribute(
        self, text: str, *, min_length: int = 4, max_count: int | None = None, k: int = 3
    ) -> list[AttributedSpan]:
        """Return the maximal spans of a text that the corpus holds verbatim.

        The longest spans come first, and among equals the rarest (OLMoTrace ranks likewise).

        Parameters
        ----------
        text : str
            The text to trace.
        min_length : int
            Tokens that a span must have.
        max_count : int or None
            A span that occurs more often is dropped.
        k : int
            Passages to show for each span.
        """
        check_positive("min_length", min_length)
        encoder = self._text_encoder
        query = self._search.encode(encoder.prepare(text))
        spans = encoder.spans(text)
        passages = self._passages()
        words = self._words_before(query)
        found = []
        for span in self._attribution.spans(query, max_count=max_count, k=k):
            first, end = words[span.start], words[span.end]
            if end - first < min_length:
                continue
            characters = spans[first][0], max(stop for _, stop in spans[first:end])
            run = query[span.start * self._width : span.end * self._width]
            found.append(
                replace(
                    span,
                    start=first,
                    end=end,
                    text=text[slice(*characters)],
                    text_span=characters,
                    evidence=tuple(passages.find([[run]], 1, k)) if k else (),
                )
            )
        return sorted(found, key=lambda span: (-span.length, span.count, span.start))

    def continuations(self, text: str, *, k: int = 10) -> list[Continuation]:
        """Return the `k` words (or tokens) that most often follow a text, most frequent first.

        Raises
        ------
        EmptyQueryError
            If the text has no tokens.
        """
        check_positive("k", k)
        query = self._variants(text)[0]
        encoder = self._text_encoder
        total = self._search.count(query)
        separator = b"\xff" * self._width
        # Words of several units are counted unit by unit, from the most frequent beginning on.
        waiting = [(-total, b"")] if total else []
        found: list[Continuation] = []
        while waiting and len(found) < k:
            count, code = heapq.heappop(waiting)
            shown = encoder.decode(np.frombuffer(code, f"<u{self._width}"))
            if code == separator:
                found.append(Continuation(None, -count, -count / total))
            elif code and (shown or self._search.trail_units == (0, 0)):
                found.append(Continuation(shown, -count, -count / total))
            else:
                following = self._ngrams.ntd(query + code, None, 0).counts
                for token, n in following.items():
                    heapq.heappush(waiting, (-n, code + token.to_bytes(self._width, "little")))
        return found

    def _variants(self, term: Term) -> list[bytes]:
        """Return the stream bytes of the variants of a term that have tokens."""
        texts = [term] if isinstance(term, str) else term
        prepare = self._text_encoder.prepare
        encoded = dict.fromkeys(self._search.encode(prepare(text)) for text in texts)
        encoded.pop(b"", None)
        if not encoded:
            raise _no_tokens(term)
        return list(encoded)

    def _words_before(self, query: bytes) -> list[int]:
        """Return how many tokens of the analyzer stand before each token of a query, and in all."""
        units = np.frombuffer(query, f"<u{self._width}")
        first, end = self._search.trail_units
        starts = (units < first) | (units >= end)
        return [0, *np.cumsum(starts).tolist()] if first < end else list(range(len(units) + 1))

    def _passages(self) -> Passages:
        return Passages(self._search, self._documents, self._text_encoder, self._opened.store)


def _no_tokens(term: Term) -> EmptyQueryError:
    return EmptyQueryError(f"{term!r} has no words to look for; give at least one letter or digit")
