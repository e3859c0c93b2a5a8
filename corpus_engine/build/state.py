"""What a build remembers on disk, so that it can go on after it was stopped."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from corpus_engine.build.publish import STATE
from corpus_engine.layout import FileEntry, ShardEntry

READING = "reading"
READ = "read"
CUT = "cut"


@dataclass
class BuildState:
    """The progress of a build; `save` makes the next build go on from here."""

    settings: dict[str, Any]
    """What the build was asked for; another build goes on only if it asks for the same."""

    phase: str = READING
    """`READING` documents; `READ` them all; `CUT` the stream into all shards."""

    n_documents: int = 0
    """Documents in the files."""

    digest: str = ""
    """Digest of those documents' records."""

    head: str = ""
    """Digest of the first few of them."""

    n_tokens: int = 0
    """Their tokens."""

    text_bytes: int = 0
    """UTF-8 bytes of their text."""

    store: dict[str, Any] = field(default_factory=dict)
    """State of the document store."""

    encoder: dict[str, Any] = field(default_factory=dict)
    """State of the encoder."""

    open_shard: dict[str, Any] = field(default_factory=dict)
    """State of the shard that is still growing."""

    shards: list[ShardEntry] = field(default_factory=list)
    """Shards whose stream is complete."""

    sorted: dict[int, dict[str, FileEntry]] = field(default_factory=dict)
    """The files of each shard that is finished, by number."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def save(self, folder: Path, **changes: Any) -> None:
        """Change fields and write the state, so that a kill leaves the old one or the new one.

        Threads may save at the same time: each writes a state that is consistent.
        """
        with self._lock:
            for name, value in changes.items():
                setattr(self, name, value)
            content = json.dumps(asdict(self)).encode()
            path = folder / f"{STATE}.new"
            path.write_bytes(content)
            path.replace(folder / STATE)

    @staticmethod
    def load(folder: Path, settings: Mapping[str, Any]) -> BuildState | None:
        """Return the state of a build with the same settings, or None if there is none."""
        try:
            content = json.loads((folder / STATE).read_bytes())
            if content["settings"] != settings:
                return None
            content["shards"] = [ShardEntry(**entry) for entry in content["shards"]]
            content["sorted"] = {
                int(shard): {name: FileEntry(**entry) for name, entry in files.items()}
                for shard, files in content["sorted"].items()
            }
            return BuildState(**content)
        except (OSError, ValueError, TypeError, KeyError):
            return None
