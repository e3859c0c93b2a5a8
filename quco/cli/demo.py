"""`quco demo`: three questions, answered for real over a small corpus that ships with us."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from quco.cli.options import json_option, open_index
from quco.cli.output import console, print_json, progress_bars
from quco.models import DEFAULT_GENERATOR

QUESTIONS = (
    (
        "The corpus knows the subject well: the model answers from memory",
        "What is the capital of France?",
    ),
    (
        "The corpus hardly knows the subject: passages first",
        "Who designed the Sydney Opera House?",
    ),
    (
        "A drafted sentence that the corpus does not support is put right",
        "In which city was Albert Einstein born?",
    ),
)
"""Chosen so that the embedded model shows each case; what is printed is what happens."""


def register(cli: click.Group) -> None:
    """Add the commands of this module."""
    cli.add_command(demo)


@click.command()
@click.option("--out", type=click.Path(path_type=Path), help="Keep the index in this folder.")
@click.option("--model", default=DEFAULT_GENERATOR, show_default=True, metavar="NAME|PATH|URL")
@json_option
def demo(out: Path | None, model: str, as_json: bool) -> None:
    """Pull the small models, index the demo corpus, and answer three questions about it.

    \b
    Example:
      quco demo --out demo-index
    """
    with tempfile.TemporaryDirectory(prefix="quco-demo-") as scratch:
        _run(out or Path(scratch) / "index", model, as_json=as_json)


def _run(folder: Path, model: str, *, as_json: bool) -> None:
    from quco.cli.render import follow
    from quco.demo import build_demo
    from quco.indexing import MANIFEST

    screen = console()
    with progress_bars() as progress:
        if not (folder / MANIFEST).is_file():
            build_demo(folder, progress=progress)
    with (
        progress_bars() as progress,
        open_index(folder, reads_text=True, model=model, progress=progress) as quco,
    ):
        answers = []
        for title, question in QUESTIONS:
            if as_json:
                answers.append(quco.ask(question).to_dict())
            else:
                screen.rule(title)
                follow(screen, question, quco.stream(question))
    if as_json:
        print_json("quco.demo/1", {"answers": answers})
