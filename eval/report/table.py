"""The table of a run: one row a method."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from statistics import mean
from typing import Any

from eval.metrics import Interval, TriggerQuality, bootstrap, randomization_p, trigger_quality
from eval.report.reading import Result, Run

BASELINE = "no-rag"
"""The method that tells which questions need retrieval."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a method did on all questions of a run; means over the questions."""

    method: str
    """Its name in the run."""

    n: int
    """Questions."""

    failed: int
    """Questions without an answer; they count as wrong."""

    exact_match: Interval
    """In percent."""

    f1: float
    """In percent."""

    precision: float
    """In percent."""

    recall: float
    """In percent."""

    accuracy: float
    """In percent."""

    final_percent: float
    """Answers that state a final answer, of those given; 0 where the method failed throughout."""

    asked_percent: float
    """Answers that had to be asked for the final answer, of those given."""

    retrievals: float
    """Queries a question."""

    looks: float
    """Times a question that places of the corpus that is counted in were shown."""

    llm_calls: float
    """Calls of the generator a question."""

    prompt_tokens: float
    """Tokens read a question."""

    completion_tokens: float
    """Tokens written a question."""

    checks: float
    """Questions and sentences that the corpus was asked about, a question."""

    seconds: Mapping[str, float]
    """Seconds a question by part; those of a batch are shared equally."""

    wall_s: float | None
    """Seconds of wall time a question, many side by side."""

    trigger: TriggerQuality | None
    """Retrieval against whether the model alone was wrong; None without such a run."""

    difference: Interval | None
    """Exact match less that of the reference method, in points; None for itself."""

    p_value: float | None
    """Of the paired randomization test against the reference method."""


def build_table(run: Run, reference: str | None = None) -> list[Row]:
    """Return a row for each method of a run, over the questions that all methods have answered.

    Parameters
    ----------
    run : Run
        The run.
    reference : str, optional
        The method that the others are compared with; by default ``quco`` where there is one, else
        the last.
    """
    results = run.results
    common = shared_ids(results)
    if not common:
        return []
    name = reference or ("quco" if "quco" in results else next(reversed(results)))
    alone = [results[BASELINE][i] for i in common] if BASELINE in results else None
    return [
        _row(
            method,
            [by_id[i] for i in common],
            [results[name][i] for i in common] if name in results and method != name else None,
            alone,
            run.wall_seconds.get(method),
        )
        for method, by_id in results.items()
    ]


def shared_ids(results: Mapping[str, Mapping[str, Result]]) -> list[str]:
    """Return the questions that every method has a record of, in order."""
    first = next(iter(results.values()), {})
    return [i for i in first if all(i in by_id for by_id in results.values())]


def _row(
    method: str,
    found: Sequence[Result],
    reference: Sequence[Result] | None,
    alone: Sequence[Result] | None,
    wall_s: float | None,
) -> Row:
    given = [r for r in found if r.record.answer is not None]
    scores = [100 * r.exact_match for r in found]
    against = [100 * r.exact_match for r in reference] if reference else None
    parts = {part for r in found for part in r.usage.get("seconds", {})}
    return Row(
        method=method,
        n=len(found),
        failed=len(found) - len(given),
        exact_match=bootstrap(scores),
        f1=100 * mean(r.f1 for r in found),
        precision=100 * mean(r.precision for r in found),
        recall=100 * mean(r.recall for r in found),
        accuracy=100 * mean(r.accuracy for r in found),
        final_percent=_share(bool(r.final) for r in given),
        asked_percent=_share(bool(r.decisions("complete")) for r in given),
        retrievals=_mean(found, "retrievals"),
        looks=_mean(found, "looks"),
        llm_calls=_mean(found, "llm_calls"),
        prompt_tokens=_mean(found, "prompt_tokens"),
        completion_tokens=_mean(found, "completion_tokens"),
        checks=_mean(found, "checks"),
        seconds={
            part: mean(r.usage.get("seconds", {}).get(part, 0.0) for r in found)
            for part in sorted(parts)
        },
        wall_s=wall_s,
        trigger=_trigger(found, alone) if alone is not None and method != BASELINE else None,
        difference=(
            bootstrap([a - b for a, b in zip(scores, against, strict=True)]) if against else None
        ),
        p_value=randomization_p(scores, against) if against else None,
    )


def _share(holds: Iterable[bool]) -> float:
    """Return in percent how often something holds."""
    return 100 * mean([*holds] or [False])


def _trigger(found: Sequence[Result], alone: Sequence[Result]) -> TriggerQuality:
    """Judge retrieval by the questions that the model alone answers wrongly.

    The score is the probability that a claim is wrong where the method gives one, else the number
    of retrievals and looks.
    """
    queries = [float(r.searches) for r in found]
    known = [r.p_wrong for r in found]
    scores = [p or 0.0 for p in known] if any(p is not None for p in known) else queries
    return trigger_quality([not r.exact_match for r in alone], [q > 0 for q in queries], scores)


def _mean(found: Sequence[Result], key: str) -> float:
    return mean(float(r.usage.get(key, 0)) for r in found)


def flat(row: Row) -> dict[str, Any]:
    """Return a row as a flat mapping of plain values."""
    result: dict[str, Any] = {}
    for field in fields(row):
        value = getattr(row, field.name)
        if isinstance(value, Interval):
            result |= {
                field.name: value.mean,
                f"{field.name}_low": value.low,
                f"{field.name}_high": value.high,
            }
        elif isinstance(value, TriggerQuality):
            result |= {f"trigger_{f.name}": getattr(value, f.name) for f in fields(value)}
        elif isinstance(value, Mapping):
            result |= {f"seconds_{part}": seconds for part, seconds in value.items()}
        else:
            result[field.name] = value
    return result
