"""Checksums of files, and files that go back to an earlier length."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

from corpus_engine.layout import FileEntry


def file_entry(path: Path) -> FileEntry:
    """Return the size and checksum of a file."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
        return FileEntry(file.tell(), digest.hexdigest())


def matches(path: Path, entry: FileEntry) -> bool:
    """Tell whether a file is there with the content that an entry describes."""
    try:
        return path.stat().st_size == entry.size_bytes and file_entry(path) == entry
    except FileNotFoundError:
        return False


def cut_back(file: BinaryIO, size_bytes: int) -> None:
    """Shorten a file that is open for appending to the length it once had.

    Raises
    ------
    ValueError
        If it is shorter already.
    """
    if file.seek(0, 2) < size_bytes:
        raise ValueError(f"{file.name} has {file.tell():,} bytes, expected {size_bytes:,}")
    file.truncate(size_bytes)
    file.seek(size_bytes)
