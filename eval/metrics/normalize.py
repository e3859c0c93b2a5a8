"""How SQuAD, HotpotQA and 2WikiMultihopQA make answers comparable."""

from __future__ import annotations

import re
import string

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalize_answer(text: str) -> str:
    """Return `text` in lower case, without ASCII punctuation, English articles, extra spaces.

    Parameters
    ----------
    text : str
        An answer.

    Examples
    --------
    >>> normalize_answer("The  Danube!")
    'danube'
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())
