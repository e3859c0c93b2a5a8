"""`quco eval`: run, report, compare, and choose a prompt."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from quco.cli.options import json_option
from quco.cli.output import console, print_json, progress_bars

if TYPE_CHECKING:
    from eval.config import RunConfig

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group("eval")
def group() -> None:
    """Compare methods of retrieval on questions with known answers."""


def _shared(command: Command) -> Command:
    """Add the options that describe a run."""
    options = (
        click.option(
            "--config",
            required=True,
            metavar="FILE|NAME",
            help="A TOML file, or the name of one that comes along: `quco eval configs`.",
        ),
        click.option("--out", required=True, type=click.Path(path_type=Path), help="Its folder."),
        click.option("--questions", type=click.Path(path_type=Path), help="Replaces data.path."),
        click.option("--index", type=click.Path(path_type=Path), help="Replaces index.path."),
        click.option("--model", metavar="NAME|PATH|URL", help="Replaces generator.model."),
        click.option("--device", help="Replaces generator.device, such as cuda:0."),
        click.option("--batch-size", type=int, help="Drafts in one call of the generator."),
        click.option(
            "--split",
            type=click.Choice(["all", "development", "validation"]),
            help="Which half of the questions, by hash of the id.",
        ),
        click.option("--limit", type=int, help="Questions, at most."),
        click.option("--seed", type=int, help="Chooses and orders the questions."),
        click.option("--jobs", type=int, help="Processes and threads beside the generator."),
        click.option("--method", "methods", multiple=True, help="Only this one; repeatable."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@group.command("run")
@_shared
@click.option("--prompt", type=click.Path(path_type=Path), help="From `quco eval prompts`.")
@json_option
def run_command(out: Path, prompt: Path | None, as_json: bool, **given: Any) -> None:
    """Answer every question with every method; a run that was stopped goes on.

    Each answer is on disk before the next question is counted as done, so that the same command
    after a crash ends in the same table.

    \b
    Example:
      quco eval run --config 2wiki.toml --out runs/2wiki
      quco eval report runs/2wiki
    """
    from eval.runner import run

    config = _config(given, prompt)
    with progress_bars() as progress:
        run(config, out, progress=progress, say=_say)
    _report_shortly(out, as_json=as_json)


@group.command("prompts")
@_shared
@json_option
def prompts_command(out: Path, as_json: bool, **given: Any) -> None:
    """Choose a prompt on development questions: the best goes into OUT/prompt.toml.

    Tries every table [prompts.*] of the configuration with no-rag, sr-rag and gold, unless --method
    names others. Development questions are never those of the split "validation".

    \b
    Example:
      quco eval prompts --config 2wiki.toml --limit 100 --out runs/prompts
      quco eval run --config 2wiki.toml --prompt runs/prompts/prompt.toml --out runs/2wiki
    """
    from eval.report.formats import markdown
    from eval.selection import as_toml, try_prompts

    given["methods"] = given["methods"] or ("no-rag", "sr-rag", "gold")
    config = _config(given, None)
    with progress_bars() as progress:
        candidates = try_prompts(config, out, progress=progress, say=_say)
    chosen = out / "prompt.toml"
    chosen.write_text(as_toml(candidates, config), encoding="utf-8")
    rows = [
        {
            "prompt": c.name,
            "exact_match": c.exact_match,
            "f1": c.f1,
            "final_percent": c.final_percent,
            "asked_percent": c.asked_percent,
            "admissible": c.admissible,
            "by_method": {row.method: row.exact_match.mean for row in c.rows},
        }
        for c in candidates
    ]
    if as_json:
        print_json("quco.eval.prompts/1", {"chosen": str(chosen), "prompts": rows})
        return
    body = [
        [c.name, *(f"{v:.1f}" for v in (c.exact_match, c.f1, c.final_percent, c.asked_percent))]
        for c in candidates
    ]
    console().print(markdown(["prompt", "EM", "F1", "final %", "asked %"], body), markup=False)
    console().print(f"{candidates[0].name} is best; written to {chosen}", markup=False)


@group.command("report")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder.  [default: RUN/report]")
@click.option("--reference", metavar="METHOD", help="Compared with.  [default: quco]")
@click.option("--html", is_flag=True, help="Also one page with a browser of single questions.")
@click.option("--plots/--no-plots", default=True, show_default=True, help="Draw; needs matplotlib.")
@json_option
def report_command(
    runs: tuple[Path, ...],
    out: Path | None,
    reference: str | None,
    html: bool,
    plots: bool,
    as_json: bool,
) -> None:
    """Write the table of each run as Markdown, CSV, JSON and LaTeX, and its plots.

    \b
    Example:
      quco eval report runs/2wiki runs/hotpot --html
    """
    from eval.report.reading import Run
    from eval.report.writing import write_report

    for path in runs:
        run = Run(path)
        folder = path / "report" if out is None else out / run.name
        written = write_report(run, folder, reference=reference, plots=plots, html=html)
        _report_shortly(path, as_json=as_json, reference=reference)
        if not as_json:
            console().print(f"written to {folder}: {', '.join(p.name for p in written)}\n")


@group.command("compare")
@click.argument("a")
@click.argument("b")
@click.option("--show", default=10, show_default=True, help="Questions of each kind.")
@json_option
def compare_command(a: str, b: str, show: int, as_json: bool) -> None:
    """Show where two methods differ; A and B are RUN:METHOD.

    \b
    Example:
      quco eval compare runs/2wiki:quco runs/2wiki:fs-rag
    """
    from eval.report.compare import compare

    found = compare(a, b)
    if as_json:
        only = {
            name: [_pair(pair) for pair in pairs]
            for name, pairs in zip(("only_a", "only_b"), found.only, strict=True)
        }
        counts = {key: getattr(found, key) for key in ("n", "both", "neither", "p_value")}
        rest = {"a": a, "b": b, **counts, "difference": asdict(found.difference)}
        print_json("quco.eval.compare/1", {**rest, **only})
        return
    out = console()
    d = found.difference
    out.print(
        f"{found.n} questions: both right {found.both}, only {a} {len(found.only[0])}, "
        f"only {b} {len(found.only[1])}, neither {found.neither}.\n"
        f"EM of {a} less that of {b}: {d.mean:+.1f} [{d.low:+.1f}, {d.high:+.1f}], "
        f"p = {found.p_value:.4f}",
        markup=False,
    )
    for name, pairs in zip((a, b), found.only, strict=True):
        out.print(f"\nOnly {name} is right:", markup=False)
        for pair in pairs[:show]:
            shown = _pair(pair)
            out.print(f"  {shown['question']}  (gold: {shown['gold']})", markup=False)
            for side in ("a", "b"):
                out.print(f"    {side}: {shown[side]['text']}", markup=False)


@group.command("configs")
@json_option
def configs_command(as_json: bool) -> None:
    """List the configurations that come along.

    \b
    Example:
      quco eval run --config demo --out runs/demo
    """
    from eval.config import packaged_configs

    if as_json:
        print_json("quco.eval.configs/1", {"configs": packaged_configs()})
    else:
        console().print("\n".join(packaged_configs()), markup=False)


def _config(given: dict[str, Any], prompt: Path | None) -> RunConfig:
    from eval.config import load_config

    return load_config(
        given["config"],
        {
            "data": {
                "path": given["questions"],
                "split": given["split"],
                "limit": given["limit"],
                "seed": given["seed"],
            },
            "index": {"path": given["index"]},
            "generator": {
                "model": given["model"],
                "device": given["device"],
                "batch_size": given["batch_size"],
            },
            "": {"jobs": given["jobs"]},
        },
        methods=given["methods"],
        prompt=prompt,
    )


def _report_shortly(path: Path, *, as_json: bool, reference: str | None = None) -> None:
    from eval.report.formats import grid, markdown
    from eval.report.reading import Run
    from eval.report.table import build_table
    from eval.report.writing import summary, title

    run = Run(path)
    rows = build_table(run, reference)
    if as_json:
        fields = summary(run, rows)
        print_json(fields.pop("schema"), fields)
        return
    console().print(title(run, rows), markup=False)
    console().print(markdown(*grid(rows)), markup=False)


def _pair(pair: tuple[Any, Any]) -> dict[str, Any]:
    first = pair[0]
    sides = {
        side: {"final": r.final, "text": r.answer.get("text", r.record.error)}
        for side, r in zip("ab", pair, strict=True)
    }
    return {
        "id": first.question["id"],
        "question": first.question["question"],
        "gold": first.question["answers"][0],
        **sides,
    }


def _say(line: str) -> None:
    print(f"quco: {line}", file=sys.stderr)  # noqa: T201
