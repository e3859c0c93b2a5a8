"""A folder that appears whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus_engine import layout
from corpus_engine.errors import BuildError, DiskFullError, IndexExistsError
from corpus_engine.folders import LOCK, locked, replace, working_folder

STATE = "building.json"


@contextmanager
def published(out: Path, *, overwrite: bool, resume: bool) -> Iterator[Path]:
    """Yield a working folder beside `out` that replaces `out` if the block succeeds.

    Whatever was at `out` stays as it is until then, and for good if the block raises. The working
    folder of a build that was stopped after its first checkpoint is kept, and yielded again.

    Raises
    ------
    IndexExistsError
        If `out` exists and `overwrite` is false, or is something that is not an index.
    DiskFullError
        If the disk is full.
    BuildRunningError
        If another build of `out` is running.
    """
    check_target(out, overwrite=overwrite)
    work = working_folder(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        work.mkdir(exist_ok=True)
        with locked(work):
            try:
                if not resume:
                    clear(work)
                yield work
                _complete(work)
                replace(work, out)
            finally:
                # A checkpoint is worth keeping; the old index, which an exchange leaves here, has
                # none.
                if not (work / STATE).exists():
                    shutil.rmtree(work, ignore_errors=True)
    except OSError as exc:
        if exc.errno == errno.ENOSPC:
            raise DiskFullError(
                f"no room left on the disk of {out.parent} while building {out.name}; an index "
                "takes about 8 bytes a word besides the compressed text"
            ) from exc
        raise


def has_checkpoint(out: Path) -> bool:
    """Tell whether a build of `out` was stopped after a checkpoint, and can go on from there."""
    return (working_folder(out) / STATE).exists()


def _complete(work: Path) -> None:
    """Force the index to the disk, then drop what only a build needs."""
    for file in work.iterdir():
        if not is_temporary(file):
            _sync(file)
    for file in work.iterdir():
        if is_temporary(file):
            file.unlink()
    layout.sync_folder(work)


def is_temporary(file: Path) -> bool:
    """Tell whether a file of a working folder is no part of the index."""
    return file.name.startswith("building.") or file.suffix == ".partial"


def clear(work: Path) -> None:
    """Delete all files of a working folder but its lock, the checkpoint first."""
    (work / STATE).unlink(missing_ok=True)
    for file in work.iterdir():
        if file.name != LOCK:
            file.unlink()


def check_target(out: Path, *, overwrite: bool) -> None:
    """Refuse a target that may not be replaced."""
    for name in layout.RESERVED_WORDS:
        if name in str(out):
            raise BuildError(
                f"{out} contains {name!r}, by which infini-gram would take every file in it for "
                "another; choose another path"
            )
    if not out.exists():
        return
    if not overwrite:
        raise IndexExistsError(
            f"{out} exists; pass overwrite to replace it, or choose another path"
        )
    is_index = (out / layout.MANIFEST).is_file()
    if not out.is_dir() or (not is_index and any(out.iterdir())):
        raise IndexExistsError(f"{out} exists and is no index; it will not be replaced")


def _sync(file: Path) -> None:
    with file.open("rb+") as handle:
        os.fsync(handle.fileno())
