"""Names, formats and the manifest of the files of an index.

The files that infini-gram reads are found by substrings of their whole path, so no other file may
contain one of `RESERVED_WORDS`.
"""

from __future__ import annotations

import json
import os
import struct
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from corpus_engine.errors import IndexFormatError, IndexVersionError

FORMAT = "corpus-engine"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
RESERVED_WORDS = ("tokenized", "table", "offset", "metadata", "metaoff", "unigram")

WORDS_BLOB = "words.blob"
WORDS_STARTS = "words.starts"
WORDS_SLOTS = "words.slots"
TOKENIZER = "tokenizer.json"
TEXT_BLOCKS = "text.blocks"
TEXT_BLOCK_STARTS = "text.blockstarts"
TEXT_DOC_STARTS = "text.docstarts"

JUMP_MAGIC = b"QCJUMP02"
JUMP_HEADER = struct.Struct("<8sQQQ")
"""Magic, stride in ranks, number of sampled keys, number of levels."""

PAGE_BYTES = 4096
"""The header takes one page, and each level, from the top down, starts on a page."""

KEYS_A_BLOCK = 64
"""Keys under one key of the level above: eight cache lines, which are fetched together."""

TOP_KEYS = 512
"""Keys that the top level may have: one page."""

MOST_LEVELS = 8


def level_sizes(n_keys: int) -> list[int]:
    """Return the number of keys of each level of a jump index, the lowest first.

    >>> level_sizes(1_700_000)
    [1700000, 26563, 416]
    """
    sizes = [n_keys]
    while sizes[-1] > TOP_KEYS:
        sizes.append(-(-sizes[-1] // KEYS_A_BLOCK))
    return sizes


def level_starts(sizes: list[int]) -> list[int]:
    """Return the byte offset of each level in its file, the lowest first, and the file's length."""
    at = PAGE_BYTES
    starts: list[int] = []
    for size in reversed(sizes):
        starts.insert(0, at)
        at += -(-8 * size // PAGE_BYTES) * PAGE_BYTES
    return [*starts, at]


Width = Literal[1, 2, 4]


def stream_name(shard: int) -> str:
    """Return the file name of a shard's token stream."""
    return f"tokenized.{shard}"


def ranks_name(shard: int) -> str:
    """Return the file name of a shard's suffix array."""
    return f"table.{shard}"


def documents_name(shard: int) -> str:
    """Return the file name of a shard's document starts."""
    return f"offset.{shard}"


def jump_name(shard: int) -> str:
    """Return the file name of a shard's jump index."""
    return f"jump.{shard}"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """What the manifest says of one file."""

    size_bytes: int
    """Length of the file."""

    blake2b: str
    """BLAKE2b-128 of its content, in hexadecimal."""


@dataclass(frozen=True, slots=True)
class ShardEntry:
    """What the manifest says of one shard."""

    n_units: int
    """Tokens in the stream, separators included."""

    n_documents: int
    """Documents, each of which starts with a separator."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything about an index that its data files do not say."""

    analyzer: str
    """Which encoder made the tokens: ``word``, ``byte`` or ``tokenizer``."""

    width: Width
    """Bytes of a token."""

    n_tokens: int
    """Tokens without separators, as the analyzer counts them."""

    n_documents: int
    """Documents."""

    vocabulary_size: int
    """Distinct words, or the size of the token range."""

    text_bytes: int
    """UTF-8 bytes of the documents' text."""

    shards: tuple[ShardEntry, ...]
    """One entry a shard."""

    files: dict[str, FileEntry] = field(default_factory=dict)
    """Every file but the manifest, by name."""

    def write(self, folder: Path) -> None:
        """Write the manifest into `folder`, durably."""
        content = {"format": FORMAT, "version": FORMAT_VERSION, **asdict(self)}
        write_durably(folder / MANIFEST, json.dumps(content, indent=1).encode())

    @staticmethod
    def read(folder: Path) -> Manifest:
        """Read and check the manifest of `folder`.

        Raises
        ------
        IndexFormatError
            If there is none, or it is not one of ours.
        IndexVersionError
            If another format version wrote it.
        """
        path = folder / MANIFEST
        try:
            content = json.loads(path.read_bytes())
        except FileNotFoundError as exc:
            raise IndexFormatError(f"{folder} is no index: it has no {MANIFEST}") from exc
        except (ValueError, IsADirectoryError) as exc:
            raise IndexFormatError(f"{path} is damaged: {exc}; build the index again") from exc
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise IndexFormatError(f"{path} does not describe an index of this package")
        if content.get("version") != FORMAT_VERSION:
            raise IndexVersionError(
                f"{path} has format version {content.get('version')!r}, this release reads "
                f"version {FORMAT_VERSION}; build the index again"
            )
        try:
            return _parse(content)
        except (KeyError, TypeError, AttributeError) as exc:
            raise IndexFormatError(f"{path} is damaged: {exc!r}; build the index again") from exc


def _parse(content: dict[str, Any]) -> Manifest:
    width = content["width"]
    if width not in (1, 2, 4):
        raise TypeError(f"width {width!r} is not 1, 2 or 4")
    numbers = {key: content[key] for key in _NUMBERS}
    for key, value in numbers.items():
        if not isinstance(value, int) or value < 0:
            raise TypeError(f"{key} is {value!r}, not a count")
    return Manifest(
        analyzer=str(content["analyzer"]),
        width=cast("Width", width),
        shards=tuple(ShardEntry(**entry) for entry in content["shards"]),
        files={str(name): FileEntry(**entry) for name, entry in content["files"].items()},
        **numbers,
    )


_NUMBERS = ("n_tokens", "n_documents", "vocabulary_size", "text_bytes")


def write_durably(path: Path, content: bytes) -> None:
    """Write a small file and force it to the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Force the names in `folder` to the disk, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
