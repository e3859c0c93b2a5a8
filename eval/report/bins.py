"""Results by how often the corpus names the rarest entity of a question, by type, by hops."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from eval.report.reading import Result, Run
from eval.report.table import shared_ids

EDGES = ((0, 0), (1, 10), (11, 50), (51, 100), (101, 1000), (1001, None))
"""First and last count of each bin."""

Question = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of a kind."""

    label: str
    """What they have in common."""

    n: int
    """How many there are."""

    exact_match: Mapping[str, float]
    """Percent by method."""


def by_frequency(question: Question) -> str:
    """Return the bin of the rarest entity; empty where the question names none."""
    counts = [entity["count"] for entity in question["entities"]]
    if not counts:
        return ""
    first, last = next(e for e in EDGES if e[1] is None or min(counts) <= e[1])
    if last is None:
        return f"over {first - 1}"
    return str(first) if first == last else f"{first}–{last}"


def by_type(question: Question) -> str:
    """Return the data set's own type."""
    return str(question["kind"])


def by_hops(question: Question) -> str:
    """Return the number of facts that have to be put together."""
    return str(question["hops"] or "")


GROUPINGS: dict[str, Callable[[Question], str]] = {
    "rarest entity": by_frequency,
    "type": by_type,
    "hops": by_hops,
}
"""How questions are grouped, by title."""


def group(run: Run, label: Callable[[Question], str]) -> list[Bin]:
    """Return the bins of a run, those of frequency in their order, others by size."""
    results = run.results
    members: dict[str, list[str]] = {}
    for identity in shared_ids(results):
        members.setdefault(label(run.questions[identity]), []).append(identity)
    members.pop("", None)
    order = [by_frequency({"entities": [{"count": first}]}) for first, _ in EDGES]
    labels = sorted(
        members,
        key=lambda name: (order.index(name) if name in order else 99, -len(members[name]), name),
    )
    return [
        Bin(
            name,
            len(members[name]),
            {method: _percent(by_id, members[name]) for method, by_id in results.items()},
        )
        for name in labels
    ]


def _percent(by_id: Mapping[str, Result], identities: Sequence[str]) -> float:
    return 100 * mean(by_id[i].exact_match for i in identities)
