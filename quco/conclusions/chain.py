"""Questions about somebody whom they only describe: "the director of the film A".

What is asked of that person cannot be said before it is said who that is. Small models skip it:
"the director of A was born in Rome" is a guess that no corpus can check.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from quco.conclusions.drawn import Conclusion, Gap, lacking
from quco.conclusions.facts import Fact, asked_for, is_stated
from quco.conclusions.question import ROLES
from quco.conclusions.stated import is_named, linked_with
from quco.types import Triplet

_STEPS = {
    "paternal grandfather": ("father", "father"),
    "paternal grandmother": ("father", "mother"),
    "maternal grandfather": ("mother", "father"),
    "maternal grandmother": ("mother", "mother"),
    "father-in-law": ("spouse", "father"),
    "mother-in-law": ("spouse", "mother"),
    "stepfather": ("mother", "husband"),
    "stepmother": ("father", "wife"),
}
"""Relatives by the two steps that lead to them."""

_SPOUSE = re.compile(r"\b(?:husband|married|spouse|wife)\b")
_KIN = {
    "father": re.compile(r"\bfather\b"),
    "mother": re.compile(r"\bmother\b"),
    **dict.fromkeys(("husband", "wife", "spouse"), _SPOUSE),
}
"""How claims speak of relatives; whatever else is linked with a name has its role."""

_ROLE = "|".join([*_STEPS, *_KIN, *ROLES, "publisher", "songwriter", "screenwriter"])
_NAME = r"<\d+>(?:,? (?:(?:of|the|de|von) )*<\d+>)*(?: \([^()]*\))?"
_OF = re.compile(
    rf"(?<!>, )(?<!>, the )(?P<roles>(?:\b(?:the |an? )?(?:{_ROLE}) of ){{1,3}})(?:the )?"
    rf"(?:[a-z]+ ){{0,2}}(?P<name>{_NAME})"
)
_POSSESSIVE = re.compile(rf"(?P<name>{_NAME})(?P<roles>(?: ?['’]s? (?:{_ROLE})\b){{1,3}})")
_ONE = re.compile(_ROLE)
_MOST_NAMES = 50
_OWNER = re.compile(r"['’]s?$")
_WHO = re.compile(r"\s*who (?:is|was|are|were) (?:the )?\s*", re.IGNORECASE)


class Chain(NamedTuple):
    """Steps from a name to whom a question is about."""

    name: str
    """Where they begin."""

    roles: tuple[str, ...]
    """What the next is of the one before: director, then spouse."""

    is_asked: bool
    """Whether the question asks who the last is; else it asks something about that person."""

    fact: Fact | None = None
    """What it asks about that person, where that is a fact of a life."""


def describes(question: str) -> bool:
    """Return whether a question may be one that `read_chain` can read.

    Examples
    --------
    >>> [describes(f"Where was {who} born?") for who in ("Ada's mother", "Ada")]
    [True, False]
    """
    return _ONE.search(question) is not None


def read_chain(question: str, names: Sequence[str]) -> Chain | None:
    """Return the steps that a question takes; None where it takes none, or names who is meant.

    A single step that is itself what is asked for is no chain: any answer takes it.

    Parameters
    ----------
    question : str
        In English.
    names : sequence of str
        What the question names.

    Examples
    --------
    >>> chain = read_chain("Where was the director of film Up born?", ["Up"])
    >>> chain.name, chain.roles, chain.fact.name
    ('Up', ('director',), 'place of birth')
    >>> read_chain("Who is Ada's maternal grandfather?", ["Ada"]).roles
    ('mother', 'father')
    >>> read_chain("Who is Ada's mother?", ["Ada"])
    """
    masked, written = _masked(question, names)
    match = _OF.search(masked) or _POSSESSIVE.search(masked)
    if match is None:
        return None
    found = _ONE.findall(match["roles"])
    ordered = found if match.re is _POSSESSIVE else found[::-1]
    roles = tuple(step for role in ordered for step in _STEPS.get(role, (role,)))
    opening = _WHO.match(masked)
    rest = masked[match.end() :].strip(" ?")
    is_asked = opening is not None and opening.end() >= match.start() and not rest
    if is_asked and len(roles) == 1:
        return None
    fact = None if is_asked else asked_for(masked)
    return Chain(_unmasked(match["name"], written), roles, is_asked, fact)


def _masked(question: str, names: Sequence[str]) -> tuple[str, list[str]]:
    """Return a question with numbers in place of its names, and the names, the longest first."""
    named = {_OWNER.sub("", name) for name in names}
    written = sorted((name for name in named if name in question), key=len, reverse=True)
    del written[_MOST_NAMES:]
    masked = question.replace("<", " ").replace(">", " ")
    for number, name in enumerate(written):
        masked = masked.replace(name, f"<{number}>", 1)
    return masked, written


def _unmasked(text: str, written: Sequence[str]) -> str:
    return re.sub(r"<(\d+)>", lambda match: written[int(match.group(1))], text)


def follow(chain: Chain, claims: Sequence[Triplet]) -> Conclusion | Gap | None:
    """Return who is asked for, as claims say step by step, or the first step that they lack.

    Returns
    -------
    Conclusion, Gap or None
        None where all steps are said, and the question asks something about that person.
    """
    name, steps = chain.name, list[str]()
    for role in chain.roles:
        next_one = _who(role, name, claims)
        if not next_one:
            return lacking(f"The {role} of {name} is")
        steps.append(f"the {role} of {name} is {next_one}")
        name = next_one
    if chain.fact and not is_stated(chain.fact, name, claims):
        return lacking(f"The {chain.fact.name} of {name} is")
    return Conclusion(name, ", ".join(steps), is_whole=False) if chain.is_asked else None


def _who(role: str, name: str, claims: Sequence[Triplet]) -> str:
    """Return who is said to have a role for a name; empty where nobody is."""
    words = _KIN.get(role)
    if words is None:
        return next(iter(linked_with(name, claims)), "")
    for claim in claims:
        if words.search(claim.relation.casefold()):
            is_owner = claim.relation.casefold().endswith(" of")
            whose, who = (claim.tail or "", claim.head) if is_owner else (claim.head, claim.tail)
            if is_named(name, whose) and who:
                return who
    return ""
