"""Plots of a run, with matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from eval.report.bins import by_frequency, group
from eval.report.reading import Run
from eval.report.table import Row
from quco.errors import MissingExtraError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(run: Run, rows: Sequence[Row], out: Path) -> list[Path]:
    """Draw every plot that the run has data for, as PNG and PDF; return the files.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
    except ImportError as exc:
        raise MissingExtraError("matplotlib", "eval") from exc
    mpl.use("agg")
    plots: dict[str, Callable[[Axes], bool]] = {
        "accuracy_by_retrievals": partial(_trade_off, rows=rows),
        "frequency": partial(_frequency, run=run),
        "reliability": partial(_reliability, run=run),
        "time": partial(_time, rows=rows),
    }
    written = []
    for name, plot in plots.items():
        figure, axes = _figure()
        if plot(axes):
            figure.tight_layout()
            for ending in ("png", "pdf"):
                path = out / f"{name}.{ending}"
                figure.savefig(path, dpi=150)
                written.append(path)
    return written


def _figure() -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5))
    axes: Axes = figure.add_subplot()
    return figure, axes


def _trade_off(axes: Axes, rows: Sequence[Row]) -> bool:
    """Exact match against retrievals a question."""
    for row in rows:
        em = row.exact_match
        error = [[max(em.mean - em.low, 0)], [max(em.high - em.mean, 0)]]
        axes.errorbar(row.retrievals, em.mean, yerr=error, fmt="o", capsize=3)
        axes.annotate(row.method, (row.retrievals, em.mean), (5, 5), textcoords="offset points")
    axes.set_xlabel("retrievals a question")
    axes.set_ylabel("exact match, %")
    return bool(rows)


def _frequency(axes: Axes, run: Run) -> bool:
    """Exact match by the count of the question's rarest entity."""
    bins = group(run, by_frequency)
    methods = list(run.results)
    width = 0.8 / max(len(methods), 1)
    for i, method in enumerate(methods):
        places = np.arange(len(bins)) + (i - (len(methods) - 1) / 2) * width
        axes.bar(places, [b.exact_match[method] for b in bins], width, label=method)
    axes.set_xticks(range(len(bins)), [f"{b.label}\nn={b.n}" for b in bins])
    axes.set_xlabel("occurrences of the question's rarest entity")
    axes.set_ylabel("exact match, %")
    axes.legend(fontsize="x-small", ncols=2)
    return bool(bins)


def _reliability(axes: Axes, run: Run) -> bool:
    """Share of wrong final answers by the greatest probability that a claim is wrong."""
    drawn = False
    for method, by_id in run.results.items():
        known = [(r.p_wrong, 1 - r.exact_match) for r in by_id.values() if r.p_wrong is not None]
        if len(known) < 2:
            continue
        points = reliability(known)
        axes.plot([p for p, _, _ in points], [w for _, w, _ in points], "o-", label=method)
        for p, wrong, n in points:
            axes.annotate(str(n), (p, wrong), (3, 5), textcoords="offset points", fontsize=7)
        drawn = True
    axes.plot([0, 1], [0, 1], "--", color="grey")
    axes.set_xlabel("greatest p_wrong of a claim")
    axes.set_ylabel("share of wrong final answers")
    if drawn:
        axes.legend(fontsize="small")
    return drawn


def reliability(
    known: Sequence[tuple[Any, float]], n_bins: int = 10
) -> list[tuple[float, float, int]]:
    """Return mean probability, share of wrong answers and size of each bin that is not empty.

    Examples
    --------
    >>> reliability([(0.1, 0.0), (0.15, 0.0), (0.9, 1.0)], 2)
    [(0.125, 0.0, 2), (0.9, 1.0, 1)]
    """
    bins: dict[int, list[tuple[float, float]]] = {}
    for p, wrong in known:
        bins.setdefault(min(int(p * n_bins), n_bins - 1), []).append((float(p), float(wrong)))
    return [
        (float(np.mean([p for p, _ in one])), float(np.mean([w for _, w in one])), len(one))
        for _, one in sorted(bins.items())
    ]


def _time(axes: Axes, rows: Sequence[Row]) -> bool:
    """Seconds a question by part."""
    names = [row.method for row in rows]
    left = np.zeros(len(rows))
    for part in ("generate", "retrieve", "look", "check"):
        seconds = np.array([row.seconds.get(part, 0.0) for row in rows])
        axes.barh(names, seconds, left=left, label=part)
        left += seconds
    axes.invert_yaxis()
    axes.set_xlabel("seconds a question")
    axes.legend()
    return bool(rows)
