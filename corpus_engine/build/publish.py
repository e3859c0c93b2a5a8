"""A folder that appears whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from corpus_engine import layout
from corpus_engine.errors import BuildError, DiskFullError, IndexExistsError


@contextmanager
def published(out: Path, *, overwrite: bool) -> Iterator[Path]:
    """Yield an empty folder beside `out` that replaces `out` if the block succeeds.

    Whatever was at `out` stays as it is until then, and for good if the block raises.

    Raises
    ------
    IndexExistsError
        If `out` exists and `overwrite` is false, or is something that is not an index.
    DiskFullError
        If the disk is full.
    """
    out = Path(os.path.abspath(out))  # noqa: PTH100 - resolve() would follow a link that is `out`
    check_target(out, overwrite=overwrite)
    work = out.parent / f".{out.name}.building"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        yield work
        for file in work.iterdir():
            _sync(file)
        layout.sync_folder(work)
        _replace(work, out)
    except OSError as exc:
        if exc.errno == errno.ENOSPC:
            raise DiskFullError(
                f"no room left on the disk of {out.parent} while building {out.name}; an index "
                "takes about 8 bytes a word besides the compressed text, and twice that while it "
                "is built"
            ) from exc
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


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


def _replace(work: Path, out: Path) -> None:
    """Put `work` at `out`; the old folder is moved aside first and comes back on failure."""
    old = out.parent / f".{out.name}.replaced"
    shutil.rmtree(old, ignore_errors=True)
    had_old = out.exists()
    if had_old:
        out.rename(old)
    try:
        work.rename(out)
    except BaseException:
        if had_old:
            with suppress(OSError):
                old.rename(out)
        raise
    layout.sync_folder(out.parent)
    shutil.rmtree(old, ignore_errors=True)
