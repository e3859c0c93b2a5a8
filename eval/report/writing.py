"""Writes everything that can be told of a run into a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.methods import METHODS
from eval.report.bins import GROUPINGS, group
from eval.report.formats import as_json, comma_separated, grid, latex, markdown
from eval.report.losses import LOSSES, count_losses
from eval.report.page import page
from eval.report.reading import Run
from eval.report.table import Row, build_table, flat


def write_report(
    run: Run, out: Path, *, reference: str | None = None, plots: bool = True, html: bool = False
) -> list[Path]:
    """Write the report of a run and return its files.

    Parameters
    ----------
    run : Run
        The run.
    out : Path
        A folder; made where it is absent.
    reference : str, optional
        The method that the others are compared with.
    plots : bool
        Whether to draw; needs matplotlib.
    html : bool
        Whether to write the page with every question.
    """
    rows = build_table(run, reference)
    out.mkdir(parents=True, exist_ok=True)
    texts = {
        "report.md": as_markdown(run, rows),
        "table.csv": comma_separated(rows),
        "report.json": as_json(summary(run, rows)),
        "table.tex": latex(*grid(rows), caption=title(run, rows)),
    }
    if html:
        texts["report.html"] = page(run, rows, title(run, rows))
    written = []
    for name, text in texts.items():
        path = out / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    if plots:
        from eval.report.plots import draw

        written += draw(run, rows, out)
    return written


def title(run: Run, rows: Sequence[Row]) -> str:
    """Return a line on what was run."""
    session = run.sessions[-1]
    machine = session["machine"]
    where = machine.get("accelerator") or f"{machine['cores']} cores, {machine['processor']}"
    n = rows[0].n if rows else 0
    commits = ", ".join(dict.fromkeys(str(one["commit"]) for one in run.sessions))
    return (
        f"{run.data_set}, {n} questions ({_chosen(run.config['data'])}), "
        f"{session['generator']}, {run.config['index']['retrieval']} retrieval, {where}, "
        f"commit {commits}"
    )


def _chosen(data: Mapping[str, Any]) -> str:
    """Return which questions of a file these are."""
    if data.get("without"):
        return f"none of {Path(data['without']).name}"
    if looked_at := data.get("looked_at"):
        first = " and ".join(f"{n} {half}" for half, n in looked_at.items())
        return f"without the first {first} questions"
    return f"{data['split']} split"


def as_markdown(run: Run, rows: Sequence[Row]) -> str:
    """Return the report in Markdown."""
    parts = [f"# {run.name}", title(run, rows) + ".", markdown(*grid(rows)), NOTES]
    if run.unfinished:
        parts.append(f"Not finished, and left out: {', '.join(run.unfinished)}.")
    for name, label in GROUPINGS.items():
        bins = group(run, label)
        if len(bins) > 1:
            titles = ["EM", *(f"{b.label} (n={b.n})" for b in bins)]
            body = [
                [row.method, *(f"{b.exact_match[row.method]:.1f}" for b in bins)] for row in rows
            ]
            parts += [f"## By {name}", markdown(titles, body)]
    counts = count_losses(run, dynamic_methods(run))
    if counts:
        body = [[name, *map(str, lost.values())] for name, lost in counts.items()]
        parts += ["## Where questions are lost", markdown(["lost", *LOSSES], body), LOSS_NOTES]
    return "\n\n".join(parts) + "\n"


NOTES = (
    "EM with its 95 % bootstrap interval; F1, precision and recall by the official rules; accuracy "
    "is the right label (PubMedQA, StrategyQA) or the answer within the final answer. final %: "
    "answers that state a final answer, of those given; asked %: those that had to be asked for "
    "it. Retrievals, calls and tokens are a question's; seconds by part share a batch equally, "
    "wall s is the whole run divided by its questions. Trigger: retrieval against the questions "
    "that no-rag answers wrongly. ΔEM and p (paired randomization test) compare with the method "
    "whose cells are empty."
)
"""What the columns mean."""

LOSS_NOTES = (
    "A wrong answer is the generator's where the passages hold the support; the query's where "
    "those of the question alone would; else the passages'. Without a retrieval it is the "
    "verdict's where a claim was judged, else the extraction's."
)
"""What the losses mean."""


def dynamic_methods(run: Run) -> list[str]:
    """Return the methods of a run that decide whether to retrieve."""
    described = run.config["methods"]
    kinds = {name: described.get(name, {}).get("method", name) for name in run.results}
    return [name for name, kind in kinds.items() if kind in METHODS and METHODS[kind].dynamic]


def summary(run: Run, rows: Sequence[Row]) -> dict[str, Any]:
    """Return everything as JSON holds it."""
    return {
        "schema": "quco.eval.report/1",
        "run": run.name,
        "config": run.config,
        "sessions": run.sessions,
        "methods": [flat(row) for row in rows],
        "bins": {
            name: [asdict(one) for one in group(run, label)] for name, label in GROUPINGS.items()
        },
        "losses": count_losses(run, dynamic_methods(run)),
    }
