"""The statistics of an infini-gram HTTP service."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from corpus_engine.client.answers import Counted, Following, Likely
from corpus_engine.client.places import Places
from corpus_engine.client.service import Service
from corpus_engine.client.terms import Clause, Ids, Terms
from corpus_engine.closing import Closing
from corpus_engine.engine.base import check_positive
from corpus_engine.types import (
    CoOccurrence,
    Count,
    Evidence,
    NextTokenDistribution,
    Probability,
    Term,
)

MOST_CLAUSE_FREQ = 500_000
"""Occurrences of a clause beyond which a service samples; what the public one takes at most."""


class InfiniGramClient(Closing):
    """A corpus behind an infini-gram HTTP service, asked as `CorpusIndex` is.

    Distances are in tokens of the service's tokenizer. It tells capitals from small letters, and
    finds a term only where its tokens stand: give the variants that should count. May be used by
    many threads; counts are remembered, failures are not.

    Co-occurrence is the service's. The package infini-gram loses hits near borders of documents
    and samples frequent terms. Where it finds no meeting, and the rarer term occurs at most
    `reread` times, the documents around each occurrence are read to make sure.

    Parameters
    ----------
    url : str
        The service's address.
    index : str
        Its name for the index.
    timeout_s : float
        Seconds to wait for the answer to one try.
    deadline_s : float
        Seconds for all tries of one request. A service that is busy, fails or does not answer is
        asked again, after a pause that doubles or that it names.
    parallel : int
        Requests under way at once.
    max_clause_freq : int
        Occurrences of a term beyond which the service samples, which makes a count inexact.
    reread : int
        See above; 0 takes the service's word.

    Raises
    ------
    QueryError
        If the address is none, or a number is below 1.
    """

    def __init__(
        self,
        url: str,
        index: str,
        *,
        timeout_s: float = 15.0,
        deadline_s: float = 60.0,
        parallel: int = 4,
        max_clause_freq: int = MOST_CLAUSE_FREQ,
        reread: int = 16,
    ) -> None:
        self._service = Service(
            url, index, timeout_s=timeout_s, deadline_s=deadline_s, parallel=parallel
        )
        self._max_clause_freq = max_clause_freq
        self._terms = Terms(self._service)
        self._places = Places(self._service, reread)

    @property
    def n_tokens(self) -> int:
        """Tokens of the corpus, as the service counts them.

        Raises
        ------
        ServiceError
            If the service cannot be asked, as everything else here.
        """
        return self._terms.total()

    def count(self, text: Term) -> Count:
        """Return how often a term occurs; of several variants, how often any does."""
        return self.count_many([text])[0]

    def count_many(self, texts: Sequence[Term]) -> list[Count]:
        """Return how often each term occurs, in order.

        Raises
        ------
        EmptyQueryError
            If a term has no letter and no digit.
        QueryError
            If a term holds `` AND `` or `` OR ``, which the service takes for operators.
        """
        return [Count(clause.value, clause.exact) for clause in self._terms.clauses(texts)]

    def cooccurrence(
        self, a: Term, b: Term, *, window: int = 100, at_least: int | None = None
    ) -> CoOccurrence:
        """Return how many occurrences of the rarer term have the other one within `window` tokens.

        Of terms with more variants than a service takes at once it is a lower bound, and not
        exact. With `at_least`, the value ends there.
        """
        return self._together(self._terms.clauses([a, b]), window, at_least)

    def windows(
        self,
        a: Term,
        b: Term | None = None,
        *,
        window: int = 100,
        k: int = 3,
        context: int = 0,
    ) -> list[Evidence]:
        """Return up to `k` passages in which both terms stand near each other, or the only one.

        Documents have their numbers for ids, and passages tell their place in the part of the
        document that was read. Distances are in words between spaces.
        """
        check_positive("window", window)
        check_positive("k", k)
        clauses = self._terms.clauses([term for term in (a, b) if term is not None])
        if not all(clause.value for clause in clauses):
            return []
        return self._places.windows(clauses, window, k, context)

    # ------------------------------------------------------------ token ids

    def count_ids(self, ids: Sequence[int]) -> Count:
        """Return how often a sequence of token ids occurs; none at all match everywhere."""
        counted = self._terms.count_ids(ids)
        return Count(counted.value, counted.exact)

    def cnf(
        self,
        clauses: Sequence[Sequence[Sequence[int]]],
        *,
        window: int = 100,
        at_least: int | None = None,
    ) -> CoOccurrence:
        """Return how many occurrences of the rarest clause have every other one near them.

        `clauses` is an AND of ORs of token-id sequences.
        """
        return self._together(self._terms.clauses_of_ids(clauses), window, at_least)

    def prob(self, prompt_ids: Sequence[int], cont_id: int) -> Probability:
        """Return how often a token follows a prompt."""
        return self._likely("prob", prompt_ids, cont_id)

    def infgram_prob(self, prompt_ids: Sequence[int], cont_id: int) -> Probability:
        """Return `prob` for the longest suffix of the prompt that occurs."""
        return self._likely("infgram_prob", prompt_ids, cont_id)

    def ntd(self, prompt_ids: Sequence[int], *, limit: int | None = None) -> NextTokenDistribution:
        """Return which tokens follow a prompt, in a sample of `limit` occurrences at the most.

        Without `limit`, in as many as the service looks at.
        """
        return self._following("ntd", prompt_ids, limit)

    def infgram_ntd(
        self, prompt_ids: Sequence[int], *, limit: int | None = None
    ) -> NextTokenDistribution:
        """Return `ntd` for the longest suffix of the prompt that occurs."""
        return self._following("infgram_ntd", prompt_ids, limit)

    def close(self) -> None:
        """Ask nothing more; whatever is asked afterwards raises `QueryError`."""
        self._service.close()

    def _together(
        self, clauses: Sequence[Clause], window: int, at_least: int | None
    ) -> CoOccurrence:
        check_positive("window", window)
        if at_least is not None:
            check_positive("at_least", at_least)
        counts = tuple(clause.value for clause in clauses)
        anchor = counts.index(min(counts))
        value, exact = self._meetings(clauses, anchor, window)
        if at_least is not None and value >= at_least:
            value, exact = at_least, False
        return CoOccurrence(value, exact, anchor, counts)

    def _meetings(self, clauses: Sequence[Clause], anchor: int, window: int) -> tuple[int, bool]:
        """Return how often clauses meet, and whether that is exact."""
        exact = all(clause.exact for clause in clauses)
        if len(clauses) == 1 or clauses[anchor].value == 0:
            return clauses[anchor].value, exact
        others = list(product(*(c.parts() for i, c in enumerate(clauses) if i != anchor)))
        queries = [
            [*other[:anchor], part, *other[anchor:]]
            for part in clauses[anchor].parts()
            for other in others
        ]
        answers = self._service.map(lambda query: self._ask_together(query, window), queries)
        # Parts of the anchor share no occurrence; those of other clauses may stand near the same.
        parts = [answers[i : i + len(others)] for i in range(0, len(answers), len(others))]
        value = sum(max(answer.count for answer in part) for part in parts)
        if value == 0 and self._places.can_read(clauses, window):
            # What is read around one occurrence may show another one's meeting.
            met = len(self._places.meetings(clauses, window))
            return met, exact and met == 0
        is_whole = value == 0 or len(queries) == 1
        return value, exact and is_whole and not any(answer.approx for answer in answers)

    def _ask_together(self, query: Sequence[Sequence[Ids]], window: int) -> Counted:
        return self._service.ask(
            Counted,
            "count",
            query_ids=[[list(ids) for ids in clause] for clause in query],
            max_diff_tokens=window,
            max_clause_freq=self._max_clause_freq,
        )

    def _likely(self, query_type: str, prompt_ids: Sequence[int], cont_id: int) -> Probability:
        ids = [*map(int, prompt_ids), int(cont_id)]
        found = self._service.ask(Likely, query_type, query_ids=ids)
        counted = len(ids) - 1 if found.suffix_len is None else found.suffix_len
        return Probability(found.prompt_cnt, found.cont_cnt, counted)

    def _following(
        self, query_type: str, prompt_ids: Sequence[int], limit: int | None
    ) -> NextTokenDistribution:
        ids = list(map(int, prompt_ids))
        most = {} if limit is None else {"max_support": limit}
        found = self._service.ask(Following, query_type, query_ids=ids, **most)
        counts = {token: one.cont_cnt for token, one in found.result_by_token_id.items()}
        return NextTokenDistribution(
            prompt_count=found.prompt_cnt,
            counts=dict(sorted(counts.items(), key=lambda item: -item[1])),
            n_counted=sum(counts.values()),
            exact=not found.approx,
            suffix_len=len(ids) if found.suffix_len is None else found.suffix_len,
        )
