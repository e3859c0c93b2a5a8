"""A table as Markdown, CSV, JSON and LaTeX."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

from eval.metrics import Interval
from eval.report.table import Row, flat

Cell = Callable[[Row], str]


def _points(interval: Interval | None) -> str:
    if interval is None:
        return ""
    return f"{interval.mean:+.1f} [{interval.low:+.1f}, {interval.high:+.1f}]"


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


COLUMNS: tuple[tuple[str, Cell], ...] = (
    ("method", lambda r: r.method),
    ("EM", lambda r: f"{r.exact_match.mean:.1f}"),
    ("95 %", lambda r: f"{r.exact_match.low:.1f}–{r.exact_match.high:.1f}"),
    ("F1", lambda r: f"{r.f1:.1f}"),
    ("precision", lambda r: f"{r.precision:.1f}"),
    ("recall", lambda r: f"{r.recall:.1f}"),
    ("accuracy", lambda r: f"{r.accuracy:.1f}"),
    ("final %", lambda r: f"{r.final_percent:.1f}"),
    ("asked %", lambda r: f"{r.asked_percent:.1f}"),
    ("retrievals", lambda r: f"{r.retrievals:.2f}"),
    ("looks", lambda r: _number(r.looks or None, 2)),
    ("LLM calls", lambda r: f"{r.llm_calls:.2f}"),
    ("tokens read", lambda r: f"{r.prompt_tokens:,.0f}"),
    ("written", lambda r: f"{r.completion_tokens:,.0f}"),
    ("s generate", lambda r: _number(r.seconds.get("generate", 0.0), 2)),
    ("s retrieve", lambda r: _number(r.seconds.get("retrieve", 0.0), 2)),
    ("s look", lambda r: _number(r.seconds.get("look") or None, 2)),
    ("s check", lambda r: _number(r.seconds.get("check", 0.0), 2)),
    ("wall s", lambda r: _number(r.wall_s, 2)),
    ("trigger P", lambda r: _number(r.trigger.precision if r.trigger else None, 2)),
    ("trigger R", lambda r: _number(r.trigger.recall if r.trigger else None, 2)),
    ("AUROC", lambda r: _number(r.trigger.auroc if r.trigger else None, 2)),
    ("ΔEM", lambda r: _points(r.difference)),
    ("p", lambda r: _number(r.p_value, 4)),
    ("failed", lambda r: str(r.failed) if r.failed else ""),
)
"""Title and cell of each column; one that is empty for all rows is left out."""


def grid(rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """Return the titles and the cells of the columns that hold anything."""
    filled = [(title, [cell(row) for row in rows]) for title, cell in COLUMNS]
    kept = [(title, cells) for title, cells in filled if any(cells)]
    return [title for title, _ in kept], [list(c) for c in zip(*(c for _, c in kept), strict=True)]


def markdown(titles: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    r"""Return a table in Markdown.

    Examples
    --------
    >>> print(markdown(["a", "b"], [["1", "x|y"]]))
    | a | b |
    |---|---|
    | 1 | x\|y |
    """
    lines = [titles, ["---"] * len(titles), *body]
    cells = [[str(cell).replace("|", "\\|") for cell in line] for line in lines]
    shown = [f"| {' | '.join(line)} |" for line in cells]
    shown[1] = shown[1].replace(" ", "")
    return "\n".join(shown)


def latex(titles: Sequence[str], body: Sequence[Sequence[str]], caption: str) -> str:
    """Return a table in LaTeX, for the package booktabs."""
    lines = [" & ".join(map(_escaped, line)) + r" \\" for line in (titles, *body)]
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{_escaped(caption)}}}",
            rf"\begin{{tabular}}{{l{'r' * (len(titles) - 1)}}}",
            r"\toprule",
            lines[0],
            r"\midrule",
            *lines[1:],
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def comma_separated(rows: Sequence[Row]) -> str:
    """Return all values of the rows, unrounded, as CSV."""
    values = [flat(row) for row in rows]
    titles = list(dict.fromkeys(key for row in values for key in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, titles, restval="")
    writer.writeheader()
    writer.writerows(values)
    return text.getvalue()


def as_json(value: Any) -> str:
    """Return a value as indented JSON."""
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _escaped(text: str) -> str:
    special = {c: f"\\{c}" for c in "&%$#_{}"} | {
        "Δ": r"$\Delta$",
        "–": "--",
        "\\": r"\textbackslash{}",
    }
    return "".join(special.get(c, c) for c in text)
