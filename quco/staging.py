"""A hidden folder beside an index in which it is made, kept while it is worth going on with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corpus_engine.errors import BuildRunningError
from corpus_engine.folders import LOCK, locked, replace, working_folder
from quco.errors import UsageError

_REQUEST = "building.request"


@contextmanager
def staging(
    out: Path, request: Mapping[str, Any], worth_keeping: Callable[[Path], bool]
) -> Iterator[Path]:
    """Yield the folder in which `out` is made, with what a stopped build of the same left there.

    Parameters
    ----------
    out : Path
        The index.
    request : mapping
        What is asked for, as JSON has it; what a build of something else left is deleted.
    worth_keeping : callable
        Told the folder when the block raises or the process was killed, says whether a later build
        can go on from what is in it; else it is deleted.

    Raises
    ------
    UsageError
        If another process is making `out`.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = working_folder(out)
    folder.mkdir(exist_ok=True)
    with _held(folder):
        try:
            if _request_in(folder) != request or not worth_keeping(folder):
                _clear(folder)
            (folder / _REQUEST).write_text(json.dumps(request), encoding="utf-8")
            yield folder
        finally:
            if folder.exists() and not worth_keeping(folder):
                shutil.rmtree(folder, ignore_errors=True)


def publish(folder: Path, out: Path) -> None:
    """Move the finished folder into place; the old one goes only then."""
    (folder / _REQUEST).unlink()
    (folder / LOCK).unlink()
    replace(folder, out)
    shutil.rmtree(folder, ignore_errors=True)


def _request_in(folder: Path) -> object:
    try:
        return json.loads((folder / _REQUEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    try:
        with locked(folder):
            yield
    except BuildRunningError as exc:
        raise UsageError(str(exc)) from exc
