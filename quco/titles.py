"""Titles of works by their spelling, where a text begins with one or says "the film ..."."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

Extent = tuple[int, int]
"""Character offsets: start, and end exclusive."""

_WORD = re.compile(r"\([^()]{1,40}\)|[^\W_]+(?:['’\-–.&/,][^\W_]+)*")
_GAPS = frozenset((" ", ", ", ": ", "; ", "! ", "? ", ". ", "' ", "’ ", " – ", " & ", "... "))
"""What may stand between two words of a title."""

SMALL = frozenset(
    "a an and as at by de del di for from in it la le no not o of on or our out over the to up"
    " with without his her my your that".split()
)
"""Words that titles write small."""

NEVER_FIRST = frozenset(
    "he she it they we i you his her its their our my your him them this that these those who whom"
    " whose which what where when why how in on at by for from with after before during since until"
    " while although though because if as so thus therefore hence however but and or nor both"
    " neither either also then there here yes no not did does do is are was were has have had can"
    " could will would should may might must of to according upon unlike like since among between"
    " q a an answer question tell give name list describe explain".split()
)
"""Words that are capitalised because the sentence starts with them."""

_TITLE_FIRST = frozenset("how we you i the a an no to all my your".split())
"""Of these, titles begin with some."""

_OWNERS = frozenset("his her its their our this that these those he she it they".split())
"""These too, where the next word has a capital as well: "Our Nixon was directed by ..."."""

_PREPOSITIONS = frozenset(
    "in on at by for from with after before during since until between among like upon to".split()
)
_MADE = re.compile(
    r"(?:was|were|is)\s+(?:\w+ly\s+)?"
    r"(?:directed|performed|composed|written|produced|released|sung|recorded|published)\b"
)
"""What is said of works alone."""

_SINGULAR = re.compile(r"(?:was|is|has|had|stars|starred|features|premiered|follows|won)\b")
_NO_TITLE_END = frozenset(
    "music score soundtrack song songs film films movie movies album book novel screenplay script"
    " photography dialogue lyrics role part series show who which that he she it they".split()
)
"""Last words of phrases that say what was made without naming it: "Additional music"."""

_LONGEST = 8
_CUE = re.compile(
    r"\b(?:(?:films?|movies?|songs?|albums?|novels?|books?|musicals?|operas?)"
    r"|(?:music|score|lyrics|director|composer|performer|producer|screenwriter|cast)\s+of)\s+(?=\S)"
)
_JOINTS = frozenset("and or by in at from for with on as".split())
"""Words at which a title in the middle of a sentence ends, since they may belong to that one."""


def leading_title(text: str) -> Extent | None:
    """Return where the title ends that `text` begins with; None where spelling shows none.

    A title with small words or commas, with a first word that could be a pronoun or a preposition,
    or in another language: it ends before the verb. A title whose words all have capitals is left
    to whoever looks for capitals.

    Examples
    --------
    >>> text = "Love and the First Railway was directed by Tom."
    >>> text[slice(*leading_title(text))]
    'Love and the First Railway'
    >>> leading_title("The director of Metropolis is Fritz Lang.") is None
    True
    """
    words = list(_WORD.finditer(text))
    n = _title_words(words, 0, text)
    first = words[0].group().casefold() if words else ""
    if n and text[: words[0].start()].strip(" \"'“‘(¿¡"):
        return None
    if n < len(words) and first not in NEVER_FIRST:
        foreign = _foreign_title(words, text)
        if foreign:
            return foreign
    if n == len(words) or n < (1 if first in SMALL else 2):
        return None
    if first in NEVER_FIRST - _TITLE_FIRST and not _may_begin(words, n, first, text):
        return None
    start, end = words[0].start(), words[n - 1].end()
    if text[end : end + 1] == "," or _is_list(words, n) or n < 2:
        return None
    if first not in NEVER_FIRST and _is_plain(words, n, text):
        return None
    return start, _end(text, start, end)


def _may_begin(words: list[re.Match[str]], n: int, first: str, text: str) -> bool:
    """Whether a title begins with a word that mostly begins a sentence."""
    if n < 2 or not words[1].group()[0].isupper():
        return False
    following = text[words[n].start() :]
    if first in _OWNERS:
        return _SINGULAR.match(following) is not None
    return first in _PREPOSITIONS and _MADE.match(following) is not None


def _title_words(words: list[re.Match[str]], start: int, text: str) -> int:
    """Return the number of the word before which a title from word `start` on ends."""
    n = start
    while n < len(words) and _may_be_title(words, n, start, text):
        n += 1
    while n > start and words[n - 1].group() in SMALL:
        n -= 1
    return n


def _may_be_title(words: list[re.Match[str]], n: int, start: int, text: str) -> bool:
    word = words[n].group()
    if n > start and text[words[n - 1].end() : words[n].start()] not in _GAPS:
        return False
    capital = word[0].isupper() or word[0].isdigit()
    return capital or (n > start and (word in SMALL or word[0] == "("))


def _is_plain(words: list[re.Match[str]], n: int, text: str) -> bool:
    """Whether capitals alone show where the title ends."""
    gaps = {text[a.end() : b.start()] for a, b in pairwise(words[:n])}
    return gaps <= {" ", ". "} and not any(word.group() in SMALL for word in words[1:n])


def _is_list(words: list[re.Match[str]], n: int) -> bool:
    """Whether "and" joins two things: no verb in the singular follows."""
    joined = any(word.group() == "and" for word in words[1:n])
    return joined and not _SINGULAR.match(words[n].group())


def _foreign_title(words: list[re.Match[str]], text: str) -> Extent | None:
    """Return the subject of "was directed by" where it has small words but no article.

    English needs an article before a singular noun, so that "Oro bajo" must be a name.
    """
    made = _MADE.search(text)
    if made is None or made.group().startswith("were"):
        return None
    subject = [word for word in words if word.end() <= made.start()]
    if not 1 < len(subject) <= _LONGEST or not subject[0].group()[0].isupper():
        return None
    small = [word.group() for word in subject[1:] if word.group()[0].islower()]
    gaps = {text[a.end() : b.start()] for a, b in pairwise(subject)}
    if not set(small) - SMALL or subject[-1].group() in _NO_TITLE_END or not gaps <= _GAPS - {", "}:
        return None
    start, end = subject[0].start(), subject[-1].end()
    is_phrase = re.search(r"['’]s\s+[a-z]|\bof\s+(?:the\s+)?[A-Z]", text[start:end])
    if subject[0].group().casefold() == "the" or is_phrase:
        return None
    return start, end


def cued_titles(text: str) -> Iterator[Extent]:
    """Yield where a title stands after "film", "song", "book" and the like.

    Examples
    --------
    >>> text = "Who performed the song I Guess I Like It Like That?"
    >>> [text[a:b] for a, b in cued_titles(text)]
    ['I Guess I Like It Like That']
    """
    words = list(_WORD.finditer(text))
    for cue in _CUE.finditer(text):
        start = next((i for i, word in enumerate(words) if word.start() >= cue.end()), None)
        if start is None or text[cue.end() : words[start].start()].strip("¿¡"):
            continue
        end = min(_title_words(words, start, text), _first_joint(words, start))
        if end - start > 1 and words[start].group()[0].isupper():
            yield words[start].start(), _end(text, words[start].start(), words[end - 1].end())


def _first_joint(words: list[re.Match[str]], start: int) -> int:
    """Return the number of the first word that may belong to the sentence."""
    for i, word in enumerate(words[start:], start):
        if word.group() in _JOINTS:
            return i
    return len(words)


def _end(text: str, start: int, end: int) -> int:
    """Leave out a possessive; take in the last full stop of "Alien from L.A."."""
    last = text[start:end].rsplit(" ", 1)[-1]
    if "." in last and text[end : end + 1] == ".":
        return end + 1
    return end - 2 if last.endswith(("'s", "’s", "'S")) else end
