"""Documents by where something was found."""

from __future__ import annotations

from collections.abc import Sequence

from corpus_engine.engine.base import MAX_TOKENS, OpenIndex, check_positive
from corpus_engine.types import DocumentExtract


class DocumentQueries(OpenIndex):
    """Extracts of documents."""

    def documents(
        self,
        clauses: Sequence[Sequence[Sequence[int]]],
        *,
        window: int = 100,
        k: int = 1,
        max_tokens: int = MAX_TOKENS,
        seed: int = 0,
    ) -> list[DocumentExtract]:
        """Return up to `k` extracts of documents around different hits, drawn with a seed.

        `clauses` are those of `cnf`; ``[[ids]]`` asks for one sequence.
        """
        check_positive("window", window)
        check_positive("k", k)
        return self._documents.find(self._clauses(clauses), window, k, max_tokens, seed)

    def document_by_rank(
        self, shard: int, rank: int, *, max_tokens: int = MAX_TOKENS
    ) -> DocumentExtract:
        """Return the extract around the suffix with a rank."""
        return self._documents.by_rank(shard, rank, max_tokens)

    def document_by_pointer(
        self, shard: int, pointer: int, *, max_tokens: int = MAX_TOKENS
    ) -> DocumentExtract:
        """Return the extract around a byte offset of a shard's stream."""
        return self._documents.by_pointer(shard, pointer, max_tokens)

    def document(self, number: int, *, max_tokens: int = MAX_TOKENS) -> DocumentExtract:
        """Return the beginning of a document by its number, counted from 0 over all shards."""
        return self._documents.by_number(number, max_tokens)
