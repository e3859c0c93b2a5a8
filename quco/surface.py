"""Surface variants: the ways in which a text may write the same entity."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from quco.dates import date_forms
from quco.geography import country_forms, is_country

Aliases = Mapping[str, tuple[str, ...]]
"""Other names of an entity, by its case-folded name."""

MOST_VARIANTS = 64
"""Of one entity; a table with more aliases for it keeps the first."""

_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_POSSESSIVE = re.compile(r"['’]s?$")
_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
_TITLE = re.compile(
    r"^(?:Sir|Dame|Dr|Mr|Mrs|Ms|Prof(?:essor)?|Rev(?:erend)?|Saint|St|President|Senator|Captain"
    r"|General|Lord|Lady|King|Queen|Prince|Princess|Emperor|Empress|Pope)\.?\s+(?=\S+\s)"
)
_SUFFIX = re.compile(r",?\s+(?:Jr|Sr)\.?$|,?\s+(?:Inc|Ltd|Corp|Co|LLC)\.?$")
_RANK = re.compile(
    r",\s+(?:\d{1,2}(?:st|nd|rd|th)\s+)?(?:Count|Countess|Duke|Duchess|Earl|Baron|Baroness|Viscount"
    r"|Viscountess|Marquess|Marquis|Margrave|Landgrave|Prince|Princess|Lord|King|Queen|Archduke"
    r"|Archduchess|Elector|Bishop|Baronet)\b.*$"
)
_REGION = re.compile(r"^(.{3,}),\s+([^,]+)$")
_SAINT = re.compile(r"\b(St\.?|Saint)(?=\s)")
_MIDDLE = re.compile(r"(?<=[^\W\d_])\s+(?:[^\W\d_]\.\s*)+(?=[^\W\d_]{2})")
_INITIALS = re.compile(r"\b((?:[^\W\d_]\.\s*){2,})(?=[^\W\d_]{2})")
_SEPARATOR = re.compile(r"(?<=\d),(?=\d{3}\b)")
_WORD = re.compile(r"[^\W_]+")
_QUOTES = "\"'“”‘’«»`"
NUMERALS = "zero one two three four five six seven eight nine ten eleven twelve".split()
"""Numbers from 0 on that a name may spell out."""

_STATES = frozenset(
    "alabama alaska arizona arkansas california colorado connecticut delaware florida hawaii idaho"
    " illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan"
    " minnesota mississippi missouri montana nebraska nevada ohio oklahoma oregon pennsylvania"
    " tennessee texas utah vermont virginia washington wisconsin wyoming ontario quebec".split()
) | {"new york", "new jersey", "new mexico", "new hampshire", "british columbia"}
_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "þ": "th", "Þ": "Th"}
    | {"æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ß": "ss", "ı": "i"}
)
"""Letters that do not come apart into a base letter and a mark."""


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


def fold(name: str) -> str:
    """Return `name` in plain letters: "Méditerranée" becomes "Mediterranee"."""
    apart = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    return "".join(char for char in apart if not unicodedata.combining(char))


def unseparated(text: str) -> str:
    """Return a text with its numbers in digits alone.

    Examples
    --------
    >>> unseparated("1,462 hens, 3,000,000 eggs")
    '1462 hens, 3000000 eggs'
    """
    return _SEPARATOR.sub("", text)


def undisambiguated(name: str) -> str:
    """Return a name without what stands in brackets at its end.

    Examples
    --------
    >>> undisambiguated("Move (1970 film)")
    'Move'
    """
    return _BRACKETS.sub("", name)


def words(text: str) -> str:
    """Return the words in lower case with a space before and after each.

    Examples
    --------
    >>> words("Dr. No") in words("A film: Dr No!")
    True
    """
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def plain_words(text: str) -> str:
    """Return the `words` of a text in plain letters."""
    return words(fold(text))


def variants(name: str, aliases: Aliases | None = None, *, cased: bool = False) -> tuple[str, ...]:
    """Return the surface variants of an entity, the written one first.

    Disambiguator in brackets, leading article and title, "Jr.", middle initials, "St." and
    "Saint", letters without their marks, formats of a date, numerals, countries and their people.

    Parameters
    ----------
    name : str
        The entity as written.
    aliases : mapping, optional
        Other names, by case-folded name; their variants count too.
    cased : bool, default=False
        Whether the corpus tells capitals from small letters: then those are variants as well.

    Returns
    -------
    tuple of str
        Without duplicates, at most `MOST_VARIANTS`; empty where the name has no letter and no
        digit.

    Examples
    --------
    >>> variants("Move (1970 film)")
    ('Move (1970 film)', 'Move')
    >>> variants("St. Étienne")
    ('St. Étienne', 'Saint Étienne', 'St. Etienne', 'Saint Etienne')
    """
    found = list(_spellings(clean(name)))
    for other in list(_known_names(found, aliases or {})):
        found += _spellings(clean(other))
    if cased:
        found += [form for text in found for form in (text.lower(), text.title(), text.upper())]
    distinct = dict.fromkeys(found)
    return tuple(islice((text for text in distinct if any(map(str.isalnum, text))), MOST_VARIANTS))


def _known_names(names: Iterable[str], aliases: Aliases) -> Iterator[str]:
    for name in names:
        yield from aliases.get(name.casefold(), ())


def _spellings(name: str) -> Iterator[str]:
    yield name
    if forms := date_forms(name):
        yield from forms
        return
    if forms := country_forms(name):
        yield from forms
        return
    found = [name]
    for rewrite in (_short, _untitled, _plain_initials, _saint, _numeral, fold):
        found += [new for text in found if (new := rewrite(text)) and new not in found]
    yield from found[1:]


def _short(name: str) -> str:
    return _ARTICLE.sub("", undisambiguated(name)).strip()


def _untitled(name: str) -> str:
    region = _REGION.match(name)
    if region and (is_country(region[2]) or region[2].casefold() in _STATES):
        return region[1]
    short = _RANK.sub("", _SUFFIX.sub("", _TITLE.sub("", name))).strip()
    return short if " " in short else name


def _plain_initials(name: str) -> str:
    """Drop middle initials, else join leading ones: "J. R. R. Tolkien" is "JRR Tolkien"."""
    without = _MIDDLE.sub(" ", name)
    if without != name:
        return without
    return _INITIALS.sub(lambda m: re.sub(r"[.\s]", "", m.group()) + " ", name)


def _saint(name: str) -> str:
    return _SAINT.sub(lambda m: "St." if m.group() == "Saint" else "Saint", name)


def _numeral(name: str) -> str:
    plain = unseparated(name)
    if plain.isdecimal() and int(plain) < len(NUMERALS):
        return NUMERALS[int(plain)]
    if name.casefold() in NUMERALS:
        return str(NUMERALS.index(name.casefold()))
    return plain
