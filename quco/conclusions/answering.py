"""Whether a final answer says more than its question, and how a sentence begins that would.

Small models restate a question and conclude with a piece of it: "Ada and Bob are both writers. So
the answer is both."
"""

from __future__ import annotations

import re

from quco.conclusions.drawn import Gap
from quco.dates import parse_date
from quco.surface import plain_words

_AUXILIARY = (
    "am|are|is|was|were|be|been|do|does|did|has|have|had|can|could|may|might|must|shall|should|will"
    "|would"
)
_YES_NO = re.compile(
    rf"(?:^|[:;.?!–—-]\s|^\s*(?:after|although|as|before|if|since|when|while)\b.*,)\s*"
    rf"(?:{_AUXILIARY})\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\b(?:what|which|who|whom|whose|where|when|why|how)\b", re.IGNORECASE)
_CHOICE = re.compile(r"\bor\b|\b(?:which|what) (?:one|of)\b|\bbetween\b", re.IGNORECASE)
_ALL = re.compile(r"\s*(?:they )?(?:both|all|neither|none|the same)(?: (?:of them|two|three))?\s*")
_NO_DATES = frozenset(("where", "who", "whom", "whose"))
_SMALL = frozenset("a an and are at by for from in is of on or the to was were with".split())

_BORDER = (
    rf"(?:{_AUXILIARY}|a|an|the|that|this|it|his|her|their|who|whom|whose|which|in|on|at|as|for|with|by"
    r"|to|from|\w+ed|became|began|came|contains?|gave|held|led|made|means?|met|owns?|plays?|produces?"
    r"|sang|took|won|wrote)\b"
)
"""Words that end the name of a thing: "which poet wrote it"."""

_WORD = rf"(?!{_BORDER})[\w'’&.-]+"
_THING = re.compile(
    rf"\b(?:which|what(?:\s+(?:is|was|are|were)\s+the)?)\s+(?!of\b)"
    rf"(?P<thing>{_WORD}(?:,?\s+{_WORD}){{0,5}}?)"
    rf"(?=\s+(?:of|and)\s+{_BORDER}|\s*[^\w\s,]|,?\s+{_BORDER}|$)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\bhow (?:many|much)\s+(?P<thing>[\w'’-]+)", re.IGNORECASE)
_UNNAMED = re.compile(
    r"\b(?:age|colou?r|date|day|genre|kind|language|job|month|nationality|number|place|position"
    r"|profession|purpose|rank|reason|role|sort|title|type|year)s?\b",
    re.IGNORECASE,
)
"""Things that are not called something: "the name of the year is" misleads."""


def unanswered(question: str, stated: str) -> Gap | None:
    """Return what an answer lacks that says no more than its question; None where it says more.

    That is one in words of the question, or "both", to a question that offers no choice, a yes or
    no to one that asks for a thing, and a date to one that asks where or who.

    Parameters
    ----------
    question : str
        In English.
    stated : str
        The final answer.

    Examples
    --------
    >>> unanswered("Ada and Bob are what kind of writers?", "writers").begins
    'The kind of writers is'
    >>> unanswered("Which poet wrote it?", "yes").begins
    'The name of the poet is'
    >>> unanswered("Where did she live?", "2 May 1950").begins
    'The place is'
    >>> unanswered("Which poet wrote it?", "Ada Roe")
    """
    found = _ASKS.search(question)
    if found is None or _YES_NO.search(question):
        return None
    asks = found.group().casefold()
    if asks in _NO_DATES and parse_date(stated):
        return Gap(_beginning(question, asks), f"{stated!r} is a date, and it is asked {asks}")
    said = plain_words(stated)
    if said.strip() not in {"yes", "no"}:
        if _CHOICE.search(question):
            return None
        if not _ALL.fullmatch(said) and _contents(said) - _contents(plain_words(question)):
            return None
    return Gap(_beginning(question, asks), f"{stated!r} says no more than the question")


def _contents(text: str) -> set[str]:
    """Return the words that carry meaning, one and many alike."""
    return {word.removesuffix("s") for word in text.split()} - _SMALL


def _beginning(question: str, asks: str) -> str:
    """Return how a sentence begins that says what is asked for; `asks` is the word that asks."""
    if match := _NUMBER.search(question):
        return f"The number of {match['thing']} is"
    if match := _THING.search(question):
        thing = match["thing"]
        return f"The {thing} is" if _UNNAMED.search(thing) else f"The name of the {thing} is"
    begins = {"who": "The name of the person is", "where": "The place is", "when": "The date is"}
    return begins.get(asks, "More exactly, it is")
