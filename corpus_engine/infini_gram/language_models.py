"""The methods of `InfiniGramEngine` that tell what follows a prompt."""

from __future__ import annotations

from typing import Any

from corpus_engine.infini_gram.base import Ids, Methods
from corpus_engine.infini_gram.checks import answers_errors, positive, whole
from corpus_engine.ngram import NGrams
from corpus_engine.types import NextTokenDistribution


class LanguageModelMethods(Methods):
    """Probabilities of tokens after a prompt, or after its longest suffix that occurs."""

    _ngrams: NGrams
    _eos: int

    @answers_errors
    def prob(self, prompt_ids: Ids, cont_id: int) -> dict[str, Any]:
        """Return how often a token follows a prompt; the probability is -1 if that never occurs."""
        return self._prob(self._encoded(prompt_ids), cont_id)

    @answers_errors
    def infgram_prob(self, prompt_ids: Ids, cont_id: int) -> dict[str, Any]:
        """Return `prob` for the longest suffix of the prompt that occurs."""
        suffix = self._ngrams.longest_suffix(self._encoded(prompt_ids))
        return {**self._prob(suffix, cont_id), "suffix_len": len(suffix) // self._search.width}

    @answers_errors
    def ntd(self, prompt_ids: Ids, max_support: int | None = None) -> dict[str, Any]:
        """Return which tokens follow a prompt, counted whole whatever `max_support` says."""
        positive("max_support", max_support)
        return self._ntd(self._ngrams.ntd(self._encoded(prompt_ids), None, 0))

    @answers_errors
    def infgram_ntd(self, prompt_ids: Ids, max_support: int | None = None) -> dict[str, Any]:
        """Return `ntd` for the longest suffix of the prompt that occurs."""
        positive("max_support", max_support)
        found = self._ngrams.infgram_ntd(self._encoded(prompt_ids), None, 0)
        return {**self._ntd(found), "suffix_len": found.suffix_len}

    def _prob(self, prompt: bytes, cont_id: int) -> dict[str, Any]:
        token = whole("cont_id", cont_id, 0, self.token_id_max + 1)
        found = self._ngrams.prob(prompt, token.to_bytes(self._search.width, "little"))
        value = found.value
        return {
            "prompt_cnt": found.prompt_count,
            "cont_cnt": found.continuation_count,
            "prob": -1.0 if value is None else value,
        }

    def _ntd(self, found: NextTokenDistribution) -> dict[str, Any]:
        counts: dict[int, int] = {}
        for token, n in found.counts.items():
            name = self._eos if token == self.token_id_max else token
            counts[name] = counts.get(name, 0) + n
        total = found.prompt_count
        return {
            "prompt_cnt": total,
            "result_by_token_id": {
                token: {"cont_cnt": n, "prob": n / total} for token, n in sorted(counts.items())
            },
            "approx": False,
        }
