"""What every command prints with: JSON on stdout, progress bars and complaints on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from quco.serialize import to_jsonable

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    Progress = Callable[[str, int, int | None], None]


def console() -> Console:
    """Return the console for people; plain text where stdout is no terminal."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def print_json(schema: str, value: Mapping[str, Any]) -> None:
    """Print one JSON object; `schema` names its form and version."""
    print(json.dumps({"schema": schema, **to_jsonable(value)}, ensure_ascii=False))  # noqa: T201


def complain(message: str) -> None:
    """Print one line for people on stderr."""
    line = " ".join(message.split())
    print(f"quco: {line}", file=sys.stderr)  # noqa: T201


@contextmanager
def progress_bars() -> Iterator[Progress | None]:
    """Yield a progress callback that draws a bar for each stage, or None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def report(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield report
