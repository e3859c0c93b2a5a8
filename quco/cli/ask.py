"""`quco ask`: questions, answered with evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from quco.cli.options import (
    extractor_options,
    index_option,
    json_option,
    method_option,
    open_index,
    pipeline_option,
    policy_option,
    verdict_options,
)
from quco.cli.output import console, print_json, progress_bars
from quco.config import NO_RETRIEVAL
from quco.errors import BadRecordError, InputError, UsageError
from quco.models import DEFAULT_GENERATOR


def register(cli: click.Group) -> None:
    """Add the commands of this module."""
    cli.add_command(ask)


@click.command()
@click.argument("question", required=False)
@click.option(
    "--questions",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="JSON lines with a field question, and optionally id, instead of QUESTION.",
)
@index_option
@click.option(
    "--model",
    default=DEFAULT_GENERATOR,
    show_default=True,
    metavar="NAME|PATH|URL",
    help="A name of `quco models list`, a GGUF file, a transformers model, or a server's address.",
)
@policy_option
@method_option
@click.option("--no-retrieval", is_flag=True, help="The language model alone, for comparison.")
@extractor_options
@pipeline_option
@json_option
def ask(
    question: str | None,
    questions: Path | None,
    index: Path,
    model: str,
    policy: str,
    method: str,
    no_retrieval: bool,
    extractor: str,
    extractor_model: str | None,
    aliases: Path | None,
    pipeline: str | None,
    as_json: bool,
) -> None:
    """Answer QUESTION; retrieve where the corpus says that the model may be guessing.

    Each step is printed when it is taken. With --questions the model is loaded once for all, and
    --json prints one object a line, as soon as it is there.

    \b
    Example:
      quco ask "Where was the director of Metropolis born?" --index my-index
    """
    from quco.cli.render import follow

    options: dict[str, Any] = {"model": model, "method": method, "pipeline": pipeline}
    options |= verdict_options(policy, aliases, extractor, extractor_model)
    if no_retrieval:
        options["policy"] = NO_RETRIEVAL
    asked = list(_questions(question, questions))
    with progress_bars() as progress:
        opened = open_index(index, reads_text=True, progress=progress, **options)
        name = opened.controller.generator.name
    with opened as quco:
        for record, text in asked:
            if as_json:
                answer = quco.ask(text)
                print_json("quco.ask/1", {"model": name, **record, **answer.to_dict()})
            else:
                follow(console(), text, quco.stream(text))


def _questions(question: str | None, path: Path | None) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield (fields to repeat in the output, question)."""
    if question is not None and path is None:
        yield {}, question
        return
    if path is None or question is not None:
        raise UsageError("give either a question or --questions FILE")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError(f"{path} cannot be read: {exc}") from exc
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
            text = record["question"]
        except (ValueError, KeyError, TypeError) as exc:
            raise BadRecordError(
                f"{path}, line {number}: expected a JSON object with a question ({exc!r})"
            ) from exc
        yield ({"id": record["id"]} if "id" in record else {}), str(text)
