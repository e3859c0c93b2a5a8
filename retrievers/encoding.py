"""Encoding many passages, so that an interruption loses minutes and not hours."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from retrievers.checkpoint import Checkpoint
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
        goes on from there; with others it starts anew. See `retrievers.checkpoint`.
    """
    if checkpoint is None:
        return np.concatenate(list(_blocks(encoder, store, 0, progress)))
    key = {
        "encoder": encoder.name,
        "dimension": encoder.dimension,
        "passages": store.fingerprint(),
    }
    kept = Checkpoint(checkpoint, key, (BLOCK, encoder.dimension))
    report(progress, "encoding", kept.n_rows, len(store))
    kept.extend(_blocks(encoder, store, kept.n_rows, progress))
    return kept.vectors()


def _blocks(
    encoder: Encoder, store: PassageStore, start: int, progress: Progress
) -> Iterator[Vectors]:
    for first in range(start, len(store), BLOCK):
        texts = [store[row].content for row in range(first, min(first + BLOCK, len(store)))]
        yield encode_texts(encoder, texts, progress, before=first, total=len(store))
