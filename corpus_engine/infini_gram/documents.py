"""The methods of `InfiniGramEngine` that return documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from corpus_engine.infini_gram.base import Cnf, Ids
from corpus_engine.infini_gram.checks import ArgumentError, answers_errors, whole
from corpus_engine.infini_gram.counts import CountMethods
from corpus_engine.types import DocumentExtract

Doc = dict[str, Any]


def as_dict(extract: DocumentExtract) -> Doc:
    """Return an extract with the keys that infini-gram gives."""
    return {
        "doc_ix": extract.number,
        "doc_len": extract.length,
        "disp_len": len(extract.token_ids),
        "needle_offset": extract.hit,
        "metadata": extract.metadata,
        "token_ids": list(extract.token_ids),
        "blocked": False,
    }


class DocumentMethods(CountMethods):
    """Documents at random hits, and by rank, pointer and number, each alone and many at once.

    The methods whose names end in ``_2`` take the length of what was found and a number of tokens
    to show on either side; the others share `max_disp_len` between both sides.
    """

    maxnum: int
    max_disp_len: int

    @answers_errors
    def search_docs(
        self, input_ids: Ids, maxnum: int | None = None, max_disp_len: int | None = None
    ) -> dict[str, Any]:
        """Return documents at random occurrences of the ids, drawn with replacement."""
        number = self.maxnum if maxnum is None else whole("maxnum", maxnum, 1)
        length = self._disp_len(max_disp_len)
        segments = self._search.find(self._encoded(input_ids))
        ends = np.cumsum([len(segment) for segment in segments])
        total = int(ends[-1])
        idxs = np.random.default_rng().integers(0, total, number).tolist() if total else []
        documents = []
        for idx in idxs:
            shard = int(np.searchsorted(ends, idx, "right"))
            rank = segments[shard].hi - (int(ends[shard]) - idx)
            documents.append(as_dict(self._documents.by_rank(shard, rank, length)))
        return {"cnt": total, "approx": False, "idxs": idxs, "documents": documents}

    @answers_errors
    def search_docs_cnf(
        self,
        cnf: Cnf,
        maxnum: int | None = None,
        max_disp_len: int | None = None,
        max_clause_freq: int | None = None,
        max_diff_tokens: int | None = None,
    ) -> dict[str, Any]:
        """Return documents at random hits of a CNF query, drawn with replacement."""
        number = self.maxnum if maxnum is None else whole("maxnum", maxnum, 1)
        length = self._disp_len(max_disp_len)
        found = self._find_cnf(cnf, max_clause_freq, max_diff_tokens)
        places = [(s, int(ptr)) for s, ptrs in enumerate(found["ptrs_by_shard"]) for ptr in ptrs]
        idxs = np.random.default_rng().integers(0, len(places), number).tolist() if places else []
        documents = [
            as_dict(self._documents.by_pointer(s, ptr, length))
            for s, ptr in [places[i] for i in idxs]
        ]
        return {"cnt": found["cnt"], "approx": False, "idxs": idxs, "documents": documents}

    @answers_errors
    def get_doc_by_rank(self, s: int, rank: int, max_disp_len: int | None = None) -> Doc:
        """Return the document at a rank of a shard."""
        s, rank = self._rank(s, rank)
        return as_dict(self._documents.by_rank(s, rank, self._disp_len(max_disp_len)))

    @answers_errors
    def get_docs_by_ranks(
        self, list_of_s_and_rank: Sequence[tuple[int, int]], max_disp_len: int | None = None
    ) -> list[Doc]:
        """Return the documents at several ranks."""
        length = self._disp_len(max_disp_len)
        wanted = [self._rank(s, rank) for s, rank in list_of_s_and_rank]
        return [as_dict(self._documents.by_rank(s, rank, length)) for s, rank in wanted]

    @answers_errors
    def get_doc_by_ptr(self, s: int, ptr: int, max_disp_len: int | None = None) -> Doc:
        """Return the document at a byte offset of a shard."""
        s, ptr = self._pointer(s, ptr)
        return as_dict(self._documents.by_pointer(s, ptr, self._disp_len(max_disp_len)))

    @answers_errors
    def get_docs_by_ptrs(
        self, list_of_s_and_ptr: Sequence[tuple[int, int]], max_disp_len: int | None = None
    ) -> list[Doc]:
        """Return the documents at several byte offsets."""
        length = self._disp_len(max_disp_len)
        wanted = [self._pointer(s, ptr) for s, ptr in list_of_s_and_ptr]
        return [as_dict(self._documents.by_pointer(s, ptr, length)) for s, ptr in wanted]

    @answers_errors
    def get_doc_by_ix(self, doc_ix: int, max_disp_len: int | None = None) -> Doc:
        """Return the beginning of a document."""
        number = whole("doc_ix", doc_ix, 0, self._documents.n_documents)
        return as_dict(self._documents.by_number(number, self._disp_len(max_disp_len)))

    @answers_errors
    def get_docs_by_ixs(
        self, list_of_doc_ix: Sequence[int], max_disp_len: int | None = None
    ) -> list[Doc]:
        """Return the beginnings of several documents."""
        length = self._disp_len(max_disp_len)
        numbers = [whole("doc_ix", ix, 0, self._documents.n_documents) for ix in list_of_doc_ix]
        return [as_dict(self._documents.by_number(number, length)) for number in numbers]

    @answers_errors
    def get_doc_by_rank_2(self, s: int, rank: int, needle_len: int, max_ctx_len: int) -> Doc:
        """Return the surroundings of a rank of a shard."""
        return self._around_rank(s, rank, needle_len, max_ctx_len)

    @answers_errors
    def get_docs_by_ranks_2(self, requests: Sequence[tuple[int, int, int, int]]) -> list[Doc]:
        """Return the surroundings of several ranks: shard, rank, needle_len, max_ctx_len."""
        return [self._around_rank(*request) for request in requests]

    @answers_errors
    def get_doc_by_ptr_2(self, s: int, ptr: int, needle_len: int, max_ctx_len: int) -> Doc:
        """Return the surroundings of a byte offset of a shard."""
        return self._around(*self._pointer(s, ptr), needle_len, max_ctx_len)

    @answers_errors
    def get_docs_by_ptrs_2(self, requests: Sequence[tuple[int, int, int, int]]) -> list[Doc]:
        """Return the surroundings of several byte offsets."""
        return [
            self._around(*self._pointer(s, ptr), needle_len, max_ctx_len)
            for s, ptr, needle_len, max_ctx_len in requests
        ]

    @answers_errors
    def get_doc_by_ix_2(self, doc_ix: int, max_ctx_len: int) -> Doc:
        """Return the beginning of a document."""
        return self._beginning(doc_ix, max_ctx_len)

    @answers_errors
    def get_docs_by_ixs_2(self, requests: Sequence[tuple[int, int]]) -> list[Doc]:
        """Return the beginnings of several documents: number, max_ctx_len."""
        return [self._beginning(*request) for request in requests]

    def get_total_doc_cnt(self) -> int:
        """Return the number of documents."""
        return self._documents.n_documents

    def _around_rank(self, s: int, rank: int, needle_len: int, max_ctx_len: int) -> Doc:
        s, rank = self._rank(s, rank)
        return self._around(s, self._search.shards[s].pointer(rank), needle_len, max_ctx_len)

    def _around(self, s: int, ptr: int, needle_len: int, max_ctx_len: int) -> Doc:
        context = whole("max_ctx_len", max_ctx_len, 0)
        after = whole("needle_len", needle_len, 0) + context
        return as_dict(self._documents.around(s, ptr, context, after))

    def _beginning(self, doc_ix: int, max_ctx_len: int) -> Doc:
        number = whole("doc_ix", doc_ix, 0, self._documents.n_documents)
        return as_dict(self._documents.by_number(number, whole("max_ctx_len", max_ctx_len, 0)))

    def _disp_len(self, value: int | None) -> int:
        return self.max_disp_len if value is None else whole("max_disp_len", value, 1)

    def _rank(self, s: int, rank: int) -> tuple[int, int]:
        s = whole("s", s, 0, self._search.n_shards)
        return s, whole("rank", rank, 0, self._search.shards[s].n_units)

    def _pointer(self, s: int, ptr: int) -> tuple[int, int]:
        s = whole("s", s, 0, self._search.n_shards)
        part = self._search.shards[s]
        ptr = whole("ptr", ptr, 0, len(part.stream))
        if ptr % part.width:
            raise ArgumentError(f"ptr is {ptr}, expected a multiple of {part.width}")
        return s, ptr
