"""Which files make up a shard."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corpus_engine import layout
from corpus_engine.errors import IndexFormatError


@dataclass(frozen=True, slots=True)
class ShardFiles:
    """Where the files of one shard lie."""

    stream: Path
    """Tokens."""

    ranks: Path
    """Suffix array."""

    docs: Path
    """Where documents start."""

    jump: Path
    """Jump index; need not exist."""

    metadata: Path | None = None
    """A line of JSON for each document, as infini-gram writes it."""

    metadata_starts: Path | None = None
    """Where each of those lines starts."""

    @staticmethod
    def of(folder: Path, number: int) -> ShardFiles:
        """Return the files of a shard of an index of ours."""
        return ShardFiles(
            folder / layout.stream_name(number),
            folder / layout.ranks_name(number),
            folder / layout.documents_name(number),
            folder / layout.jump_name(number),
        )

    @staticmethod
    def find(folder: Path) -> list[ShardFiles]:
        """Return the shards of a folder in infini-gram's order, which is that of the names.

        Raises
        ------
        IndexFormatError
            If there are none, or the files do not belong together.
        """
        names = sorted(file.name for file in folder.iterdir() if file.is_file())
        kinds: dict[str, list[Path]] = {word: [] for word in layout.RESERVED_WORDS}
        for name in names:
            # The first word that a name contains decides, as it does for infini-gram.
            kind = next((word for word in layout.RESERVED_WORDS if word in name), None)
            if kind:
                kinds[kind].append(folder / name)
        streams = kinds["tokenized"]
        for kind in ("table", "offset"):
            if len(kinds[kind]) != len(streams) or not streams:
                raise IndexFormatError(
                    f"{folder} is no index: it has {len(streams)} files named 'tokenized' and "
                    f"{len(kinds[kind])} named {kind!r}, expected as many of each, and at least one"
                )
        with_metadata = len(kinds["metadata"]) == len(kinds["metaoff"]) == len(streams)
        return [
            ShardFiles(
                stream,
                kinds["table"][i],
                kinds["offset"][i],
                folder / stream.name.replace("tokenized", "jump"),
                kinds["metadata"][i] if with_metadata else None,
                kinds["metaoff"][i] if with_metadata else None,
            )
            for i, stream in enumerate(streams)
        ]
