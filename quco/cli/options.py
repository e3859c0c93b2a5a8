"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

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


def open_index(path: Path, **options: Any) -> QuCo:
    """Open an index; the heavy imports happen here, not when the command line starts."""
    from quco.wiring import QuCo

    return QuCo(path, **options)
