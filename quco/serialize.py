"""Values to plain JSON."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence, Set
from enum import Enum
from pathlib import Path
from typing import Any


def to_jsonable(value: Any, *, other: Callable[[Any], Any] | None = None) -> Any:
    """Return `value` as dicts, lists, strings, numbers, booleans and None.

    Dataclasses become dicts by field, enums their values, paths strings, and numbers that JSON
    does not know (NaN, infinities) None.

    Parameters
    ----------
    value : object
        What is wanted as JSON.
    other : callable, optional
        Makes a string or number of anything else.

    Raises
    ------
    TypeError
        If `value` holds something else, and there is no `other`.

    Examples
    --------
    >>> to_jsonable({"a": (1, float("nan"))})
    {'a': [1, None]}
    """
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Path):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {f.name: to_jsonable(getattr(value, f.name), other=other) for f in fields}
    if isinstance(value, Mapping):
        return {str(key): to_jsonable(item, other=other) for key, item in value.items()}
    if isinstance(value, Sequence | Set):
        return [to_jsonable(item, other=other) for item in value]
    if other is not None:
        return other(value)
    raise TypeError(f"{type(value).__name__} has no JSON form: {value!r}")
