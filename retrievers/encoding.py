"""Encoding many passages, so that an interruption loses minutes and not hours."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from retrievers.encoder import Encoder, Vectors
from retrievers.errors import EncoderError
from retrievers.store import PassageStore
from retrievers.types import Progress, report

BLOCK = 1024
"""Passages between two checkpoints; within a block, texts are batched by length."""


def encode_texts(
    encoder: Encoder,
    texts: list[str],
    progress: Progress = None,
    *,
    before: int = 0,
    total: int = 0,
) -> Vectors:
    """Encode and check what the encoder returns.

    Raises
    ------
    EncoderError
        If the result has another shape than (len(texts), encoder.dimension), or is not finite.
    """
    total = total or len(texts)

    def on_batch(stage: str, done: int, _: int | None) -> None:
        report(progress, stage, before + done, total)

    vectors = np.asarray(encoder.encode(texts, progress=on_batch), dtype=np.float32)
    if vectors.shape != (len(texts), encoder.dimension):
        raise EncoderError(
            f"encoder {encoder.name!r} returned an array of shape {vectors.shape} for "
            f"{len(texts)} texts, expected {(len(texts), encoder.dimension)}"
        )
    if not np.isfinite(vectors).all():
        raise EncoderError(f"encoder {encoder.name!r} returned numbers that are not finite")
    return vectors


def encode_store(
    encoder: Encoder,
    store: PassageStore,
    *,
    checkpoint: Path | None = None,
    progress: Progress = None,
) -> Vectors:
    """Return the vectors of all passages, float32 of shape (len(store), encoder.dimension).

    Parameters
    ----------
    checkpoint : Path, optional
        Folder in which finished blocks are kept. A second call with the same passages and encoder
        goes on from there; with others it starts anew. Remove it with `forget`.
    """
    if checkpoint is None:
        blocks = [block for _, block in _blocks(encoder, store, 0, progress)]
        return np.concatenate(blocks)
    path = checkpoint / "vectors.f32"
    done = _resume(checkpoint, encoder, store)
    report(progress, "encoding", done, len(store))
    with path.open("ab") as stream:
        for _, block in _blocks(encoder, store, done, progress):
            stream.write(block.tobytes())
            stream.flush()
    return np.memmap(path, np.float32, "r", shape=(len(store), encoder.dimension))


def forget(checkpoint: Path) -> None:
    """Remove the checkpoint."""
    shutil.rmtree(checkpoint, ignore_errors=True)


def _blocks(
    encoder: Encoder, store: PassageStore, start: int, progress: Progress
) -> Iterator[tuple[int, Vectors]]:
    for first in range(start, len(store), BLOCK):
        texts = [store[row].content for row in range(first, min(first + BLOCK, len(store)))]
        yield first, encode_texts(encoder, texts, progress, before=first, total=len(store))


def _resume(checkpoint: Path, encoder: Encoder, store: PassageStore) -> int:
    """Return how many passages are encoded already, after dropping what does not belong."""
    key = json.dumps(
        {
            "encoder": encoder.name,
            "dimension": encoder.dimension,
            "passages": store.fingerprint(),
        }
    )
    path, key_path = checkpoint / "vectors.f32", checkpoint / "key.json"
    checkpoint.mkdir(parents=True, exist_ok=True)
    if not path.exists() or not key_path.exists() or key_path.read_text() != key:
        path.write_bytes(b"")
        key_path.write_text(key)
    row_bytes = 4 * encoder.dimension
    done = path.stat().st_size // row_bytes // BLOCK * BLOCK  # a block may be cut short
    with path.open("r+b") as stream:
        stream.truncate(done * row_bytes)
    return done
