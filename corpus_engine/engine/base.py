"""What all questions to an open index share."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from corpus_engine.attribution import Attribution
from corpus_engine.closing import Closing
from corpus_engine.documents import Documents
from corpus_engine.encoders.base import Encoder
from corpus_engine.errors import MissingPartError, QueryError, TokenIdError
from corpus_engine.ngram import NGrams
from corpus_engine.opening import Opened
from corpus_engine.search import Search
from corpus_engine.types import CoOccurrence

MAX_TOKENS = 1000
"""Tokens of a document that are shown unless the caller says how many."""

_UNITS = {array(code).itemsize: code for code in "BHI"}
"""Codes of arrays of unsigned integers by their bytes."""


class OpenIndex(Closing):
    """The parts of an open index, what it says of itself, and its end."""

    def __init__(self, opened: Opened) -> None:
        self.path: Path = opened.path
        """Folder of the index."""
        self._opened = opened
        self._encoder = opened.encoder
        # What `count` calls, without a look at whether there is an encoder.
        self._prepare = opened.encoder.prepare if opened.encoder else self._no_text
        self._search = Search(
            opened.path,
            opened.shards,
            trail_units=opened.trail_units,
            units_a_token=opened.units_a_token,
            backwards=opened.backwards,
            words_address=opened.encoder.words_address if opened.encoder else 0,
        )
        # What single counts call: each step between would take a tenth of their time.
        self._calls = self._search.calls
        self._handle = self._calls.handle
        in_words = opened.encoder is not None and opened.encoder.words_address != 0
        self._count_plain = self._kernel("count_plain") if in_words else self._count_prepared
        self._count_query = self._kernel("count_query")
        self._documents = Documents(self._search, opened.store)
        self._ngrams = NGrams(self._search)
        self._attribution = Attribution(self._search)
        self._width = self._search.width
        self._unit = _UNITS[self._width]

    @property
    def n_tokens(self) -> int:
        """Tokens of the corpus (words, for the word analyzer), without document separators."""
        return self._opened.n_tokens

    @property
    def n_documents(self) -> int:
        """Documents of the corpus."""
        return self._documents.n_documents

    @property
    def n_shards(self) -> int:
        """Shards of the index."""
        return self._search.n_shards

    @property
    def analyzer(self) -> str | None:
        """What made the tokens: ``word``, ``byte``, ``tokenizer``; None where nobody said."""
        return self._opened.analyzer

    def _ids(self, ids: Sequence[int]) -> bytes:
        try:
            return array(self._unit, ids).tobytes()
        except (OverflowError, TypeError) as exc:
            raise TokenIdError(
                f"token ids are {list(ids)}, expected whole numbers from 0 to "
                f"{256**self._width - 1}"
            ) from exc

    def _clauses(self, clauses: Sequence[Sequence[Sequence[int]]]) -> list[list[bytes]]:
        encoded = [list(dict.fromkeys(map(self._ids, clause))) for clause in clauses]
        if not encoded or not all(map(all, encoded)) or not all(encoded):
            raise QueryError(
                f"clauses are {clauses!r}, expected at least one, each with at least one sequence "
                "of at least one token id"
            )
        return encoded

    def _cooccurrence(
        self, clauses: list[list[bytes]], window: int, at_least: int | None
    ) -> CoOccurrence:
        check_positive("window", window)
        if at_least is not None:
            check_positive("at_least", at_least)
        value, exact, anchor, counts = self._search.count_cnf(clauses, window, at_least)
        return CoOccurrence(value, exact, anchor, tuple(counts))

    def _kernel(self, name: str) -> Callable[[int, Any], int]:
        """Return what loads a kernel when it is first called, and puts it in its own place."""

        def load(handle: int, query: Any) -> int:
            kernel = getattr(self._calls, name).func
            setattr(self, f"_{name}", kernel)
            value: int = kernel(handle, query)
            return value

        return load

    def _count_prepared(self, handle: int, text: str) -> int:  # noqa: ARG002 - called as a kernel is
        value: int = self._calls.count_text(self._prepare(text))
        return value

    def _no_text(self, text: str) -> bytes:
        return self._text_encoder.prepare(text)

    @property
    def _text_encoder(self) -> Encoder:
        if self._encoder is None:
            raise MissingPartError(
                f"{self.path} does not say how text becomes tokens; open it with analyzer= the "
                "tokenizer that it was built with, or ask by token ids"
            )
        return self._encoder

    def close(self) -> None:
        """Unmap the files; whatever is asked afterwards raises `QueryError`."""
        closed: Any = _Closed(self.path)
        self._search = self._calls = self._count_plain = self._count_query = closed
        self._documents = self._ngrams = self._attribution = closed
        self._opened.close()


class _Closed:
    """Stands for the parts of an index that was closed: kernels must not read unmapped files."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __getattr__(self, name: str) -> NoReturn:
        self()

    def __call__(self, *_: object) -> NoReturn:
        raise QueryError(f"the index {self._path} is closed; open it again")


def check_positive(name: str, value: int) -> None:
    """Refuse a number below 1."""
    if value < 1:
        raise QueryError(f"{name} is {value}, expected at least 1")
