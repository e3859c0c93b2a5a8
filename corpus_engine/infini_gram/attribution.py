"""The methods of `InfiniGramEngine` that find the parts of a text in the corpus."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from corpus_engine.attribution import Attribution
from corpus_engine.infini_gram import checks
from corpus_engine.infini_gram.base import Ids, Methods
from corpus_engine.infini_gram.checks import answers_errors, whole

_UNKNOWN_LOGPROB = -10000.0


class AttributionMethods(Methods):
    """Spans that occur, and how rare their tokens are."""

    _attribution: Attribution
    _starts: set[int]
    _logprobs: dict[int, float]
    _vocab_size: int

    @answers_errors
    def creativity(self, input_ids: Ids) -> dict[str, Any]:
        """Return for each token where the longest run from there on that occurs ends."""
        return {"rs": self._attribution.reaches(self._encoded(input_ids))}

    @answers_errors
    def attribute(
        self, input_ids: Ids, delim_ids: Ids, min_len: int, max_cnt: int, enforce_bow: bool
    ) -> dict[str, Any]:
        """Return the maximal spans of the ids that occur, with all their places."""
        spans = self._attribution.spans(
            self._encoded(input_ids),
            min_length=whole("min_len", min_len, 0),
            max_count=whole("max_cnt", max_cnt, 1),
            delimiters=set(checks.ids("delim_ids", delim_ids, self.token_id_max + 1)),
            starts=self._starts if enforce_bow else None,
        )
        return {
            "spans": [
                {
                    "l": span.start,
                    "r": span.end,
                    "length": span.length,
                    "count": span.count,
                    "unigram_logprob_sum": math.fsum(
                        self._logprobs.get(int(token), _UNKNOWN_LOGPROB)
                        for token in input_ids[span.start : span.end]
                    ),
                    "docs": [{"s": s, "ptr": ptr} for s, ptr in span.places],
                }
                for span in spans
            ]
        }

    def compute_unigram_counts(self, s: int) -> dict[int, int]:
        """Return how often each token, and the separator, occurs in a shard."""
        part = self._search.shards[s]
        tokens = part.stream.view(f"<u{part.width}")
        found, counts = np.unique(tokens, return_counts=True)
        known = dict(zip(found.tolist(), counts.tolist(), strict=True))
        wanted = [*range(self._vocab_size), self.token_id_max]
        return {token: known.get(token, 0) for token in wanted}

    def get_total_tok_cnt(self) -> int:
        """Return the number of tokens, separators included."""
        return sum(shard.n_units for shard in self._search.shards)

    def _unigram_logprobs(self) -> dict[int, float]:
        total = math.log(self.get_total_tok_cnt())
        counts: dict[int, int] = {}
        for s in range(self._search.n_shards):
            for token, n in self.compute_unigram_counts(s).items():
                counts[token] = counts.get(token, 0) + n
        return {token: math.log(n) - total for token, n in counts.items() if n}
