"""A folder of checksummed parts that is replaced atomically.

    passages/
      manifest.json        names the current parts, sizes and checksums of their files
      store-3f9a.../       each part is a folder, written once and never changed
      dense-77ab.../
      bm25-0c1d.../

A save writes new part folders beside the old ones and then swaps `manifest.json` with one
rename, so that a reader sees the old collection or the new one, and an interrupted save leaves
the old one intact. One writer at a time.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from retrievers.errors import (
    CollectionExistsError,
    CollectionFormatError,
    CollectionNotFoundError,
)

FORMAT = "retrievers.passages"
VERSION = 1
MANIFEST = "manifest.json"
PARTS = ("store", "dense", "bm25")

_CHECKED_ON_OPEN_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """One written part of a collection."""

    folder: str
    """Name of the part's folder, beside the manifest."""

    files: Mapping[str, tuple[int, str]]
    """Of each file: size in bytes and sha256 in hex."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    """What the part needs to be opened: counts, dimension, names, options."""


class FolderWriter:
    """Context manager that replaces a folder's collection when its body succeeds.

    Parameters
    ----------
    root : Path
        The folder; made if missing.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._parts: dict[str, Part] = {}
        self._is_new = not root.exists()

    def __enter__(self) -> Self:
        self._root.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if exc_type is None:
            _write_manifest(self._root, self._parts)
        self._remove_strays()
        if exc_type is not None and self._is_new:
            shutil.rmtree(self._root, ignore_errors=True)

    @contextmanager
    def part(self, name: str, settings: Mapping[str, Any]) -> Iterator[Path]:
        """Yield an empty folder for the files of one part; they are checksummed afterwards."""
        temporary = self._root / f".{name}.{os.getpid()}.tmp"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        yield temporary
        self._parts[name] = _seal(self._root, name, temporary, settings)

    def _remove_strays(self) -> None:
        """Remove what no manifest names: old parts, or new ones of a save that failed."""
        try:
            kept = {part.folder for part in _parse(self._root).values()}
        except CollectionNotFoundError:
            kept = set()
        except CollectionFormatError:  # a damaged collection, and nothing new: leave it alone
            return
        for path in self._root.iterdir():
            temporary = path.name.startswith(tuple(f".{part}." for part in PARTS))
            sealed = path.name.startswith(tuple(f"{part}-" for part in PARTS))
            if temporary or (sealed and path.name not in kept):
                shutil.rmtree(path, ignore_errors=True)


def read_manifest(root: Path, *, verify: bool = False) -> dict[str, Part]:
    """Return the parts that the manifest of `root` names, after checking their files.

    Parameters
    ----------
    root : Path
        Folder of a collection.
    verify : bool, default=False
        Compare the checksum of every file. Otherwise sizes are compared, and checksums of
        files up to 4 MiB only, which keeps opening independent of the collection's size.

    Raises
    ------
    CollectionNotFoundError
        If there is no manifest.
    CollectionFormatError
        If the manifest or a file is damaged, or was written by a newer version.
    """
    parts = _parse(root)
    for part in parts.values():
        _check_files(root / part.folder, part, verify=verify)
    return parts


def check_destination(root: Path, *, overwrite: bool) -> None:
    """Refuse to write into a folder that holds something else, or a collection to be kept.

    Raises
    ------
    CollectionExistsError
        If `root` is a file, holds foreign files, or a collection while `overwrite` is false.
    """
    if root.exists() and not root.is_dir():
        raise CollectionExistsError(f"{root} is a file; a folder is needed")
    if not root.exists():
        return
    if (root / MANIFEST).exists():
        if not overwrite:
            raise CollectionExistsError(
                f"{root} already holds a passage collection; ask for overwrite to replace it"
            )
    elif any(not path.name.startswith(".") for path in root.iterdir()):
        raise CollectionExistsError(f"{root} holds other files; choose an empty or new folder")


def _seal(root: Path, name: str, temporary: Path, settings: Mapping[str, Any]) -> Part:
    """Checksum the files of `temporary` and give the folder its final, content-derived name."""
    files = {}
    whole = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for path in sorted(temporary.iterdir()):
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            os.fsync(stream.fileno())
        files[path.name] = (path.stat().st_size, digest)
        whole.update(f"{path.name}:{digest}\n".encode())
    folder = f"{name}-{whole.hexdigest()[:16]}"
    if (root / folder).exists():  # the same content is there already
        shutil.rmtree(temporary)
    else:
        temporary.rename(root / folder)
    return Part(folder, files, dict(settings))


def _write_manifest(root: Path, parts: Mapping[str, Part]) -> None:
    body: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "parts": {
            name: {
                "folder": part.folder,
                "files": {file: list(entry) for file, entry in part.files.items()},
                "settings": dict(part.settings),
            }
            for name, part in parts.items()
        },
    }
    body["checksum"] = _checksum(body)
    temporary = root / f".{MANIFEST}.{os.getpid()}.tmp"
    with temporary.open("w", encoding="utf-8") as stream:
        json.dump(body, stream, indent=1, sort_keys=True)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(root / MANIFEST)


def _parse(root: Path) -> dict[str, Part]:
    path = root / MANIFEST
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise CollectionNotFoundError(
            f"no passage collection at {root}: {MANIFEST} is missing; build one first"
        ) from exc
    except (json.JSONDecodeError, UnicodeDecodeError) as exc:
        raise CollectionFormatError(f"{path} is not valid JSON ({exc}); rebuild it") from exc
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise CollectionFormatError(f"{path} does not describe a passage collection ({FORMAT})")
    if body.get("version") != VERSION:
        raise CollectionFormatError(
            f"{path} has version {body.get('version')!r}, this release reads {VERSION}; rebuild it"
        )
    if body.pop("checksum", None) != _checksum(body):
        raise CollectionFormatError(f"{path} was changed after it was written; rebuild it")
    return {
        name: Part(
            entry["folder"],
            {file: (size, digest) for file, (size, digest) in entry["files"].items()},
            entry["settings"],
        )
        for name, entry in body["parts"].items()
    }


def _check_files(folder: Path, part: Part, *, verify: bool) -> None:
    for name, (size, digest) in part.files.items():
        path = folder / name
        try:
            found = path.stat().st_size
        except FileNotFoundError as exc:
            raise CollectionFormatError(f"{path} is missing; rebuild the collection") from exc
        if found != size:
            raise CollectionFormatError(
                f"{path} has {found} bytes, expected {size}; it was cut short or changed: rebuild"
            )
        if verify or size <= _CHECKED_ON_OPEN_BYTES:
            with path.open("rb") as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() != digest:
                    raise CollectionFormatError(
                        f"{path} is damaged (its checksum differs); rebuild the collection"
                    )


def _checksum(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
