"""`quco check`: the verdict on a text that somebody else wrote."""

from __future__ import annotations

from pathlib import Path

import click

from quco.cli.options import index_option, json_option, open_index, pipeline_option
from quco.cli.output import console, print_json
from quco.errors import UsageError
from quco.serialize import to_jsonable


def register(cli: click.Group) -> None:
    """Add the commands of this module."""
    cli.add_command(check)


@click.command()
@click.argument("text")
@click.option("--question", default="", help="The question that the text answers.")
@index_option
@pipeline_option
@json_option
def check(text: str, question: str, index: Path, pipeline: str | None, as_json: bool) -> None:
    """Say of every sentence of TEXT whether the corpus supports it; nothing is generated.

    \b
    Example:
      quco check "Metropolis was directed by Fritz Lang." --index my-index
    """
    from quco.cli.render import show_report

    if not text.strip():
        raise UsageError("the text is blank; there is nothing to check")
    with open_index(index, pipeline=pipeline) as quco:
        report = quco.check(text, question)
    if as_json:
        print_json("quco.check/1", {"verdict": report.verdict, **to_jsonable(report)})
    else:
        show_report(console(), report)
