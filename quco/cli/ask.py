"""`quco ask`: one question, answered with evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from quco.cli.options import index_option, json_option, open_index, pipeline_option
from quco.cli.output import console, print_json, progress_bars
from quco.config import NO_RETRIEVAL
from quco.models import DEFAULT_GENERATOR


def register(cli: click.Group) -> None:
    """Add the commands of this module."""
    cli.add_command(ask)


@click.command()
@click.argument("question")
@index_option
@click.option(
    "--model",
    default=DEFAULT_GENERATOR,
    show_default=True,
    metavar="NAME|PATH|URL",
    help="A name of `quco models list`, a GGUF file, a transformers model, or a server's address.",
)
@click.option("--policy", type=click.Path(path_type=Path), help="Verdict policy file.")
@click.option(
    "--method",
    type=click.Choice(["hybrid", "dense", "bm25"]),
    default="hybrid",
    show_default=True,
    help="How passages are found.",
)
@click.option("--no-retrieval", is_flag=True, help="The language model alone, for comparison.")
@pipeline_option
@json_option
def ask(
    question: str,
    index: Path,
    model: str,
    policy: Path | None,
    method: str,
    no_retrieval: bool,
    pipeline: str | None,
    as_json: bool,
) -> None:
    """Answer QUESTION; retrieve where the corpus says that the model may be guessing.

    \b
    Example:
      quco ask "Where was the director of Metropolis born?" --index my-index
    """
    from quco.cli.render import show_answer
    from quco.verdict import VerdictPolicy

    options: dict[str, Any] = {"model": model, "method": method, "pipeline": pipeline}
    if no_retrieval:
        options["policy"] = NO_RETRIEVAL
    if policy is not None:
        options["verdicts"] = VerdictPolicy.load(policy)
    with progress_bars() as progress, open_index(index, progress=progress, **options) as quco:
        answer = quco.ask(question)
        name = quco.generator.name
    if as_json:
        print_json("quco.ask/1", {"model": name, **answer.to_dict()})
    else:
        show_answer(console(), answer)
