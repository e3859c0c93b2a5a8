"""Documents by rank, by place, by number, and by what they hold."""

from __future__ import annotations

import bisect
import json
from collections.abc import Mapping, Sequence

import numpy as np

from corpus_engine.errors import QueryError
from corpus_engine.search import Search
from corpus_engine.store import DocumentStore
from corpus_engine.types import JSON, DocumentExtract


class Documents:
    """Extracts of documents as token ids.

    Parameters
    ----------
    search : Search
        The open shards.
    store : DocumentStore or None
        Original text, where the index has it.
    """

    def __init__(self, search: Search, store: DocumentStore | None) -> None:
        self._search = search
        self._store = store
        self.firsts = [0]
        """Number of the first document of each shard, and the number of all documents."""
        for shard in search.shards:
            self.firsts.append(self.firsts[-1] + len(shard.docs))

    @property
    def n_documents(self) -> int:
        """Documents of all shards."""
        return self.firsts[-1]

    def by_rank(self, shard: int, rank: int, max_tokens: int) -> DocumentExtract:
        """Return the surroundings of the suffix with a rank."""
        self._check("shard", shard, self._search.n_shards)
        self._check("rank", rank, self._search.shards[shard].n_units)
        return self.by_pointer(shard, self._search.shards[shard].pointer(rank), max_tokens)

    def by_pointer(self, shard: int, pointer: int, max_tokens: int) -> DocumentExtract:
        """Return the surroundings of a byte offset: half of the tokens before, half after it."""
        after = (max_tokens + 1) // 2
        return self.around(shard, pointer, max_tokens // 2, after)

    def around(self, shard: int, pointer: int, before: int, after: int) -> DocumentExtract:
        """Return so many tokens before a byte offset and from it on, within its document."""
        self._check("shard", shard, self._search.n_shards)
        part = self._search.shards[shard]
        self._check("pointer", pointer, len(part.stream))
        if pointer % part.width:
            raise QueryError(f"pointer is {pointer}, expected a multiple of {part.width}")
        number = self._search.document_of(shard, pointer)
        start, end = part.document_range(number)
        low = max(start, pointer - before * part.width)
        high = max(min(end, pointer + after * part.width), low)
        return self._extract(shard, number, low, high, pointer)

    def by_number(self, number: int, max_tokens: int) -> DocumentExtract:
        """Return the beginning of the document with a number."""
        self._check("document number", number, self.n_documents)
        shard = bisect.bisect_right(self.firsts, number) - 1
        part = self._search.shards[shard]
        local = number - self.firsts[shard]
        start, end = part.document_range(local)
        return self._extract(shard, local, start, min(end, start + max_tokens * part.width), start)

    def find(
        self, clauses: Sequence[Sequence[bytes]], window: int, k: int, max_tokens: int, seed: int
    ) -> list[DocumentExtract]:
        """Return up to `k` extracts around different hits, drawn uniformly with a seed."""
        chance = np.random.default_rng(seed)
        if len(clauses) == 1 and len(clauses[0]) == 1:
            return self._find_one(clauses[0][0], k, max_tokens, chance)
        most = self._search.count_cnf(clauses, window, None)[0]
        places = self._search.places_cnf(clauses, window, most)
        chosen = chance.choice(len(places), min(k, len(places)), replace=False)
        return [self.by_pointer(shard, at, max_tokens) for shard, at in places[chosen, :2].tolist()]

    def _find_one(
        self, query: bytes, k: int, max_tokens: int, chance: np.random.Generator
    ) -> list[DocumentExtract]:
        segments = self._search.find(query)
        ends = np.cumsum([len(segment) for segment in segments])
        total = int(ends[-1])
        found = []
        for chosen in chance.choice(total, min(k, total), replace=False).tolist():
            shard = int(np.searchsorted(ends, chosen, "right"))
            rank = segments[shard].hi - (int(ends[shard]) - chosen)
            found.append(self.by_rank(shard, rank, max_tokens))
        return found

    def _extract(
        self, shard: int, local: int, low: int, high: int, pointer: int
    ) -> DocumentExtract:
        part = self._search.shards[shard]
        tokens = part.tokens(low, high)
        start, end = part.document_range(local)
        number = self.firsts[shard] + local
        document_id, metadata = None, part.metadata(local)
        if self._store is not None:
            document_id, stored = self._store.metadata(number)
            metadata = _line(stored)
        return DocumentExtract(
            number=number,
            document_id=document_id,
            metadata=metadata,
            length=(end - start) // part.width,
            token_ids=tuple((tokens[::-1] if self._search.backwards else tokens).tolist()),
            hit=(pointer - low) // part.width,
        )

    def _check(self, name: str, value: int, end: int) -> None:
        if not 0 <= value < end:
            raise QueryError(f"{name} is {value}, expected 0 to {end - 1}")


def _line(metadata: Mapping[str, JSON]) -> str:
    return json.dumps(dict(metadata), ensure_ascii=False)
