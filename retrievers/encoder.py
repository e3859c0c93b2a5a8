"""Encoders turn texts into vectors; this is what they have in common."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from retrievers.errors import EncoderError
from retrievers.types import Progress, Rows

Vectors: TypeAlias = NDArray[np.float32]
Kind: TypeAlias = Literal["passage", "query"]


@runtime_checkable
class Encoder(Protocol):
    """Texts in, vectors out. Implementations are safe to call from several threads."""

    @property
    def name(self) -> str:
        """Identifies the vectors: an index opens only with an encoder of the same name."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def encode(
        self, texts: Sequence[str], *, kind: Kind = "passage", progress: Progress = None
    ) -> Vectors:
        """Return float32 vectors of shape (len(texts), dimension), each of length 1."""
        ...


def batches_by_length(lengths: Sequence[int], batch_size: int) -> Iterator[Rows]:
    """Yield the rows of batches in which lengths are similar, longest first.

    Longest first shows at once whether memory suffices, and makes estimates of the time left
    pessimistic rather than hopeful.
    """
    order = np.argsort(-np.asarray(lengths, dtype=np.int64), kind="stable")
    for start in range(0, len(order), batch_size):
        yield order[start : start + batch_size]


def normalised(vectors: NDArray[Any]) -> Vectors:
    """Return `vectors` (n, d) as float32, each divided by its length; a zero vector stays zero."""
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    unit: Vectors = vectors / lengths
    return unit


def stacked(rows: Sequence[Sequence[float]], dimension: int, name: str) -> Vectors:
    """Return rows of numbers as vectors of length 1, float32 of shape (len(rows), dimension).

    Raises
    ------
    EncoderError
        If a row has another length than `dimension`.
    """
    for row in rows:
        if len(row) != dimension:
            raise EncoderError(
                f"encoder {name!r} returned a vector of {len(row)} numbers, expected {dimension}"
            )
    return normalised(np.asarray(rows, np.float32).reshape(len(rows), dimension))
