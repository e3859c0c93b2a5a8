"""Values to plain JSON."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence, Set
from enum import Enum
from pathlib import Path
from typing import Any


def to_jsonable(value: Any) -> Any:
    """Return `value` as dicts, lists, strings, numbers, booleans and None.

    Dataclasses become dicts by field, enums their values, paths strings, and numbers that JSON
    does not know (NaN, infinities) None.

    Raises
    ------
    TypeError
        If `value` holds something else.

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
        return {f.name: to_jsonable(getattr(value, f.name)) for f in fields}
    if isinstance(value, Mapping):
        return {str(key): to_jsonable(item) for key, item in value.items()}
    if isinstance(value, Sequence | Set):
        return [to_jsonable(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no JSON form: {value!r}")
