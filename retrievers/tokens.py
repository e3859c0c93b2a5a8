"""Words for BM25: folded, without stop words, stemmed."""

import re
import threading
from dataclasses import dataclass, field
from typing import Any

from retrievers.errors import QueryError

_WORD = re.compile(r"\w+")

STOPWORDS = frozenset(
    "a an and are as at be but by for if in into is it no not of on or s such t that the their "
    "then there these they this to was will with".split()
)
"""Lucene's English stop words, and the `s` and `t` that an apostrophe leaves."""


@dataclass(frozen=True)
class WordAnalyzer:
    """How texts and queries become BM25 terms; saved with the index.

    Examples
    --------
    >>> WordAnalyzer()("The directors of Übermut's films")
    ['director', 'übermut', 'film']
    """

    language: str = "english"
    """A Snowball language, or "" for no stemming."""

    stopwords: bool = True
    """Leave out English stop words."""

    _local: threading.local = field(
        default_factory=threading.local, init=False, repr=False, compare=False
    )

    def __call__(self, text: str) -> list[str]:
        """Return the terms of `text`, in order."""
        words = _WORD.findall(text.lower())
        if self.stopwords:
            words = [word for word in words if word not in STOPWORDS]
        return self._stem(words) if self.language else words

    def settings(self) -> dict[str, Any]:
        """Return what `WordAnalyzer(**settings)` needs."""
        return {"language": self.language, "stopwords": self.stopwords}

    def _stem(self, words: list[str]) -> list[str]:
        stemmer = getattr(self._local, "stemmer", None)
        if stemmer is None:  # one a thread: PyStemmer's objects must not be shared
            stemmer = self._local.stemmer = _new_stemmer(self.language)
        stems: list[str] = stemmer.stemWords(words)
        return stems


def _new_stemmer(language: str) -> Any:
    import Stemmer

    try:
        return Stemmer.Stemmer(language)
    except KeyError as exc:
        raise QueryError(
            f"no stemmer for {language!r}; known: {', '.join(Stemmer.algorithms())}"
        ) from exc
