"""`InfiniGramEngine` with the constructor, methods, arguments and results of infini-gram 2.6."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus_engine.attribution import Attribution
from corpus_engine.documents import Documents
from corpus_engine.errors import QueryError
from corpus_engine.infini_gram import checks
from corpus_engine.infini_gram.checks import answers_errors, whole
from corpus_engine.infini_gram.documents import DocumentMethods, as_dict
from corpus_engine.layout import Width
from corpus_engine.ngram import NGrams
from corpus_engine.opening import open_shards
from corpus_engine.search import Search
from corpus_engine.shard import Shard
from corpus_engine.types import NextTokenDistribution

_WIDTHS: dict[str, Width] = {"u8": 1, "u16": 2, "u32": 4}
_UNKNOWN_LOGPROB = -10000.0

Ids = Sequence[int]
Cnf = Sequence[Sequence[Sequence[int]]]


class InfiniGramEngine(DocumentMethods):
    """Answers infini-gram's queries exactly, from infini-gram's files.

    Parameters
    ----------
    index_dir : str or list of str
        Folders of version 4 or 5 indexes; their shards are counted on.
    eos_token_id : int
        Id under which the end of a document is reported as a next token.
    vocab_size : int
        Token ids are below this; used for unigram counts alone.
    version : 4 or 5
        5 holds documents backwards.
    token_dtype : "u8", "u16" or "u32"
        Width of a token.
    load_to_ram, ds_prefetch_depth, sa_prefetch_depth, od_prefetch_depth, attribution_block_size
        Accepted and not needed: files stay mapped, and queries touch few pages.
    bow_ids_path : str or None
        File of the token ids that begin a word, one a line, for `attribute`.
    precompute_unigram_logprobs : bool
        Count every token at once, so that `attribute` can sum their log-probabilities.
    prev_shards_by_index_dir : mapping
        Shards of another engine, to use again.
    max_support, max_clause_freq
        Accepted and not needed: distributions and clauses are counted whole.
    max_diff_tokens, maxnum, max_disp_len : int
        Defaults of the methods' arguments.
    """

    def __init__(
        self,
        index_dir: str | Sequence[str],
        eos_token_id: int,
        vocab_size: int = 65535,
        version: int = 4,
        token_dtype: str = "u16",  # noqa: S107 - a number format
        load_to_ram: bool = False,  # noqa: ARG002 - part of the interface
        ds_prefetch_depth: int = 1,  # noqa: ARG002
        sa_prefetch_depth: int = 3,  # noqa: ARG002
        od_prefetch_depth: int = 3,  # noqa: ARG002
        bow_ids_path: str | None = None,
        attribution_block_size: int = 512,  # noqa: ARG002
        precompute_unigram_logprobs: bool = False,
        prev_shards_by_index_dir: Mapping[str, Sequence[Shard]] | None = None,
        max_support: int = 1000,
        max_clause_freq: int = 50000,
        max_diff_tokens: int = 100,
        maxnum: int = 1,
        max_disp_len: int = 1000,
    ) -> None:
        if token_dtype not in _WIDTHS:
            raise QueryError(f"token_dtype is {token_dtype!r}, expected one of {list(_WIDTHS)}")
        if version not in (4, 5):
            raise QueryError(f"version is {version!r}, expected 4 or 5")
        if not 0 <= eos_token_id < vocab_size:
            raise QueryError(f"eos_token_id is {eos_token_id}, expected 0 to {vocab_size - 1}")
        self.max_support = max_support
        self.max_clause_freq = max_clause_freq
        self.max_diff_tokens = max_diff_tokens
        self.maxnum = maxnum
        self.max_disp_len = max_disp_len
        width = _WIDTHS[token_dtype]
        self.token_id_max = 256**width - 1
        self._eos = int(eos_token_id)
        self._vocab_size = int(vocab_size)
        folders = [index_dir] if isinstance(index_dir, str) else list(index_dir)
        known = prev_shards_by_index_dir or {}
        self._new_shards = {
            folder: tuple(open_shards(Path(folder), width))
            for folder in folders
            if folder not in known
        }
        shards = [
            shard for folder in folders for shard in known.get(folder) or self._new_shards[folder]
        ]
        self._search = Search(Path(folders[0]), shards, backwards=version == 5)
        self._documents = Documents(self._search, None)
        self._ngrams = NGrams(self._search)
        self._attribution = Attribution(self._search)
        self._starts = _read_ids(bow_ids_path)
        self._logprobs = self._unigram_logprobs() if precompute_unigram_logprobs else {}

    # ------------------------------------------------------------------ counts

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

    # ------------------------------------------------------------------ language models

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
        _positive("max_support", max_support)
        return self._ntd(self._ngrams.ntd(self._encoded(prompt_ids), None, 0))

    @answers_errors
    def infgram_ntd(self, prompt_ids: Ids, max_support: int | None = None) -> dict[str, Any]:
        """Return `ntd` for the longest suffix of the prompt that occurs."""
        _positive("max_support", max_support)
        found = self._ngrams.infgram_ntd(self._encoded(prompt_ids), None, 0)
        return {**self._ntd(found), "suffix_len": found.suffix_len}

    # ------------------------------------------------------------------ documents

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

    # ------------------------------------------------------------------ attribution

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

    def get_new_shards_by_index_dir(self) -> dict[str, tuple[Shard, ...]]:
        """Return the shards that this engine opened, for `prev_shards_by_index_dir` of another."""
        return dict(self._new_shards)

    # ------------------------------------------------------------------ inside

    def _encoded(self, value: Ids) -> bytes:
        tokens = checks.ids("input_ids", value, self.token_id_max + 1)
        return np.array(tokens, f"<u{self._search.width}").tobytes()

    def _cnf(
        self, cnf: Cnf, max_clause_freq: int | None, max_diff_tokens: int | None
    ) -> tuple[list[list[bytes]], int]:
        _positive("max_clause_freq", max_clause_freq)
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

    def _unigram_logprobs(self) -> dict[int, float]:
        total = math.log(self.get_total_tok_cnt())
        counts: dict[int, int] = {}
        for s in range(self._search.n_shards):
            for token, n in self.compute_unigram_counts(s).items():
                counts[token] = counts.get(token, 0) + n
        return {token: math.log(n) - total for token, n in counts.items() if n}


def _positive(name: str, value: int | None) -> None:
    if value is not None:
        whole(name, value, 1)


def _read_ids(path: str | None) -> set[int]:
    if path is None:
        return set()
    return {int(line) for line in Path(path).read_text().split()}
