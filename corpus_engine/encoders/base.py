"""What an encoder does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus_engine.layout import Width


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents as they go into a token stream."""

    stream: bytes
    """For each document a separator, then its tokens."""

    n_tokens: int
    """Tokens without separators, as the analyzer counts them."""


class Encoder(Protocol):
    """Turns texts into tokens, and places in the stream back into characters."""

    @property
    def width(self) -> Width:
        """Bytes of a token in the stream."""

    @property
    def trail_units(self) -> tuple[int, int]:
        """Range of tokens that continue a word; (0, 0) where each token stands for itself."""

    @property
    def units_a_token(self) -> int:
        """Most stream tokens that one token of the analyzer takes."""

    @property
    def vocabulary_size(self) -> int:
        """Distinct words, or the size of the token range."""

    @property
    def words_address(self) -> int:
        """Where the record of a vocabulary lies that kernels look words up in; 0 without one."""

    def prepare(self, text: str) -> bytes:
        """Return what kernels take for a text.

        That is cleaned UTF-8 where there is a vocabulary, else the bytes of the stream.
        """

    def prepare_many(self, texts: Sequence[str]) -> tuple[bytes, NDArray[np.int64]]:
        """Return prepared texts one after the other, and where each ends."""

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Return the characters of `text` that each token of the analyzer came from."""

    def decode(self, tokens: NDArray[Any]) -> str:
        """Return the text of stream tokens, as nearly as they tell it."""

    def close(self) -> None:
        """Free what the encoder holds."""


class DocumentEncoder(Encoder, Protocol):
    """An encoder that also makes the token stream of an index."""

    @property
    def batch_characters(self) -> int:
        """Characters of text that are best encoded at once."""

    def documents(self, texts: Sequence[str]) -> Batch:
        """Return documents as they go into a stream."""

    def checkpoint(self, folder: Path) -> Mapping[str, Any]:
        """Write to `folder` what `restore` needs to go on from here; return a JSON object."""

    def restore(self, folder: Path, state: Mapping[str, Any]) -> None:
        """Go back to a checkpoint."""

    def write(self, folder: Path) -> None:
        """Write the files that the encoder of the finished index needs."""


def joined(prepared: Sequence[bytes]) -> tuple[bytes, NDArray[np.int64]]:
    """Return prepared texts one after the other, and where each ends."""
    return b"".join(prepared), lengths_summed(prepared)


def lengths_summed(parts: Sequence[Sized]) -> NDArray[np.int64]:
    """Return where each of several parts ends that lie one after the other."""
    return np.fromiter(accumulate(map(len, parts)), np.int64, len(parts))
