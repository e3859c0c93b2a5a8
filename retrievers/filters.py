"""Which passages a filter lets through.

A mapping compares metadata: `{"language": "en", "year": [1998, 1999]}` keeps passages whose
language is "en" and whose year is one of two. A list in the metadata matches if it holds a value
that is asked for. `title` and `document_id` are known too. A predicate is asked about each
passage, which is slow for large collections.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from retrievers.errors import QueryError
from retrievers.store import PassageStore
from retrievers.types import Mask, Passage, Where

_FIELDS = ("title", "document_id")


class MetadataFilter:
    """Masks of rows for filters over one store; remembers the values of each key it was asked."""

    def __init__(self, store: PassageStore) -> None:
        self._store = store
        self._rows: dict[str, dict[str, list[int]]] = {}

    def mask(self, where: Where) -> Mask | None:
        """Return the rows that `where` lets through, or None if that is all.

        Raises
        ------
        QueryError
            If `where` is neither a mapping nor callable, or is an empty list of choices.
        """
        if where is None or where == {}:
            return None
        if isinstance(where, Mapping):
            masks = [self._choices(key, wanted) for key, wanted in where.items()]
            every: Mask = np.logical_and.reduce(masks)
            return every
        if callable(where):
            return np.fromiter((bool(where(p)) for p in self._store), np.bool_, len(self._store))
        raise QueryError(f"a filter is a mapping or a function of a passage, got {where!r}")

    def _choices(self, key: str, wanted: Any) -> Mask:
        choices = list(wanted) if isinstance(wanted, (list, tuple, set, frozenset)) else [wanted]
        if not choices:
            raise QueryError(f"the filter names no value for {key!r}")
        rows_of = self._rows_by_value(key)
        mask = np.zeros(len(self._store), np.bool_)
        for choice in choices:
            mask[rows_of.get(_comparable(choice), [])] = True
        return mask

    def _rows_by_value(self, key: str) -> dict[str, list[int]]:
        if key not in self._rows:
            rows_of: dict[str, list[int]] = {}
            for row, passage in enumerate(self._store):
                for value in _values(passage, key):
                    rows_of.setdefault(_comparable(value), []).append(row)
            self._rows[key] = rows_of
        return self._rows[key]


def _values(passage: Passage, key: str) -> list[Any]:
    if key in passage.metadata:
        value = passage.metadata[key]
        return value if isinstance(value, list) else [value]
    return [getattr(passage, key)] if key in _FIELDS else []


def _comparable(value: Any) -> str:
    """Return a form in which 1 equals 1.0 but not True, and lists and mappings compare too."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    try:
        return json.dumps(value, sort_keys=True)
    except TypeError as exc:
        raise QueryError(f"a filter compares JSON values, got {value!r}") from exc
