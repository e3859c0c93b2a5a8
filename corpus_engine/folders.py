"""Folders that are made beside their place, held against others, and moved into it in one step."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from corpus_engine import layout
from corpus_engine.errors import BuildRunningError

LOCK = "building.lock"
"""File of a working folder that its builder holds."""

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def working_folder(out: Path) -> Path:
    """Return the hidden folder in which `out` is made."""
    return out.parent / f".{out.name}.building"


@contextmanager
def locked(work: Path) -> Iterator[None]:
    """Hold a working folder against other builds, where the system can.

    Raises
    ------
    BuildRunningError
        If another build holds it.
    """
    with (work / LOCK).open("wb") as file:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as exc:
                raise BuildRunningError(
                    f"another process is building in {work}; wait for it, or stop it"
                ) from exc
        yield


def replace(work: Path, out: Path) -> None:
    """Put `work` at `out`, in one step where the system can exchange two folders.

    What was at `out` is deleted, or left at `work`, for the caller to delete.
    """
    if not out.exists():
        work.rename(out)
    elif not _exchange(work, out):
        old = out.parent / f".{out.name}.replaced"
        shutil.rmtree(old, ignore_errors=True)
        out.rename(old)
        try:
            work.rename(out)
        except BaseException:
            with suppress(OSError):
                old.rename(out)
            raise
        shutil.rmtree(old, ignore_errors=True)
    layout.sync_folder(out.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders atomically (Linux 3.15 and later); say whether that was possible."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    status = rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return bool(status == 0)
