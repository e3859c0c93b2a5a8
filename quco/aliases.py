"""Reads tables of aliases: other names by which a corpus may know an entity."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quco.errors import BadRecordError, InputError
from quco.surface import Aliases


class AliasRecord(BaseModel):
    """One line of the table, such as an export of Wikidata's labels and aliases."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = Field(min_length=1)
    """A name."""

    aliases: tuple[str, ...]
    """Other names of the same entity."""


def read_aliases(path: str | Path) -> Aliases:
    """Read a JSON Lines file of `{"name": ..., "aliases": [...]}`.

    Returns
    -------
    mapping from str to tuple of str
        The other names, by each case-folded name of a record.

    Raises
    ------
    InputError
        If the file cannot be read.
    BadRecordError
        If a line is no such record.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError(f"cannot read the alias table {str(path)!r}: {exc}") from exc
    records = (
        _record(line, f"{path}, line {number}")
        for number, line in enumerate(lines, 1)
        if line.strip()
    )
    return collect(records)


def _record(line: str, where: str) -> AliasRecord:
    try:
        return AliasRecord.model_validate(json.loads(line))
    except (ValueError, ValidationError) as exc:
        raise BadRecordError(
            f'{where}: expected {{"name": "...", "aliases": ["..."]}}, found {line[:80]!r}'
        ) from exc


def collect(records: Iterable[AliasRecord]) -> Aliases:
    """Return the table of some records; a name in several records has the aliases of all.

    Examples
    --------
    >>> collect([AliasRecord(name="NYC", aliases=("New York City",))])["new york city"]
    ('NYC',)
    """
    found: dict[str, dict[str, None]] = {}
    for record in records:
        names = (record.name, *record.aliases)
        for name in names:
            others = found.setdefault(name.casefold(), {})
            others.update(dict.fromkeys(other for other in names if other != name))
    return {name: tuple(others) for name, others in found.items()}
