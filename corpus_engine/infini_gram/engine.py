"""`InfiniGramEngine` with the constructor, methods, arguments and results of infini-gram 2.6."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from corpus_engine.attribution import Attribution
from corpus_engine.documents import Documents
from corpus_engine.errors import QueryError
from corpus_engine.infini_gram.attribution import AttributionMethods
from corpus_engine.infini_gram.documents import DocumentMethods
from corpus_engine.infini_gram.language_models import LanguageModelMethods
from corpus_engine.layout import Width
from corpus_engine.ngram import NGrams
from corpus_engine.opening import open_shards
from corpus_engine.search import Search
from corpus_engine.shard import Shard

_WIDTHS: dict[str, Width] = {"u8": 1, "u16": 2, "u32": 4}


class InfiniGramEngine(DocumentMethods, LanguageModelMethods, AttributionMethods):
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

    def get_new_shards_by_index_dir(self) -> dict[str, tuple[Shard, ...]]:
        """Return the shards that this engine opened, for `prev_shards_by_index_dir` of another."""
        return dict(self._new_shards)


def _read_ids(path: str | None) -> set[int]:
    if path is None:
        return set()
    return {int(line) for line in Path(path).read_text().split()}
