"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from quco.addresses import is_address

if TYPE_CHECKING:
    from quco.wiring import QuCo

Command = TypeVar("Command", bound=Callable[..., Any])


def index_option(command: Command) -> Command:
    """Add ``--index DIR``."""
    return click.option(
        "--index",
        "index",
        type=click.Path(path_type=Path),
        required=True,
        metavar="DIR",
        help="Index made by `quco index build`.",
    )(command)


class _Corpus(click.Path):
    """A folder, or the address of a service as it is written."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return a path, or a string for an address."""
        return value if is_address(value) else super().convert(value, param, ctx)


def corpus_option(command: Command) -> Command:
    """Add ``--index DIR|URL``, for commands that ask for statistics alone."""
    return click.option(
        "--index",
        "index",
        type=_Corpus(path_type=Path),
        required=True,
        metavar="DIR|URL",
        help="Index made by `quco index build`, or http://HOST/#INDEX of an infini-gram service.",
    )(command)


def json_option(command: Command) -> Command:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


def method_option(command: Command) -> Command:
    """Add ``--method NAME``."""
    return click.option(
        "--method",
        type=click.Choice(["hybrid", "dense", "bm25", "evidence"]),
        default="hybrid",
        show_default=True,
        help="How passages are found; evidence: where the corpus names the entities together.",
    )(command)


def policy_option(command: Command) -> Command:
    """Add ``--policy FILE|NAME``; the value is for `VerdictPolicy.find`."""
    return click.option(
        "--policy",
        metavar="FILE|NAME",
        default="shipped",
        show_default=True,
        help="How claims are judged: a file of `quco calibrate`, or zero_cooccurrence.",
    )(command)


def pipeline_option(command: Command) -> Command:
    """Add ``--pipeline NAME``."""
    return click.option(
        "--pipeline",
        metavar="NAME",
        help="Any installed spaCy pipeline.  [default: English, small]",
    )(command)


def extractor_options(command: Command) -> Command:
    """Add ``--extractor NAME``, ``--extractor-model NAME`` and ``--aliases FILE``."""
    command = click.option(
        "--aliases",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help='Other names of entities: JSON lines of {"name": "...", "aliases": ["..."]}.',
    )(command)
    command = click.option(
        "--extractor-model",
        metavar="NAME|PATH|URL",
        help="Model of the extractor llm (as --model of `quco ask`) or gliner (hub name, folder).",
    )(command)
    return click.option(
        "--extractor",
        type=click.Choice(["spacy", "llm", "gliner"]),
        default="spacy",
        show_default=True,
        help="How claims are found: by grammar, by a language model; gliner: entities by GLiNER.",
    )(command)


def verdict_options(
    policy: str, aliases: Path | None, extractor: str, extractor_model: str | None
) -> dict[str, Any]:
    """Return the options of `open_index` that these ask for.

    Raises
    ------
    InputError
        If a file cannot be read.
    ConfigError
        If the policy is none.
    """
    from quco.verdict import VerdictPolicy

    options: dict[str, Any] = {
        "verdicts": VerdictPolicy.find(policy),
        "extractor": extractor,
        "extractor_model": extractor_model,
    }
    if aliases is not None:
        from quco.aliases import read_aliases

        options["aliases"] = read_aliases(aliases)
    return options


def open_index(path: Path | str, *, reads_text: bool = False, **options: Any) -> QuCo:
    """Open an index; the heavy imports happen here, not when the command line starts.

    `reads_text` says that entities or claims will be looked for, for which spaCy is needed.
    """
    if reads_text and options.get("extractor") != "llm":
        from quco.cli.quick_spacy import import_spacy

        import_spacy(options.get("pipeline"))
    from quco.wiring import QuCo

    return QuCo(path, **options)
