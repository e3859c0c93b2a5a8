"""Vectors of single words, for telling that "married" is close to "spouse" without a model.

They are the sentence encoder's vectors of single words, reduced by principal components, as in
Model2Vec (MinishLab, 2024): a look-up instead of a forward pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

_ENDINGS: tuple[str, ...] = (
    *("ations ation ators ator ates ated ating ions ion ors or ers er ings ing eds ed".split()),
    *("ments ment ships ship als al es s d y".split()),
)
_LEAST_STEM = 4
_REMEMBERED = 1 << 16
_SUFFIXES = ("s", "es", "ed", "ing", "er", "or", "d", "ly", "n")


class WordVectors:
    """A table of unit vectors.

    Parameters
    ----------
    words : sequence of str
        Lower case, distinct.
    matrix : ndarray of shape (len(words), dimension)
        One row a word, any scale.
    """

    def __init__(self, words: Sequence[str], matrix: NDArray[np.generic]) -> None:
        rows = matrix.astype(np.float32)
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        self._row = {word: i for i, word in enumerate(words)}
        self._unknown = len(rows)
        self._matrix: Matrix = np.vstack([rows, np.zeros((1, rows.shape[1]), np.float32)])
        self._place = lru_cache(_REMEMBERED)(self._find)

    @classmethod
    def load(cls, path: Path) -> WordVectors:
        """Read a table that `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            words = stored["words"].tobytes().decode().split("\n")
            return cls(words, stored["vectors"])

    @staticmethod
    def save(path: Path, words: Sequence[str], matrix: NDArray[np.int8]) -> None:
        """Write a table."""
        joined = np.frombuffer("\n".join(words).encode(), np.uint8)
        np.savez_compressed(path, words=joined, vectors=matrix)

    @classmethod
    @cache
    def shipped(cls) -> WordVectors:
        """Return the table that comes with the package."""
        with resources.as_file(resources.files("quco.verdict") / "words.npz") as path:
            return cls.load(path)

    def vectors(self, words: Iterable[str]) -> Matrix:
        """Return the vectors of words, by a shorter form where need be; zeros for unknown ones.

        Returns
        -------
        ndarray of shape (n_words, dimension), float32
            Of length 1 each, or 0.
        """
        return self._matrix[[self._place(word) for word in words]]

    def _find(self, word: str) -> int:
        row = self._row.get(word)
        if row is not None:
            return row
        shorter = (word[: -len(end)] for end in _SUFFIXES if word.endswith(end))
        return next((self._row[form] for form in shorter if form in self._row), self._unknown)

    def likeness(self, words: Sequence[str], targets: Sequence[str]) -> Matrix:
        """Return how close each word is to each target.

        Returns
        -------
        ndarray of shape (n_words, n_targets), float32
            Cosines in [-1, 1]; 1 where both have one stem, else 0 where either is unknown.
        """
        cosines = self.vectors(words) @ self.vectors(targets).T
        stems = [stem(word) for word in words]
        for column, target in enumerate(targets):
            same = stem(target)
            cosines[[i for i, found in enumerate(stems) if found == same], column] = 1
        return cosines

    def closeness(self, words: Iterable[str], targets: Iterable[str]) -> Matrix:
        """Return how close each word is to the closest target; 0 where there is none.

        Returns
        -------
        ndarray of shape (n_words,), float32
            The greatest `likeness`.
        """
        given, wanted = list(words), list(targets)
        if not given or not wanted:
            return np.zeros(len(given), np.float32)
        return np.asarray(self.likeness(given, wanted).max(axis=1), np.float32)


@lru_cache(_REMEMBERED)
def stem(word: str) -> str:
    """Return what is left of a word without its endings; enough to join verbs and their agents.

    Examples
    --------
    >>> [stem(word) for word in ("director", "directed", "directing", "direction")]
    ['direct', 'direct', 'direct', 'direct']
    >>> stem("composer") == stem("composed")
    True
    """
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word[: -len(ending)].removesuffix("e")
    return word.removesuffix("e") if len(word) > _LEAST_STEM else word
