"""An index, open for questions."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, cast

import numpy as np

from corpus_engine.attribution import Attribution
from corpus_engine.documents import Documents
from corpus_engine.encoders.base import Encoder
from corpus_engine.errors import EmptyQueryError, MissingPartError, QueryError, TokenIdError
from corpus_engine.evidence import Passages
from corpus_engine.ngram import NGrams
from corpus_engine.opening import Opened, open_folder
from corpus_engine.search import NO_TOKENS, Search
from corpus_engine.types import (
    AttributedSpan,
    Continuation,
    CoOccurrence,
    Count,
    DocumentExtract,
    Evidence,
    NextTokenDistribution,
    Probability,
    Segment,
    Term,
    exact_count,
)

_MAX_TOKENS = 1000
_UNITS = {array(code).itemsize: code for code in "BHI"}
"""Codes of arrays of unsigned integers by their bytes."""


class CorpusIndex:
    """A corpus that answers how often, how often together, and where.

    Open one with `CorpusIndex.open`, close it when done, or use it as a context manager. All
    queries may be asked from several threads at once, and release the GIL while they search.

    Every count is exact unless a limit was set, and says so. A term is a text or a sequence of
    surface variants of which any counts; where variants match at the same place (one being the
    beginning of the other), the place counts once. Distances are counted in the analyzer's tokens:
    words for the word analyzer, bytes for the byte analyzer, else tokens of the tokenizer.
    """

    def __init__(self, opened: Opened) -> None:
        self.path: Path = opened.path
        """Folder of the index."""
        self._opened = opened
        self._encoder = opened.encoder
        # What `count` calls, without a look at whether there is an encoder.
        self._prepare = opened.encoder.prepare if opened.encoder else self._no_text
        self._search = Search(
            opened.path,
            opened.shards,
            trail_units=opened.trail_units,
            units_a_token=opened.units_a_token,
            backwards=opened.backwards,
            words_address=opened.encoder.words_address if opened.encoder else 0,
        )
        self._documents = Documents(self._search, opened.store)
        self._ngrams = NGrams(self._search)
        self._attribution = Attribution(self._search)
        self._width = self._search.width
        self._unit = _UNITS[self._width]

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        analyzer: str | None = None,
        width: int | None = None,
        version: int = 4,
    ) -> CorpusIndex:
        """Open the index in a folder, ours or infini-gram's.

        Sizes, headers, and the order at a few places are checked here; `verify` reads everything.

        Parameters
        ----------
        path : path
            The folder.
        analyzer : str or None
            For an index without a manifest: the tokenizer it was built with (``"byte"``, a
            ``tokenizer.json``, a hub name); None leaves text queries out.
        width : 1, 2, 4 or None
            For an index without a manifest: the bytes of a token; None takes 2.
        version : 4 or 5
            For an index without a manifest: infini-gram's format version; 5 holds documents
            backwards, and distances are then between the last tokens of terms.

        Raises
        ------
        IndexFormatError
            If a file is missing, truncated or of another format.
        """
        return cls(open_folder(Path(path), analyzer, width, version))

    @property
    def n_tokens(self) -> int:
        """Tokens of the corpus (words, for the word analyzer), without document separators."""
        return self._opened.n_tokens

    @property
    def n_documents(self) -> int:
        """Documents of the corpus."""
        return self._documents.n_documents

    @property
    def n_shards(self) -> int:
        """Shards of the index."""
        return self._search.n_shards

    @property
    def analyzer(self) -> str | None:
        """What made the tokens: ``word``, ``byte``, ``tokenizer``; None where nobody said."""
        return self._opened.analyzer

    # ------------------------------------------------------------------ text level

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
            value = self._search.count_text(self._prepare(text))
            if value < 0:
                raise _no_tokens(text)
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
            _check_positive("window", window)
            if at_least is not None:
                _check_positive("at_least", at_least)
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
        _check_positive("window", window)
        _check_positive("k", k)
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
        _check_positive("min_length", min_length)
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
        _check_positive("k", k)
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

    # ------------------------------------------------------------------ token level

    def count_ids(self, ids: Sequence[int]) -> Count:
        """Return how often a sequence of token ids occurs.

        Parameters
        ----------
        ids : sequence of int
            Tokens as they lie in the stream; none at all match everywhere.

        Raises
        ------
        TokenIdError
            If an id does not fit the token width.
        """
        return exact_count(self._search.count(self._ids(ids)))

    def count_ids_many(self, queries: Sequence[Sequence[int]]) -> list[Count]:
        """Return how often each of several sequences of token ids occurs."""
        encoded = [self._ids(ids) for ids in queries]
        ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)))
        return [exact_count(value) for value in self._search.count_many(b"".join(encoded), ends)]

    def find_ids(self, ids: Sequence[int]) -> list[Segment]:
        """Return the ranks of all suffixes that start with `ids`, one segment a shard."""
        return self._search.find(self._ids(ids))

    def cnf(
        self,
        clauses: Sequence[Sequence[Sequence[int]]],
        *,
        window: int = 100,
        at_least: int | None = None,
    ) -> CoOccurrence:
        """Return how many occurrences of the rarest clause have every other one near them.

        Parameters
        ----------
        clauses : sequence of sequences of sequences of int
            AND of ORs of token-id sequences, as infini-gram has them; one clause or more.
        window, at_least
            As `cooccurrence` has them.

        Returns
        -------
        CoOccurrence
            With the number of the anchor clause, and the occurrences of all.
        """
        return self._cooccurrence(self._clauses(clauses), window, at_least)

    def prob(self, prompt_ids: Sequence[int], cont_id: int) -> Probability:
        """Return how often a token follows a prompt."""
        return self._ngrams.prob(self._ids(prompt_ids), self._ids([cont_id]))

    def infgram_prob(self, prompt_ids: Sequence[int], cont_id: int) -> Probability:
        """Return `prob` for the longest suffix of the prompt that occurs."""
        return self._ngrams.infgram_prob(self._ids(prompt_ids), self._ids([cont_id]))

    def ntd(
        self, prompt_ids: Sequence[int], *, limit: int | None = None, seed: int = 0
    ) -> NextTokenDistribution:
        """Return which tokens follow a prompt, and how often.

        Parameters
        ----------
        prompt_ids : sequence of int
            The prompt.
        limit : int or None
            Look at a uniform sample of so many occurrences if there are more; None counts all, at
            the cost of a binary search for each distinct next token.
        seed : int
            Seed of the sample.
        """
        if limit is not None:
            _check_positive("limit", limit)
        return self._ngrams.ntd(self._ids(prompt_ids), limit, seed)

    def infgram_ntd(
        self, prompt_ids: Sequence[int], *, limit: int | None = None, seed: int = 0
    ) -> NextTokenDistribution:
        """Return `ntd` for the longest suffix of the prompt that occurs."""
        if limit is not None:
            _check_positive("limit", limit)
        return self._ngrams.infgram_ntd(self._ids(prompt_ids), limit, seed)

    def documents(
        self,
        clauses: Sequence[Sequence[Sequence[int]]],
        *,
        window: int = 100,
        k: int = 1,
        max_tokens: int = _MAX_TOKENS,
        seed: int = 0,
    ) -> list[DocumentExtract]:
        """Return up to `k` extracts of documents around different hits, drawn with a seed.

        `clauses` are those of `cnf`; ``[[ids]]`` asks for one sequence.
        """
        _check_positive("window", window)
        _check_positive("k", k)
        return self._documents.find(self._clauses(clauses), window, k, max_tokens, seed)

    def document_by_rank(
        self, shard: int, rank: int, *, max_tokens: int = _MAX_TOKENS
    ) -> DocumentExtract:
        """Return the extract around the suffix with a rank."""
        return self._documents.by_rank(shard, rank, max_tokens)

    def document_by_pointer(
        self, shard: int, pointer: int, *, max_tokens: int = _MAX_TOKENS
    ) -> DocumentExtract:
        """Return the extract around a byte offset of a shard's stream."""
        return self._documents.by_pointer(shard, pointer, max_tokens)

    def document(self, number: int, *, max_tokens: int = _MAX_TOKENS) -> DocumentExtract:
        """Return the beginning of a document by its number, counted from 0 over all shards."""
        return self._documents.by_number(number, max_tokens)

    def attribute_ids(
        self,
        ids: Sequence[int],
        *,
        min_length: int = 1,
        max_count: int | None = None,
        delimiters: Collection[int] = (),
        starts: Collection[int] | None = None,
        k: int | None = None,
    ) -> list[AttributedSpan]:
        """Return the maximal verbatim spans of a sequence of token ids, in order.

        Parameters
        ----------
        ids : sequence of int
            The tokens to trace.
        min_length, max_count, delimiters, starts, k
            As `corpus_engine.attribution.Attribution.spans` has them.
        """
        return self._attribution.spans(
            self._ids(ids),
            min_length=min_length,
            max_count=max_count,
            delimiters=delimiters,
            starts=starts,
            k=k,
        )

    # ------------------------------------------------------------------ inside

    def _variants(self, term: Term) -> list[bytes]:
        """Return the stream bytes of the variants of a term that have tokens."""
        texts = [term] if isinstance(term, str) else term
        prepare = self._text_encoder.prepare
        encoded = dict.fromkeys(self._search.encode(prepare(text)) for text in texts)
        encoded.pop(b"", None)
        if not encoded:
            raise _no_tokens(term)
        return list(encoded)

    def _ids(self, ids: Sequence[int]) -> bytes:
        try:
            return array(self._unit, ids).tobytes()
        except (OverflowError, TypeError) as exc:
            raise TokenIdError(
                f"token ids are {list(ids)}, expected whole numbers from 0 to "
                f"{256**self._width - 1}"
            ) from exc

    def _clauses(self, clauses: Sequence[Sequence[Sequence[int]]]) -> list[list[bytes]]:
        encoded = [list(dict.fromkeys(map(self._ids, clause))) for clause in clauses]
        if not encoded or not all(map(all, encoded)) or not all(encoded):
            raise QueryError(
                f"clauses are {clauses!r}, expected at least one, each with at least one sequence "
                "of at least one token id"
            )
        return encoded

    def _cooccurrence(
        self, clauses: list[list[bytes]], window: int, at_least: int | None
    ) -> CoOccurrence:
        _check_positive("window", window)
        if at_least is not None:
            _check_positive("at_least", at_least)
        value, exact, anchor, counts = self._search.count_cnf(clauses, window, at_least)
        return CoOccurrence(value, exact, anchor, tuple(counts))

    def _words_before(self, query: bytes) -> list[int]:
        """Return how many tokens of the analyzer stand before each token of a query, and in all."""
        units = np.frombuffer(query, f"<u{self._width}")
        first, end = self._search.trail_units
        starts = (units < first) | (units >= end)
        return [0, *np.cumsum(starts).tolist()] if first < end else list(range(len(units) + 1))

    def _passages(self) -> Passages:
        return Passages(self._search, self._documents, self._text_encoder, self._opened.store)

    def _no_text(self, text: str) -> bytes:
        return self._text_encoder.prepare(text)

    @property
    def _text_encoder(self) -> Encoder:
        if self._encoder is None:
            raise MissingPartError(
                f"{self.path} does not say how text becomes tokens; open it with analyzer= the "
                "tokenizer that it was built with, or ask by token ids"
            )
        return self._encoder

    def close(self) -> None:
        """Unmap the files; whatever is asked afterwards raises `QueryError`."""
        closed: Any = _Closed(self.path)
        self._search = self._documents = self._ngrams = self._attribution = closed
        self._opened.close()

    def __enter__(self) -> CorpusIndex:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Closed:
    """Stands for the parts of an index that was closed: kernels must not read unmapped files."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __getattr__(self, name: str) -> NoReturn:
        raise QueryError(f"the index {self._path} is closed; open it again")


def _check_positive(name: str, value: int) -> None:
    if value < 1:
        raise QueryError(f"{name} is {value}, expected at least 1")


def _no_tokens(term: Term) -> EmptyQueryError:
    return EmptyQueryError(f"{term!r} has no words to look for; give at least one letter or digit")
