"""Checks of arguments, which answer with a dict that says what was expected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
R = TypeVar("R")


class ArgumentError(Exception):
    """An argument out of range; `answers_errors` turns it into a dict."""


def answers_errors(method: Callable[P, R]) -> Callable[P, R | dict[str, str]]:
    """Make a method return ``{"error": ...}`` for a bad argument instead of raising."""

    @wraps(method)
    def answering(*args: P.args, **kwargs: P.kwargs) -> R | dict[str, str]:
        try:
            return method(*args, **kwargs)
        except ArgumentError as exc:
            return {"error": str(exc)}

    return answering


def whole(name: str, value: Any, least: int, end: int | None = None) -> int:
    """Return an integer argument, numpy's included, that is in [least, end)."""
    is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not is_whole or value < least or (end is not None and value >= end):
        upper = "" if end is None else f" and below {end}"
        raise ArgumentError(f"{name} is {value!r}, expected an integer of at least {least}{upper}")
    return int(value)


def positive(name: str, value: int | None) -> None:
    """Refuse an integer below 1; None stands for the default."""
    if value is not None:
        whole(name, value, 1)


def ids(name: str, value: Any, end: int, *, empty: bool = True) -> list[int]:
    """Return a list of token ids below `end`."""
    if not isinstance(value, Sequence | np.ndarray) or isinstance(value, str):
        raise ArgumentError(f"{name} is {value!r}, expected a list of token ids")
    if not empty and len(value) == 0:
        raise ArgumentError(f"{name} is empty, expected at least one token id")
    return [whole(f"a token id of {name}", token, 0, end) for token in value]


def cnf(value: Any, end: int) -> list[list[list[int]]]:
    """Return a triply nested list of token ids below `end`, nowhere empty."""
    for level, part in (("cnf", [value]), ("a clause of cnf", value)):
        for item in part:
            if not isinstance(item, Sequence) or isinstance(item, str) or not len(item):
                raise ArgumentError(
                    f"{level} is {item!r}, expected a non-empty list; cnf is an AND of ORs of "
                    "lists of token ids"
                )
    return [[ids("cnf", term, end, empty=False) for term in clause] for clause in value]
