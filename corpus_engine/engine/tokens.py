"""Questions in token ids, as they lie in the stream."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Sequence
from itertools import chain

from corpus_engine.encoders.base import lengths_summed
from corpus_engine.engine.base import OpenIndex, check_positive
from corpus_engine.types import (
    AttributedSpan,
    CoOccurrence,
    Count,
    NextTokenDistribution,
    Probability,
    Segment,
    exact_count,
)


class TokenQueries(OpenIndex):
    """Questions in token ids; they need no analyzer."""

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
        try:
            query = array(self._unit, ids).tobytes()
        except (OverflowError, TypeError):
            query = self._ids(ids)  # raises, and says what is wrong
        value = self._count_query(self._handle, query)
        if value < 0:
            raise self._search.failed(value)
        return exact_count(value)

    def count_ids_many(self, queries: Sequence[Sequence[int]]) -> list[Count]:
        """Return how often each of several sequences of token ids occurs."""
        try:
            joined = array(self._unit, chain.from_iterable(queries)).tobytes()
        except (OverflowError, TypeError):
            joined = b"".join(map(self._ids, queries))  # raises, and names the query
        ends = self._width * lengths_summed(queries)
        return list(map(exact_count, self._search.count_many(joined, ends)))

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
            check_positive("limit", limit)
        return self._ngrams.ntd(self._ids(prompt_ids), limit, seed)

    def infgram_ntd(
        self, prompt_ids: Sequence[int], *, limit: int | None = None, seed: int = 0
    ) -> NextTokenDistribution:
        """Return `ntd` for the longest suffix of the prompt that occurs."""
        if limit is not None:
            check_positive("limit", limit)
        return self._ngrams.infgram_ntd(self._ids(prompt_ids), limit, seed)

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
