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


class _Bytes(click.ParamType[int]):
    """A number of bytes: ``800M``, ``4G``."""

    name = "bytes"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Return the number."""
        text = str(value).strip().upper().removesuffix("B").removesuffix("I")
        unit = _UNITS.get(text[-1:], 1)
        try:
            number = float(text[:-1] if unit > 1 else text) * unit
        except ValueError:
            number = 0
        if not 1 <= number < 1 << 62:
            self.fail(f"{value!r} is no number of bytes; write for example 800M or 4G", param, ctx)
        return int(number)


_UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


@group.command("build")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder to make.")
@click.option(
    "--analyzer",
    default="word",
    show_default=True,
    metavar="NAME",
    help="What is counted: word (words without case), byte, or the tokens of a tokenizer.json or "
    "hub name.",
)
@click.option(
    "--memory", type=_Bytes(), help="What the statistics may take, as 800M or 4G.  [default: half]"
)
@click.option("--jobs", type=click.IntRange(1), help="Shards sorted at once.  [default: all cores]")
@click.option("--shards", type=click.IntRange(1), help="Shards.  [default: as few as fit memory]")
@click.option("--overwrite", is_flag=True, help="Replace the index that is there.")
@click.option("--skip-bad", is_flag=True, help="Skip and count what cannot be read.")
@click.option("--no-resume", is_flag=True, help="Start anew where an earlier build was stopped.")
@json_option
def build(
    paths: tuple[Path, ...],
    out: Path,
    analyzer: str,
    memory: int | None,
    jobs: int | None,
    shards: int | None,
    overwrite: bool,
    skip_bad: bool,
    no_resume: bool,
    as_json: bool,
) -> None:
    """Index documents into --out: corpus statistics, and passages for retrieval.

    PATHS are folders or files: .txt, .md, .jsonl (fields text, and optionally id, title; the rest
    is kept as metadata), .jsonl.gz, .jsonl.zst, .parquet. An interrupted build leaves nothing
    half done, and an old index intact; the same command goes on where it stopped.

    \b
    Example:
      quco index build articles/ notes.jsonl.gz --out my-index
      quco index build dump.jsonl.zst --out big --memory 8G --jobs 4
    """
    from quco.indexing import CorpusOptions, check_target
    from quco.reading import DocumentReader
    from quco.wiring import QuCo

    DocumentReader(paths)  # complains about a wrong path before any model is pulled
    check_target(out, overwrite=overwrite)
    with progress_bars() as progress:
        summary = QuCo.build(
            paths,
            out,
            options=CorpusOptions(analyzer, shards, jobs, memory),
            overwrite=overwrite,
            skip_bad=skip_bad,
            resume=not no_resume,
            progress=progress,
        )
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
