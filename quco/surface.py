"""Surface variants: the ways in which a text may write the same entity."""

from __future__ import annotations

import re

_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_POSSESSIVE = re.compile(r"['’]s?$")
_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
_QUOTES = "\"'“”‘’«»`"


def clean(name: str) -> str:
    """Return `name` without quotation marks and possessive around it, white space made single.

    Examples
    --------
    >>> clean(' “Jaws”’s ')
    'Jaws'
    """
    text = " ".join(name.split()).rstrip(",;:")
    text = _POSSESSIVE.sub("", text) if not text.startswith("'") else text
    return text.strip(_QUOTES).strip() or name.strip()


def variants(name: str) -> tuple[str, ...]:
    """Return the surface variants of an entity, the written one first.

    Case and punctuation are the engine's business; what remains is the possessive, a disambiguator
    in brackets and the leading article.

    Parameters
    ----------
    name : str
        The entity as written.

    Returns
    -------
    tuple of str
        Without duplicates; empty where the name has no letter and no digit.

    Examples
    --------
    >>> variants("Move (1970 film)")
    ('Move (1970 film)', 'Move')
    >>> variants("the Rhine's")
    ('the Rhine', 'Rhine')
    """
    found = [clean(name)]
    for pattern in (_BRACKETS, _ARTICLE):
        found += [short for text in found if (short := pattern.sub("", text).strip())]
    return tuple(text for text in dict.fromkeys(found) if any(map(str.isalnum, text)))
