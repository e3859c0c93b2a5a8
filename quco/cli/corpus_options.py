"""Opening the corpus statistics of an index alone, whoever built them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from quco.errors import StatisticsError, UsageError

Command = TypeVar("Command", bound=Callable[..., Any])


def width_option(command: Command) -> Command:
    """Add ``--width BYTES``."""
    return click.option(
        "--width",
        type=click.Choice(["1", "2", "4"]),
        help="Bytes of a token, for an index of infini-gram.  [default: 2]",
    )(command)


def version_option(command: Command) -> Command:
    """Add ``--format-version N``."""
    return click.option(
        "--format-version",
        "version",
        type=click.IntRange(4, 5),
        default=4,
        help="Version of an index of infini-gram; 5 holds documents backwards.  [default: 4]",
    )(command)


def tokenizer_option(command: Command) -> Command:
    """Add ``--tokenizer NAME``."""
    return click.option(
        "--tokenizer",
        metavar="NAME",
        help="What an index of infini-gram was built with: byte, a tokenizer.json, a hub name.",
    )(command)


def corpus_folder(path: Path) -> Path:
    """Return the folder of the statistics: in an index of `quco index build`, a part of it."""
    from quco.indexing import CORPUS, MANIFEST

    return path / CORPUS if (path / MANIFEST).exists() else path


def whole(width: str | None) -> int | None:
    """Return the width as a number."""
    return None if width is None else int(width)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the engine's errors into those of the command line."""
    from corpus_engine import CorpusEngineError, QueryError

    try:
        yield
    except QueryError as exc:
        raise UsageError(str(exc)) from exc
    except CorpusEngineError as exc:
        raise StatisticsError(str(exc)) from exc
