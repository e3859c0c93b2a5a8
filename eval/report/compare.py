"""Where two methods differ, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.metrics import Interval, bootstrap, randomization_p
from eval.report.reading import Result, Run
from quco.errors import UsageError


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two methods on the same questions."""

    names: tuple[str, str]
    """The two, as they were named."""

    n: int
    """Questions that both have answered."""

    both: int
    """Both right."""

    neither: int
    """Both wrong."""

    only: tuple[tuple[tuple[Result, Result], ...], tuple[tuple[Result, Result], ...]]
    """Questions that only the first, and only the second, has right."""

    difference: Interval
    """Exact match of the first less that of the second, in points."""

    p_value: float
    """Of the paired randomization test."""


def find_results(source: str) -> Mapping[str, Result]:
    """Return the results by question that ``DIR`` or ``DIR:METHOD`` names.

    Raises
    ------
    UsageError
        If the run has several methods and none is named, or not this one.
    InputError
        If there is no run.
    """
    folder, _, method = source.rpartition(":")
    if not folder or not Path(folder).exists():
        folder, method = source, ""
    results = Run(Path(folder)).results
    known = ", ".join(results)
    if not method and len(results) == 1:
        return next(iter(results.values()))
    if method not in results:
        what = f"no method {method!r}" if method else f"{len(results)} methods"
        raise UsageError(f"{folder} has {what}; name one as {folder}:METHOD: {known}")
    return results[method]


def compare(a: str, b: str) -> Comparison:
    """Return how two methods differ; see `find_results` for what they are named by.

    Raises
    ------
    UsageError
        If they share no question.
    """
    first, second = find_results(a), find_results(b)
    pairs = [(first[i], second[i]) for i in first if i in second]
    if not pairs:
        raise UsageError(f"{a} and {b} share no question")
    scores = [[100 * r.exact_match for r in side] for side in zip(*pairs, strict=True)]
    return Comparison(
        names=(a, b),
        n=len(pairs),
        both=_count(pairs, right=(1, 1)),
        neither=_count(pairs, right=(0, 0)),
        only=(_those(pairs, right=(1, 0)), _those(pairs, right=(0, 1))),
        difference=bootstrap([x - y for x, y in zip(*scores, strict=True)]),
        p_value=randomization_p(*scores),
    )


def _those(
    pairs: Sequence[tuple[Result, Result]], right: tuple[float, float]
) -> tuple[tuple[Result, Result], ...]:
    return tuple(p for p in pairs if (p[0].exact_match, p[1].exact_match) == right)


def _count(pairs: Sequence[tuple[Result, Result]], right: tuple[float, float]) -> int:
    return len(_those(pairs, right))
