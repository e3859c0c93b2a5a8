"""The methods of `InfiniGramEngine` that find and count."""

from __future__ import annotations

from typing import Any

from corpus_engine.infini_gram import checks
from corpus_engine.infini_gram.base import Cnf, Ids, Methods
from corpus_engine.infini_gram.checks import answers_errors, positive, whole


class CountMethods(Methods):
    """Counts of ids, and of CNF queries."""

    max_diff_tokens: int

    @answers_errors
    def find(self, input_ids: Ids) -> dict[str, Any]:
        """Return the ranks of all suffixes that start with the ids."""
        segments = self._search.find(self._encoded(input_ids))
        return {
            "cnt": sum(map(len, segments)),
            "segment_by_shard": [(segment.lo, segment.hi) for segment in segments],
        }

    @answers_errors
    def count(self, input_ids: Ids) -> dict[str, Any]:
        """Return how often the ids occur."""
        return {"count": self._search.count(self._encoded(input_ids)), "approx": False}

    @answers_errors
    def find_cnf(
        self, cnf: Cnf, max_clause_freq: int | None = None, max_diff_tokens: int | None = None
    ) -> dict[str, Any]:
        """Return where a CNF query holds: for each hit, its leftmost place."""
        return self._find_cnf(cnf, max_clause_freq, max_diff_tokens)

    @answers_errors
    def count_cnf(
        self, cnf: Cnf, max_clause_freq: int | None = None, max_diff_tokens: int | None = None
    ) -> dict[str, Any]:
        """Return how often a CNF query holds."""
        clauses, window = self._cnf(cnf, max_clause_freq, max_diff_tokens)
        return {"count": self._search.count_cnf(clauses, window, None)[0], "approx": False}

    def _cnf(
        self, cnf: Cnf, max_clause_freq: int | None, max_diff_tokens: int | None
    ) -> tuple[list[list[bytes]], int]:
        positive("max_clause_freq", max_clause_freq)
        window = self.max_diff_tokens
        if max_diff_tokens is not None:
            window = whole("max_diff_tokens", max_diff_tokens, 1)
        checked = checks.cnf(cnf, self.token_id_max + 1)
        return [[self._encoded(term) for term in clause] for clause in checked], window

    def _find_cnf(
        self, cnf: Cnf, max_clause_freq: int | None, max_diff_tokens: int | None
    ) -> dict[str, Any]:
        clauses, window = self._cnf(cnf, max_clause_freq, max_diff_tokens)
        count, _, _, totals = self._search.count_cnf(clauses, window, None)
        if not all(totals):
            return {"cnt": 0, "approx": False, "ptrs_by_shard": []}
        places = self._search.places_cnf(clauses, window, count, leftmost=True)
        by_shard: list[list[int]] = [[] for _ in range(self._search.n_shards)]
        for shard, *offsets in places.tolist():
            by_shard[shard].append(min(offsets))
        return {"cnt": count, "approx": False, "ptrs_by_shard": by_shard}
