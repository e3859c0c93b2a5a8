"""The numbers that a question compares: "Which genus has more species, A or B?"."""

from __future__ import annotations

import re
from typing import NamedTuple

_MORE = re.compile(
    r"\b(?:(?P<fewer>fewer|fewest)|more|most)\s+(?P<things>[\w'’-]+(?:\s+[\w'’-]+){0,5})",
    re.IGNORECASE,
)
_NUMBER_OF = re.compile(
    r"\bnumber of (?P<things>[\w'’-]+)\b.{0,80}?\b(?:(?P<fewer>fewer|less|smaller|lower|smallest)"
    r"|more|larger|greater|higher|bigger|largest|most)\b",
    re.IGNORECASE,
)
_HAVING = re.compile(
    r"\b(?:has|have|had)(?P<done>\s+(?:\w+ed|\w+en|made|won|sold|built|held))?\s+(?:the\s+)?"
    r"(?:more|most|fewer|fewest)\b",
    re.IGNORECASE,
)
_BORDERS = frozenset(
    "or than of in on at to for from by with when while as and is are was were has have had".split()
)
_IRREGULAR = frozenset("children men people species women".split())


class Counted(NamedTuple):
    """What a question compares the numbers of."""

    things: str
    """The word for them in the question: "titles"."""

    fewer: bool
    """Whether the smaller number is asked for."""

    begins: str
    """How a sentence that states a number begins, after its subject; empty where it is unclear."""


def counted(asked: str) -> Counted | None:
    """Return what a question compares the numbers of; None where it compares no numbers.

    Examples
    --------
    >>> counted("Which band has released more studio albums, A or B?")
    Counted(things='albums', fewer=False, begins='has released')
    >>> counted("Which film came out more recently, A or B?")
    """
    match = _NUMBER_OF.search(asked) or _MORE.search(asked)
    if match is None:
        return None
    words = match["things"].split()
    borders = (i for i, word in enumerate(words) if word.casefold() in _BORDERS)
    words = words[: next(borders, len(words))]
    if not words or not _is_plural(words[-1].casefold()):
        return None
    having = _HAVING.search(asked)
    begins = f"has{having['done'] or ''}" if having else "has" if match.re is _NUMBER_OF else ""
    return Counted(words[-1], bool(match["fewer"]), begins)


def _is_plural(word: str) -> bool:
    return word in _IRREGULAR or (word.endswith("s") and not word.endswith(("ss", "us")))
