"""Opening the folder of an index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from corpus_engine import layout
from corpus_engine.encoders.base import Encoder
from corpus_engine.encoders.load import BYTE, SUBWORD, foreign_encoder, open_encoder
from corpus_engine.errors import IndexFormatError, QueryError
from corpus_engine.layout import Manifest, Width
from corpus_engine.shard import Shard
from corpus_engine.shard_files import ShardFiles
from corpus_engine.store import DocumentStore


@dataclass(frozen=True, slots=True)
class Opened:
    """The parts of an open index."""

    path: Path
    """Its folder."""

    shards: tuple[Shard, ...]
    """Its shards."""

    n_tokens: int
    """Tokens without separators, as the analyzer counts them."""

    analyzer: str | None
    """What made the tokens, where that is known."""

    encoder: Encoder | None
    """Turns text into tokens, where that is known."""

    store: DocumentStore | None
    """Original text, where it is kept."""

    manifest: Manifest | None
    """The manifest of an index of ours."""

    backwards: bool = False
    """Whether documents lie backwards in the streams."""

    @property
    def trail_units(self) -> tuple[int, int]:
        """Range of the tokens that continue a word."""
        return self.encoder.trail_units if self.encoder else (0, 0)

    @property
    def units_a_token(self) -> int:
        """Most stream tokens that one token of the analyzer takes."""
        return self.encoder.units_a_token if self.encoder else 1

    def close(self) -> None:
        """Close all parts."""
        if self.encoder:
            self.encoder.close()
        if self.store:
            self.store.close()
        for shard in self.shards:
            shard.close()


def open_folder(path: Path, analyzer: str | None, width: int | None, version: int) -> Opened:
    """Open an index of ours, or one of infini-gram's if there is no manifest."""
    if not path.is_dir():
        raise IndexFormatError(f"{path} is no index: there is no such folder")
    if (path / layout.MANIFEST).exists():
        if analyzer is not None or width is not None or version != 4:
            raise QueryError(
                f"{path} has a manifest, which says its analyzer, token width and version; leave "
                "these arguments out"
            )
        return _open_own(path)
    if width not in (None, 1, 2, 4):
        raise QueryError(f"width is {width}, expected 1, 2 or 4 bytes a token")
    if version not in (4, 5):
        raise QueryError(f"version is {version}, expected infini-gram's 4 or 5")
    if not (any(path.glob("tokenized*")) or any(path.glob("*offset*"))):
        raise IndexFormatError(f"{path} is no index: it has no {layout.MANIFEST}")
    return _open_foreign(path, analyzer, cast("Width", width or 2), version)


def _open_own(path: Path) -> Opened:
    manifest = Manifest.read(path)
    sizes = {name: entry.size_bytes for name, entry in manifest.files.items()}
    shards = tuple(
        Shard(ShardFiles.of(path, number), manifest.width, sizes)
        for number in range(len(manifest.shards))
    )
    for number, (shard, entry) in enumerate(zip(shards, manifest.shards, strict=True)):
        if (shard.n_units, len(shard.docs)) != (entry.n_units, entry.n_documents):
            raise IndexFormatError(
                f"shard {number} of {path} has {shard.n_units:,} tokens in {len(shard.docs):,} "
                f"documents, its manifest says {entry.n_units:,} in {entry.n_documents:,}; build "
                "the index again"
            )
    store = DocumentStore(path, sizes)
    if store.n_documents != manifest.n_documents:
        raise IndexFormatError(
            f"{path} stores the text of {store.n_documents:,} documents, expected "
            f"{manifest.n_documents:,}; build the index again"
        )
    encoder = open_encoder(path, manifest, sizes)
    return Opened(path, shards, manifest.n_tokens, manifest.analyzer, encoder, store, manifest)


def _open_foreign(path: Path, analyzer: str | None, width: Width, version: int) -> Opened:
    shards = open_shards(path, width)
    n_tokens = sum(shard.n_units - len(shard.docs) for shard in shards)
    encoder = None if analyzer is None else foreign_encoder(analyzer, width)
    name = None if analyzer is None else BYTE if analyzer == BYTE else SUBWORD
    return Opened(path, tuple(shards), n_tokens, name, encoder, None, None, version == 5)


def open_shards(path: Path, width: Width) -> Sequence[Shard]:
    """Open all shards of a folder in infini-gram's order, whoever wrote them."""
    return [Shard(files, width, {}) for files in ShardFiles.find(path)]
