"""Exact match."""

from __future__ import annotations

from collections.abc import Iterable

from eval.metrics.normalize import normalize_answer


def exact_match(answer: str, references: Iterable[str]) -> bool:
    """Return whether the normalised answer equals a normalised reference.

    Parameters
    ----------
    answer : str
        What was answered.
    references : iterable of str
        The gold answer and its aliases.

    Examples
    --------
    >>> exact_match("the Danube", ["Danube", "Donau"])
    True
    """
    given = normalize_answer(answer)
    return any(given == normalize_answer(reference) for reference in references)
