"""Words as one to three 16-bit units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_engine import layout
from corpus_engine.analyzers import word
from corpus_engine.encoders.base import Batch, joined
from corpus_engine.layout import Width
from corpus_engine.vocabulary import (
    SEPARATOR_WORD,
    TRAIL_UNITS,
    GrowingVocabulary,
    Vocabulary,
    numbers,
    units_a_word,
    write_vocabulary,
)

_BETWEEN = b" " + SEPARATOR_WORD + b" "
_LINE_FEED = 0x0A
_BATCH_CHARACTERS = 1 << 21
_SEED_CHARACTERS = 1 << 24
_WORDS_SO_FAR = "words.partial"


class WordEncoder:
    """Encodes words by a vocabulary.

    Parameters
    ----------
    vocabulary : Vocabulary or GrowingVocabulary
        The stream bytes of each word.
    """

    width: Width = 2
    trail_units = TRAIL_UNITS
    prepare = staticmethod(word.clean)
    """Return a text in UTF-8, cleaned; kernels look its words up."""

    def __init__(self, vocabulary: Vocabulary | GrowingVocabulary) -> None:
        self._words = vocabulary

    @property
    def words_address(self) -> int:
        """Where the record of the vocabulary lies; 0 for one that is not in files yet."""
        return self._words.address if isinstance(self._words, Vocabulary) else 0

    @property
    def vocabulary_size(self) -> int:
        """Distinct words."""
        return self._words.size

    @property
    def units_a_token(self) -> int:
        """Most units of a word."""
        return units_a_word(self.vocabulary_size)

    def prepare_many(self, texts: Sequence[str]) -> tuple[bytes, NDArray[np.int64]]:
        """Return several texts, cleaned, one after the other, and where each ends."""
        lines = "\n".join(texts)
        if not lines.isascii():
            lines = "\n".join([t if t.isascii() else word.cleaned(t) for t in texts])
        # A line feed before a text is part of no word, and found sooner than lengths are summed.
        data = f"{lines}\n".encode()
        ends: NDArray[np.int64] = (np.frombuffer(data, np.uint8) == _LINE_FEED).nonzero()[0]
        return (data, ends) if len(ends) == len(texts) else joined(list(map(word.clean, texts)))

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Return the characters that each word came from."""
        return word.spans(text)

    def decode(self, tokens: NDArray[Any]) -> str:
        """Return the normalised words with spaces between them, documents on lines of their own."""
        words = [
            "\n" if number < 0 else self._words.word(number).decode("utf-8", "replace")
            for number in numbers(tokens)
        ]
        return " ".join(words).replace(" \n ", "\n")

    def close(self) -> None:
        """Close the vocabulary."""
        if isinstance(self._words, Vocabulary):
            self._words.close()


class GrowingWordEncoder(WordEncoder):
    """Encodes the documents of a new index; new words join its vocabulary."""

    def __init__(self) -> None:
        self._growing = GrowingVocabulary()
        self._n_saved = 0
        super().__init__(self._growing)

    @property
    def batch_characters(self) -> int:
        """A large first batch gives the most frequent words a single unit each."""
        return _BATCH_CHARACTERS if self._growing.size else _SEED_CHARACTERS

    def documents(self, texts: Sequence[str]) -> Batch:
        """Return documents as they go into a stream."""
        words = word.split(_BETWEEN + _BETWEEN.join([word.clean(text) for text in texts]))
        if not self._growing.size:
            self._growing.seed(words)
        return Batch(b"".join(map(self._growing.__getitem__, words)), len(words) - len(texts))

    def checkpoint(self, folder: Path) -> Mapping[str, Any]:
        """Append the words since the last checkpoint to a file."""
        new = self._growing.words(self._n_saved)
        with (folder / _WORDS_SO_FAR).open("ab") as file:
            # No word holds a space.
            file.write(b"".join([w + b" " for w in new]))
            size = file.tell()
        self._n_saved = self._growing.size
        return {"n_words": self._n_saved, "size_bytes": size}

    def restore(self, folder: Path, state: Mapping[str, Any]) -> None:
        """Read the words of a checkpoint back, in order."""
        with (folder / _WORDS_SO_FAR).open("rb+") as file:
            file.truncate(state["size_bytes"])
            words = file.read().split(b" ")[:-1]
        self._growing = GrowingVocabulary(words)
        self._n_saved = self._growing.size
        if self._n_saved != state["n_words"]:
            raise ValueError(f"{self._n_saved} words were saved, expected {state['n_words']}")
        super().__init__(self._growing)

    def write(self, folder: Path) -> None:
        """Write the vocabulary."""
        write_vocabulary(folder, self._growing.words())


def open_words(folder: Path, manifest: layout.Manifest, sizes: Mapping[str, int]) -> WordEncoder:
    """Return the encoder of a finished word index."""
    return WordEncoder(Vocabulary(folder, manifest.vocabulary_size, sizes))
