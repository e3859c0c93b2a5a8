"""`quco index`: build what the other commands ask."""

from __future__ import annotations

from pathlib import Path

import click

from quco.cli.options import json_option
from quco.cli.output import console, print_json, progress_bars


def register(cli: click.Group) -> None:
    """Add the commands of this module."""
    cli.add_command(group)


@click.group("index")
def group() -> None:
    """Build and inspect indexes."""


@group.command("build")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder to make.")
@click.option("--overwrite", is_flag=True, help="Replace the index that is there.")
@click.option("--skip-bad", is_flag=True, help="Skip and count what cannot be read.")
@json_option
def build(
    paths: tuple[Path, ...], out: Path, overwrite: bool, skip_bad: bool, as_json: bool
) -> None:
    """Index documents into --out: corpus statistics, and passages for retrieval.

    PATHS are folders or files: .txt, .md, .jsonl (fields text, and optionally id, title; the rest
    is kept as metadata), .jsonl.gz, .jsonl.zst, .parquet. An interrupted build leaves nothing
    half done, and an old index intact.

    \b
    Example:
      quco index build articles/ notes.jsonl.gz --out my-index
    """
    from quco.indexing import check_target
    from quco.reading import DocumentReader
    from quco.wiring import QuCo

    DocumentReader(paths)  # complains about a wrong path before any model is pulled
    check_target(out, overwrite=overwrite)
    with progress_bars() as progress:
        summary = QuCo.build(paths, out, overwrite=overwrite, skip_bad=skip_bad, progress=progress)
    if as_json:
        print_json("quco.index.build/1", _plain(summary))
        return
    skipped = f", {summary.n_skipped:,} skipped" if summary.n_skipped else ""
    console().print(
        f"{out}: {summary.n_documents:,} documents{skipped}, {summary.n_tokens:,} words, "
        f"{summary.n_passages:,} passages, {summary.size_bytes / 1e6:,.1f} MB, "
        f"{sum(summary.seconds.values()):.1f} s"
    )


def _plain(summary: object) -> dict[str, object]:
    from quco.serialize import to_jsonable

    return dict(to_jsonable(summary))
