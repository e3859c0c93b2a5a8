"""n-gram and infinity-gram language models over an index (Liu et al. 2024, arXiv 2401.17377)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from corpus_engine.search import Search
from corpus_engine.types import NextTokenDistribution, Probability, Segment

_END, _DAMAGED = -1, -2


class NGrams:
    """Probabilities and next-token distributions.

    Parameters
    ----------
    search : Search
        Finds queries. All queries are stream bytes in reading order.
    """

    def __init__(self, search: Search) -> None:
        self._search = search
        self._separator = 256**search.width - 1

    def prob(self, prompt: bytes, token: bytes) -> Probability:
        """Return how often a token follows a prompt."""
        continued = self._search.count(prompt + token)
        return Probability(self._search.count(prompt), continued, self._n_tokens(prompt))

    def infgram_prob(self, prompt: bytes, token: bytes) -> Probability:
        """Return `prob` for the longest suffix of the prompt that occurs."""
        return self.prob(self.longest_suffix(prompt), token)

    def ntd(self, prompt: bytes, limit: int | None, seed: int) -> NextTokenDistribution:
        """Return what follows a prompt; a uniform sample of `limit` occurrences if it has more.

        Exact, it costs a binary search for each distinct next token, or, where documents lie
        backwards, a look at every occurrence.
        """
        segments = self._search.find(prompt)
        total = sum(map(len, segments))
        sampled = limit is not None and total > limit
        if sampled and limit is not None:
            counts = self._sampled(prompt, segments, limit, seed)
        elif self._search.backwards:
            counts = self._looked_at(prompt, [(s, _all(segment)) for s, segment in _some(segments)])
        else:
            counts = self._runs(prompt, segments)
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return NextTokenDistribution(
            prompt_count=total,
            counts=dict(ordered),
            n_counted=sum(counts.values()),
            exact=not sampled,
            suffix_len=self._n_tokens(prompt),
        )

    def infgram_ntd(self, prompt: bytes, limit: int | None, seed: int) -> NextTokenDistribution:
        """Return `ntd` for the longest suffix of the prompt that occurs."""
        return self.ntd(self.longest_suffix(prompt), limit, seed)

    def longest_suffix(self, prompt: bytes) -> bytes:
        """Return the longest suffix of whole tokens that occurs, by doubling and halving."""
        width, count = self._search.width, self._search.count
        n = self._n_tokens(prompt)
        known, beyond = 0, 1
        while beyond <= n and count(prompt[len(prompt) - beyond * width :]):
            known, beyond = beyond, 2 * beyond
        beyond = min(beyond, n + 1)
        while beyond - known > 1:
            middle = (known + beyond) // 2
            if count(prompt[len(prompt) - middle * width :]):
                known = middle
            else:
                beyond = middle
        return prompt[len(prompt) - known * width :]

    def _n_tokens(self, query: bytes) -> int:
        return len(query) // self._search.width

    def _runs(self, prompt: bytes, segments: list[Segment]) -> Mapping[int, int]:
        counts: dict[int, int] = {}
        for shard, segment in _some(segments):
            for token, n in self._search.runs(shard, segment, len(prompt)).tolist():
                name = self._name(token)
                counts[name] = counts.get(name, 0) + n
        return counts

    def _sampled(
        self, prompt: bytes, segments: list[Segment], limit: int, seed: int
    ) -> Mapping[int, int]:
        """Count what follows a uniform sample of occurrences, drawn without replacement."""
        total = sum(map(len, segments))
        chosen = np.sort(np.random.default_rng(seed).choice(total, limit, replace=False))
        ranks = []
        before = 0
        for shard, segment in _some(segments):
            inside = chosen[(chosen >= before) & (chosen < before + len(segment))]
            ranks.append((shard, inside - before + segment.lo))
            before += len(segment)
        return self._looked_at(prompt, ranks)

    def _looked_at(
        self, prompt: bytes, ranks: list[tuple[int, NDArray[np.int64]]]
    ) -> Mapping[int, int]:
        """Count what follows the occurrences at some ranks, one by one."""
        distance = -self._search.width if self._search.backwards else len(prompt)
        counts: dict[int, int] = {}
        for shard, chosen in ranks:
            tokens = self._search.neighbours(shard, chosen, distance)
            for token, n in zip(*np.unique(tokens, return_counts=True), strict=True):
                name = self._name(int(token))
                counts[name] = counts.get(name, 0) + int(n)
        return counts

    def _name(self, token: int) -> int:
        """Return the id under which a token is counted: the end of a stream ends a document."""
        if token == _DAMAGED:
            raise self._search.damaged()
        return self._separator if token == _END else token


def _some(segments: list[Segment]) -> list[tuple[int, Segment]]:
    """Return the segments that are not empty, with their shards."""
    return [(shard, segment) for shard, segment in enumerate(segments) if len(segment)]


def _all(segment: Segment) -> NDArray[np.int64]:
    return np.arange(segment.lo, segment.hi)
