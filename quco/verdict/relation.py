"""What a relation's words ask for."""

from __future__ import annotations

from dataclasses import dataclass

from quco.verdict.reading import DATE, GEO, NAME, NUMBER, name_words
from quco.verdict.vectors import stem

STOP_WORDS = frozenset(
    "the a an of in on at by for from with to and or but as is are was were be been being am has"
    " have had do does did he she it his her its they them their him who whom whose which that"
    " this these those not no also after before during into than then there here when where while"
    " s t will would can could may might must shall should very more most such other some any all"
    " each both".split()
)
"""Words without a meaning of their own; they never speak for a relation."""

_TYPE_WORDS = frozenset("date year time day place location city town country name".split())
_WANTED = (
    (frozenset("date year time day when".split()), (DATE, NUMBER)),
    (frozenset("country nationality citizenship citizen origin".split()), (GEO,)),
    (frozenset("place location city town birthplace capital headquarters".split()), (NAME, GEO)),
)


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation as its words are looked for."""

    phrase: str
    """Normalised, such as ``direct``: the content words' stems; the key of a lexicon."""

    words: tuple[str, ...]
    """Content words; the type words ("date" in "date of birth") only where nothing else is."""

    kinds: tuple[str, ...]
    """Placeholders that it wants for a tail; empty where its words do not say."""


def read_relation(text: str) -> Relation:
    """Return what the words of a relation ask for.

    Examples
    --------
    >>> read_relation("was directed by").phrase
    'direct by'
    >>> relation = read_relation("date of birth")
    >>> relation.words, relation.kinds
    (('birth',), ('<DATE>', '<NUMBER>'))
    """
    found = name_words(text)
    content = tuple(word for word in found if word not in STOP_WORDS)
    words = tuple(word for word in content if word not in _TYPE_WORDS) or content
    kinds = next((kinds for asked, kinds in _WANTED if asked & set(found)), ())
    return Relation(_phrase(found), words, kinds)


def _phrase(found: tuple[str, ...]) -> str:
    """Return stems and the prepositions between them, without auxiliaries and articles."""
    kept = [word for word in found if word not in STOP_WORDS or word in _PREPOSITIONS]
    return " ".join(word if word in _PREPOSITIONS else stem(word) for word in kept)


_PREPOSITIONS = frozenset("of in on at by for from with to as after before".split())
