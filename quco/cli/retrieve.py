"""`quco retrieve`: the passages that a question would get."""

from __future__ import annotations

from pathlib import Path

import click

from quco.cli.options import (
    index_option,
    json_option,
    method_option,
    open_index,
    pipeline_option,
)
from quco.cli.output import console, print_json, progress_bars
from quco.serialize import to_jsonable


def register(cli: click.Group) -> None:
    """Add the commands of this module."""
    cli.add_command(retrieve)


@click.command()
@click.argument("query")
@index_option
@click.option("-k", default=5, show_default=True, type=click.IntRange(1), help="Passages.")
@method_option
@pipeline_option
@json_option
def retrieve(
    query: str, index: Path, k: int, method: str, pipeline: str | None, as_json: bool
) -> None:
    """Show the k passages that fit QUERY best.

    \b
    Example:
      quco retrieve "director of Metropolis" --index my-index -k 3
    """
    with progress_bars() as progress:
        opened = open_index(index, method=method, pipeline=pipeline, progress=progress)
    with opened as quco:
        passages = quco.retriever.retrieve(query, k)
    if as_json:
        plain = {"query": query, "k": k, "method": method}
        print_json("quco.retrieve/1", {**plain, "passages": to_jsonable(passages)})
        return
    screen = console()
    for passage in passages:
        title = passage.title or passage.id
        screen.print(f"{passage.score:8.3f}  {title}", markup=False, style="bold")
        screen.print(f"          {' '.join(passage.text.split())}", markup=False)
