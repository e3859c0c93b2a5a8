"""The token streams of an index's shards, cut between documents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus_engine import layout
from corpus_engine.errors import BuildError, DocumentError
from corpus_engine.files import cut_back
from corpus_engine.layout import ShardEntry, Width

if TYPE_CHECKING:
    from typing import BinaryIO

_COPIED_BYTES = 1 << 24


class StreamWriter:
    """Appends documents to shards; closes a shard when the next document would not fit.

    Parameters
    ----------
    folder : Path
        Where the shards lie.
    width : 1, 2 or 4
        Bytes of a token.
    most_bytes : int
        Largest stream of a shard; a document that is longer gets a shard of its own.
    """

    def __init__(self, folder: Path, width: Width, most_bytes: int) -> None:
        self._folder = folder
        self._width = width
        self.most_bytes = most_bytes
        """Largest stream of a shard; may be changed at any time."""
        self._dtype = np.dtype(f"<u{width}")
        self.closed: list[ShardEntry] = []
        """Shards that are complete."""
        self._open(0, 0)

    def _open(self, n_bytes: int, n_documents: int) -> None:
        number = len(self.closed)
        self._stream: BinaryIO = (self._folder / layout.stream_name(number)).open("ab")
        self._docs: BinaryIO = (self._folder / layout.documents_name(number)).open("ab")
        self._n_bytes, self._n_documents = n_bytes, n_documents

    def add(self, stream: bytes) -> None:
        """Append documents, each of which starts with a separator."""
        tokens = np.frombuffer(stream, self._dtype)
        starts = np.flatnonzero(tokens == np.iinfo(self._dtype).max) * self._width
        ends = np.append(starts[1:], len(stream))
        while len(starts):
            begin = int(starts[0])
            fits = int(np.searchsorted(ends, begin + self.most_bytes - self._n_bytes, "right"))
            if not fits and self._n_bytes:
                self.close_shard()
                continue
            fits = max(fits, 1)
            end = int(ends[fits - 1])
            self._docs.write((starts[:fits] - begin + self._n_bytes).astype("<u8").tobytes())
            self._stream.write(stream[begin:end])
            self._n_bytes += end - begin
            self._n_documents += fits
            starts, ends = starts[fits:], ends[fits:]

    def close_shard(self) -> None:
        """Complete the current shard and begin the next."""
        self.close()
        self.closed.append(ShardEntry(self._n_bytes // self._width, self._n_documents))
        self._open(0, 0)

    def finish(self) -> None:
        """Complete the last shard; no document may follow."""
        self.close_shard()
        self.close()
        number = len(self.closed)
        (self._folder / layout.stream_name(number)).unlink()
        (self._folder / layout.documents_name(number)).unlink()

    def close(self) -> None:
        """Close the files."""
        self._stream.close()
        self._docs.close()

    def checkpoint(self) -> dict[str, int]:
        """Write everything out; return the state of the shard that is still open."""
        self._stream.flush()
        self._docs.flush()
        return {"n_bytes": self._n_bytes, "n_documents": self._n_documents}

    def restore(self, closed: list[ShardEntry], state: Mapping[str, Any]) -> None:
        """Go back to a checkpoint."""
        self.close()
        self.closed = closed
        self._open(state["n_bytes"], state["n_documents"])
        cut_back(self._stream, self._n_bytes)
        cut_back(self._docs, 8 * self._n_documents)


def cut_evenly(folder: Path, width: Width, n_shards: int) -> list[ShardEntry]:
    """Cut the one shard of `folder` between documents into shards of about the same length.

    Raises
    ------
    DocumentError
        If there are fewer documents than shards.
    """
    whole = folder / "stream.partial"
    whole_docs = folder / "docs.partial"
    for name, kept in ((layout.documents_name(0), whole_docs), (layout.stream_name(0), whole)):
        if not kept.exists():
            (folder / name).rename(kept)
    docs = np.fromfile(whole_docs, "<u8").astype(np.int64)
    if len(docs) < n_shards:
        raise DocumentError(
            f"{len(docs):,} documents cannot make {n_shards:,} shards; ask for fewer shards"
        )
    n_bytes = whole.stat().st_size
    wanted = np.arange(1, n_shards) * n_bytes // n_shards
    cuts = np.searchsorted(docs, wanted)
    # Every shard takes at least one document, however long its neighbours are.
    cuts = np.maximum.accumulate(np.maximum(cuts - np.arange(1, n_shards), 0)) + np.arange(
        1, n_shards
    )
    cuts = np.minimum(cuts, len(docs) - np.arange(n_shards - 1, 0, -1))
    firsts = [0, *cuts.tolist(), len(docs)]
    entries = []
    with whole.open("rb") as source:
        for number in range(n_shards):
            own = docs[firsts[number] : firsts[number + 1]]
            end = int(docs[firsts[number + 1]]) if firsts[number + 1] < len(docs) else n_bytes
            start = int(own[0])
            (own - start).astype("<u8").tofile(folder / layout.documents_name(number))
            source.seek(start)
            with (folder / layout.stream_name(number)).open("wb") as target:
                left = end - start
                while left:
                    left -= target.write(source.read(min(left, _COPIED_BYTES)))
            entries.append(ShardEntry((end - start) // width, len(own)))
    return entries


def drop_whole(folder: Path) -> None:
    """Delete what `cut_evenly` cut."""
    for name in ("stream.partial", "docs.partial"):
        (folder / name).unlink(missing_ok=True)


def check_length(entry: ShardEntry, number: int, width: Width, most_bytes: int) -> None:
    """Refuse a shard that is too long to sort."""
    if entry.n_units * width > most_bytes:
        raise BuildError(
            f"shard {number} has {entry.n_units * width:,} bytes of tokens, at most "
            f"{most_bytes:,} fit in one shard; ask for more shards, or split the longest documents"
        )
