"""What a prompt shows of a passage: its first sentence, and those that bear on the question."""

from __future__ import annotations

import re
from functools import lru_cache

SENTENCE_END = re.compile(
    r"(?<!\b[A-Z])(?<!\b(?:[JSMD]r|St|Mt|vs|No))(?<!\b(?:Mrs|Rev|Gen|Col))[.!?](?=[\"'”’*]*\s+[\"“‘A-Z])"
)
"""The mark that ends a sentence; "St. John" and "J. R. R. Tolkien" have none inside."""

_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"\w+")
_STEM = 5
"""Letters by which words are compared: "director" and "directed" are one."""

_COMMON = frozenset(
    "a an and are as at be been both by did do does for from had has have he her his how in is it "
    "its more of on or same she than that the their they this to was were what when where which "
    "who whom whose with".split()
)
_SAID_AS = {
    "author": "wrote written",
    "award": "won prize received",
    "birth birthday birthplace": "born",
    "buried burial": "cemetery",
    "child children son daughter": "father mother",
    "compose composer": "wrote music",
    "death die": "died",
    "father mother parent grandfather grandmother": "son daughter child",
    "founder": "established",
    "graduate study": "educated attended studied graduated school university college",
    "husband wife spouse": "married husband wife",
    "live": "residence resided",
    "performer": "sung singer recorded released",
    "publisher": "founded",
    "sibling brother sister": "brother sister",
    "work": "employed",
    "writer": "wrote written",
}
"""Words of questions, and others in which passages answer them."""


def excerpt(text: str, n_chars: int, *, question: str, title: str = "") -> str:
    """Return the sentences of a passage that bear on a question, at most `n_chars` characters.

    The first says what the passage is about, and stays; others are kept, most first, where they
    share words with the question, those of the title aside. It depends on nothing else, so that a
    passage looks the same in every prompt about a question.

    Parameters
    ----------
    text, title : str
        The passage.
    n_chars : int
        Room; a first sentence that is longer is cut at a word.
    question : str
        What is asked, in English; of another language only equal words are seen.

    Examples
    --------
    >>> text = "Ada was a poet. She liked cats and dogs. She was born in Rome."
    >>> excerpt(text, 60, question="What is the birthplace of Ada?")
    'Ada was a poet. She was born in Rome.'
    >>> excerpt(text, 12, question="Where was Ada born?")
    'Ada was a …'
    """
    first, *others = _sentences(" ".join(text.split()))
    if len(first) > n_chars:
        return shorten(first, n_chars)
    wanted = _wanted(question) - _stems(title)
    shared = [len(wanted & _stems(sentence)) for sentence in others]
    kept, room = set(), n_chars - len(first)
    for number in sorted(range(len(others)), key=lambda i: -shared[i]):
        if shared[number] and len(others[number]) < room:
            kept.add(number)
            room -= len(others[number]) + 1
    return " ".join([first, *(others[number] for number in sorted(kept))])


def shorten(text: str, n_chars: int) -> str:
    """Return a text of at most `n_chars` characters and a mark, cut at a word where it is longer.

    Examples
    --------
    >>> shorten("It rains in Rome.", 8)
    'It …'
    """
    return text if len(text) <= n_chars else f"{text[:n_chars].rsplit(' ', 1)[0]} …"


def _sentences(text: str) -> list[str]:
    """Return the sentences of a text whose white space is single."""
    borders = (_SPACE.search(text, mark.end()) for mark in SENTENCE_END.finditer(text))
    starts = [0, *(border.end() for border in borders if border)]
    return [text[a:b].rstrip() for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


@lru_cache(64)
def _wanted(question: str) -> frozenset[str]:
    """Return the stems of a question and of what answers say; once for all its passages."""
    words = _stems(question)
    answers = (said for asked, said in _SAID_AS.items() if words & _stems(asked))
    return frozenset(words.union(*map(_stems, answers)))


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(text.casefold()) if word not in _COMMON}
