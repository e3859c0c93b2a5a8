"""Prompts that a model has read, kept on disk, so that the next process need not read them."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

KEPT = 4
"""States that are kept for one model; the oldest go."""

_EDGE_BYTES = 1 << 20
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PromptMemory:
    """A folder of llama.cpp's states after reading a prompt.

    A state is found again under the model, the runtime's version and the prompt only. Its
    checksum lies beside it, since llama.cpp ends the process over a damaged one.
    """

    folder: Path
    """Where they lie; made where it is missing."""

    model: Path
    """The model file."""

    runtime: str
    """Name and version of the program that made the states."""

    _fingerprint: str = field(init=False)

    def __post_init__(self) -> None:
        """Look at the model file."""
        object.__setattr__(self, "_fingerprint", _fingerprint(self.model))

    def name(self, prompt: str) -> str:
        """Return the file name of the state after `prompt`; the file need not exist."""
        parts = (self._fingerprint, self.runtime, prompt)
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        return f"{self.model.stem}-{digest[:32]}.state"

    def holds(self, name: str) -> bool:
        """Whether the state is there and undamaged."""
        try:
            expected = self._checksum(name).read_text(encoding="ascii")
            return _sha256(self.folder / name) == expected
        except (OSError, UnicodeDecodeError):
            return False

    def store(self, name: str, save: Callable[[str], bool]) -> bool:
        """Have a state written into the folder and take it in; return whether that was done.

        `save` writes it under a file name of the folder, and says whether it could. A folder that
        cannot be written to is logged.
        """
        written = f"{name}.{os.getpid()}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not save(written):
                return False
            self.keep(written, name)
        except OSError as exc:
            _log.info("the state %s cannot be kept: %s", name, exc)
            return False
        return True

    def keep(self, written: str, name: str) -> None:
        """Take in a state that was just written into the folder under another name.

        Raises
        ------
        OSError
            If the folder cannot be written to.
        """
        checksum = _sha256(self.folder / written)
        (self.folder / written).replace(self.folder / name)
        self._checksum(name).write_text(checksum, encoding="ascii")
        states = sorted(
            self.folder.glob(f"{self.model.stem}-*.state"), key=lambda path: -path.stat().st_mtime
        )
        for old in states[KEPT:]:
            self._checksum(old.name).unlink(missing_ok=True)
            old.unlink(missing_ok=True)

    def _checksum(self, name: str) -> Path:
        return self.folder / f"{name}.sha256"


def _fingerprint(path: Path) -> str:
    """Return what tells a model file from another without reading a gigabyte."""
    status = path.stat()
    digest = hashlib.sha256(f"{status.st_size} {status.st_mtime_ns} ".encode())
    with path.open("rb") as file:
        digest.update(file.read(_EDGE_BYTES))
        file.seek(-min(_EDGE_BYTES, status.st_size), os.SEEK_END)
        digest.update(file.read())
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
