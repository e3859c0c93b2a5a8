"""Words for BM25: folded, without stop words, stemmed."""

import re
import threading
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from retrievers.errors import QueryError

_WORD = re.compile(r"\w+")

STOPWORDS = frozenset(
    "a about also an and are as at be been but by did do does for from had has have he her him "
    "his how i if in into is it its me my no not of on or our s she such t than that the their "
    "then there these they this to was we were what when where which who whom whose will with "
    "you".split()
)
"""Lucene's English stop words, pronouns, what an apostrophe leaves, and the words of questions."""


@dataclass(frozen=True)
class WordAnalyzer:
    """How texts and queries become BM25 terms; saved with the index.

    Examples
    --------
    >>> WordAnalyzer()("Who are the directors of Übermut's films?")
    ['director', 'ubermut', 'film']
    """

    language: str = "english"
    """A Snowball language, or "" for no stemming."""

    stopwords: bool = True
    """Leave out English stop words."""

    fold: bool = True
    """Leave out accents, so that "Gödel" is found by "Godel"."""

    _local: threading.local = field(
        default_factory=threading.local, init=False, repr=False, compare=False
    )

    def __call__(self, text: str) -> list[str]:
        """Return the terms of `text`, in order."""
        text = text.casefold()
        if self.fold and not text.isascii():
            decomposed = unicodedata.normalize("NFKD", text)
            text = "".join(c for c in decomposed if not unicodedata.combining(c))
        words = _WORD.findall(text)
        if self.stopwords:
            words = [word for word in words if word not in STOPWORDS]
        return self._stem(words) if self.language else words

    def settings(self) -> dict[str, Any]:
        """Return what `WordAnalyzer(**settings)` needs."""
        return {"language": self.language, "stopwords": self.stopwords, "fold": self.fold}

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
