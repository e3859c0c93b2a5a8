"""Dates in the formats in which English texts write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

MONTHS = (
    "January February March April May June July August September October November December".split()
)
"""English names of the months, in order."""

_LONGEST_MONTH = 31
_MONTH = r"(?P<month>[A-Z][a-z]{2,8})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{3,4})"
_FORMATS = [
    re.compile(pattern)
    for pattern in (
        rf"{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}",
        rf"{_MONTH}\s+{_DAY}(?:\s*,\s*|\s+){_YEAR}",
        rf"{_YEAR}-(?P<number>\d{{2}})-{_DAY}",
        rf"{_MONTH},?\s+{_YEAR}",
        rf"{_DAY}\s+(?:of\s+)?{_MONTH}",
        rf"{_MONTH}\s+{_DAY}",
        rf"(?:the\s+)?(?:year\s+)?{_YEAR}",
    )
]


@dataclass(frozen=True, slots=True)
class Date:
    """A date; what is not known of it is None."""

    year: int | None = None
    """Year of the common era."""

    month: int | None = None
    """1 to 12."""

    day: int | None = None
    """1 to 31."""


def parse_date(text: str) -> Date | None:
    """Return the date that the whole of `text` is; None where it is none.

    Examples
    --------
    >>> parse_date("June 19th, 2013") == parse_date("2013-06-19") == Date(2013, 6, 19)
    True
    >>> parse_date("Juno 2013") is None
    True
    """
    stripped = text.strip().strip(".,")
    for pattern in _FORMATS:
        match = pattern.fullmatch(stripped)
        date = _read(match.groupdict()) if match else None
        if date:
            return date
    return None


def _read(parts: dict[str, str | None]) -> Date | None:
    number, day, year = (int(parts.get(key) or 0) for key in ("number", "day", "year"))
    month = _month(parts.get("month")) if parts.get("month") else number
    if month is None or month > len(MONTHS) or day > _LONGEST_MONTH:
        return None
    return Date(year or None, month or None, day or None)


def _month(name: str | None) -> int | None:
    if name is None:
        return None
    folded = "Sep" if name == "Sept" else name
    found = [i for i, full in enumerate(MONTHS, 1) if folded in {full, full[:3]}]
    return found[0] if found else None


def date_forms(text: str) -> tuple[str, ...]:
    """Return the formats of a date with a month; punctuation is left to the engine.

    Examples
    --------
    >>> date_forms("2013-06-19")[:3]
    ('19 June 2013', 'June 19, 2013', '2013-06-19')
    >>> date_forms("June 2013")
    ('June 2013', 'Jun 2013')
    >>> date_forms("2013")
    ()
    """
    date = parse_date(text)
    if date is None or date.month is None:
        return ()
    year = f" {date.year}" if date.year else ""
    names = list(dict.fromkeys((MONTHS[date.month - 1], MONTHS[date.month - 1][:3])))
    if date.day is None:
        return tuple(f"{name}{year}" for name in names)
    comma = f", {date.year}" if date.year else ""
    iso = [f"{date.year}-{date.month:02}-{date.day:02}"] if date.year else []
    written = [[f"{date.day} {name}{year}", f"{name} {date.day}{comma}"] for name in names]
    return (*written[0], *iso, *(form for short in written[1:] for form in short))
