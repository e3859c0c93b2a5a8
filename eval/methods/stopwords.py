"""Words that carry no claim: spaCy's English stop words, and what has no letter or digit."""

from __future__ import annotations

import re
from functools import cache


def is_stopword(word: str) -> bool:
    """Return whether a word, punctuation around it aside, is a stop word or no word at all.

    Examples
    --------
    >>> is_stopword("the"), is_stopword("."), is_stopword("Lang.")
    (True, True, False)
    """
    bare = re.sub(r"^\W+|\W+$", "", word).lower()
    return not bare or bare in _stopwords()


@cache
def _stopwords() -> frozenset[str]:
    from spacy.lang.en.stop_words import STOP_WORDS

    return frozenset(STOP_WORDS)
