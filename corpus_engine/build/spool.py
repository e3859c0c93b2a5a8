"""First pass of a word index: documents become provisional word ids in a file.

A word's final units depend on how frequent it is, which is known only after the last document. Ids
are given in order of first appearance, 0 standing for the separator before each document.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from corpus_engine.analyzers import word
from corpus_engine.errors import BuildError

if TYPE_CHECKING:
    from typing import BinaryIO

_SEPARATOR_WORD = b" \xff "
_READ_IDS = 1 << 20


class _Numbering(dict[bytes, int]):
    """Gives each new word the next id."""

    def __missing__(self, word: bytes) -> int:
        number = self[word] = len(self)
        return number


class WordSpool:
    """Writes provisional ids and counts words; use as a context manager."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO = path.open("wb")
        self._ids = _Numbering({b"\xff": 0})
        self._counts = np.zeros(1 << 16, np.int64)

    def add(self, texts: list[str]) -> int:
        """Append documents; return how many words they had."""
        cleaned = map(word.clean, texts)
        words = word.split(_SEPARATOR_WORD + _SEPARATOR_WORD.join(cleaned))
        ids = np.fromiter(map(self._ids.__getitem__, words), np.uint32, len(words))
        if len(self._ids) >= 1 << 32:
            raise BuildError("more than 2^32 distinct words; use a subword tokenizer instead")
        if len(self._ids) > len(self._counts):
            grown = np.zeros(2 * len(self._ids), np.int64)
            grown[: len(self._counts)] = self._counts
            self._counts = grown
        seen = np.bincount(ids)
        self._counts[: len(seen)] += seen
        self._file.write(ids.tobytes())
        return len(words) - len(texts)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def ranked(self) -> tuple[list[bytes], NDArray[np.uint32]]:
        """Return the words by falling frequency, and for each provisional id its place there.

        Words of equal frequency are in the order of their bytes. Id 0, the separator, has no place
        and maps to 0.
        """
        words = list(self._ids)
        counts = self._counts[: len(words)].tolist()
        order = sorted(range(1, len(words)), key=lambda i: (-counts[i], words[i]))
        places = np.zeros(len(words), np.uint32)
        places[order] = np.arange(len(order), dtype=np.uint32)
        return [words[i] for i in order], places

    def read(self) -> Iterator[NDArray[np.uint32]]:
        """Yield the provisional ids of all documents in pieces."""
        self._file.flush()
        with self._path.open("rb") as file:
            while data := file.read(4 * _READ_IDS):
                yield np.frombuffer(data, np.uint32)
