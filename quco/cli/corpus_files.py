"""`quco index info|verify|accelerate`: the files of an index, ours or infini-gram's."""

from __future__ import annotations

from pathlib import Path

import click

from quco.cli.corpus_options import (
    corpus_folder,
    tokenizer_option,
    translated,
    version_option,
    whole,
    width_option,
)
from quco.cli.index import group
from quco.cli.options import json_option
from quco.cli.output import console, print_json, progress_bars
from quco.errors import StatisticsError


def register(cli: click.Group) -> None:  # noqa: ARG001 - the commands join a group that is there
    """Add the commands of this module."""
    for command in (info, verify, accelerate):
        group.add_command(command)


folder_argument = click.argument("folder", type=click.Path(path_type=Path))


@click.command("info")
@folder_argument
@width_option
@version_option
@tokenizer_option
@json_option
def info(
    folder: Path, width: str | None, version: int, tokenizer: str | None, as_json: bool
) -> None:
    """Show what the index in FOLDER holds.

    \b
    Example:
      quco index info my-index
    """
    from corpus_engine import CorpusIndex

    path = corpus_folder(folder)
    with (
        translated(),
        CorpusIndex.open(path, analyzer=tokenizer, width=whole(width), version=version) as index,
    ):
        found = {
            "path": str(path),
            "analyzer": index.analyzer,
            "n_tokens": index.n_tokens,
            "n_documents": index.n_documents,
            "n_shards": index.n_shards,
            "size_bytes": sum(file.stat().st_size for file in path.iterdir() if file.is_file()),
        }
    if as_json:
        print_json("quco.index.info/1", found)
        return
    for name, value in found.items():
        shown = f"{value:,}" if isinstance(value, int) else value
        console().print(f"{name:>12}  {shown}", markup=False)


@click.command("verify")
@folder_argument
@width_option
@version_option
@json_option
def verify(folder: Path, width: str | None, version: int, as_json: bool) -> None:
    """Read the index in FOLDER whole and prove it undamaged; exit 1 if it is not.

    \b
    Example:
      quco index verify my-index
    """
    import corpus_engine

    with translated(), progress_bars() as progress:
        found = corpus_engine.verify(
            corpus_folder(folder), width=whole(width), version=version, progress=progress
        )
    if as_json:
        print_json("quco.index.verify/1", {"ok": found.ok, "problems": list(found.problems)})
    if not found.ok:
        raise StatisticsError("; ".join(found.problems))
    if not as_json:
        console().print(f"{folder}: sound ({found.n_files} files, {found.n_shards} shards)")


@click.command("accelerate")
@folder_argument
@width_option
@json_option
def accelerate(folder: Path, width: str | None, as_json: bool) -> None:
    """Give the index in FOLDER jump indexes where it has none; its other files stay as they are.

    \b
    Example:
      quco index accelerate pile-index
    """
    import corpus_engine

    with translated(), progress_bars() as progress:
        written = corpus_engine.accelerate(
            corpus_folder(folder), width=whole(width), progress=progress
        )
    if as_json:
        print_json("quco.index.accelerate/1", {"n_written": written})
        return
    console().print(f"{folder}: {written} jump indexes written")
