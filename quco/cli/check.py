"""`quco check`: the verdict on a text that somebody else wrote."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from quco.cli.options import (
    corpus_option,
    extractor_options,
    json_option,
    open_index,
    pipeline_option,
    policy_option,
    verdict_options,
)
from quco.cli.output import console, print_json, progress_bars
from quco.errors import InputError, UsageError
from quco.serialize import to_jsonable

if TYPE_CHECKING:
    from quco.types import Report


def register(cli: click.Group) -> None:
    """Add the commands of this module."""
    cli.add_command(check)


@click.command()
@click.argument("text", required=False)
@click.option(
    "--file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Text to check instead of TEXT, in UTF-8; - for standard input.",
)
@click.option("--question", default="", help="The question that the text answers.")
@click.option(
    "--html",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Write one page with the claims coloured by verdict and the evidence on hover.",
)
@click.option(
    "--judge",
    metavar="NAME|PATH|URL",
    help="A language model (as --model of `quco ask`) that reads the windows of claims in doubt.",
)
@corpus_option
@policy_option
@extractor_options
@pipeline_option
@json_option
def check(
    text: str | None,
    file: Path | None,
    question: str,
    html: Path | None,
    judge: str | None,
    index: Path | str,
    policy: str,
    extractor: str,
    extractor_model: str | None,
    aliases: Path | None,
    pipeline: str | None,
    as_json: bool,
) -> None:
    """Say of every sentence of TEXT whether the corpus supports it; nothing is generated.

    Each claim comes with its verdict, the probability that it is wrong where the policy gives one,
    and the places of the corpus that speak for it.

    \b
    Examples:
      quco check "Metropolis was directed by Fritz Lang." --index my-index
      quco check --file answer.txt --index my-index --html report.html
    """
    from quco.cli.render import show_report

    checked = _read(text, file)
    options = verdict_options(policy, aliases, extractor, extractor_model) | {"judge": judge}
    with (
        progress_bars() as progress,
        open_index(index, reads_text=True, pipeline=pipeline, progress=progress, **options) as quco,
    ):
        report = quco.check(
            checked,
            question,
            progress=(lambda done, total: progress("sentences", done, total)) if progress else None,
        )
    if html is not None:
        _write_page(report, html)
    if as_json:
        print_json("quco.check/1", {"verdict": report.verdict, **to_jsonable(report)})
    elif html is not None:
        console().print(f"{report.verdict.value} in all; {len(report.sentences)} sentences: {html}")
    else:
        show_report(console(), report)


def _read(text: str | None, file: Path | None) -> str:
    if (text is None) == (file is None):
        raise UsageError("give either a text or --file FILE")
    found = text if file is None else _contents(file)
    if not (found or "").strip():
        raise UsageError("the text is blank; there is nothing to check")
    return found or ""


def _contents(file: Path) -> str:
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError(f"{file} cannot be read as text in UTF-8: {exc}") from exc


def _write_page(report: Report, out: Path) -> None:
    from quco.report_html import report_page

    try:
        out.write_text(report_page(report), encoding="utf-8", errors="replace")
    except OSError as exc:
        raise InputError(f"the page cannot be written to {out}: {exc}") from exc
