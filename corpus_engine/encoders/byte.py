# ruff: noqa: ARG002 - an encoder without state ignores what others need
"""Bytes of UTF-8 as tokens: every substring can be counted, with case and punctuation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_engine.encoders.base import Batch, joined, lengths_summed
from corpus_engine.layout import Width

_SEPARATOR = b"\xff"


class ByteEncoder:
    """Encodes text as its UTF-8 bytes; the separator, 255, occurs in no UTF-8."""

    width: Width = 1
    trail_units = (0, 0)
    units_a_token = 1
    words_address = 0
    vocabulary_size = 256
    batch_characters = 1 << 22

    def prepare(self, text: str) -> bytes:
        """Return the UTF-8 bytes of a text."""
        return text.encode("utf-8", "surrogatepass")

    def prepare_many(self, texts: Sequence[str]) -> tuple[bytes, NDArray[np.int64]]:
        """Return the bytes of several texts, one after the other, and where each ends."""
        whole = "".join(texts)
        if whole.isascii():
            return whole.encode(), lengths_summed(texts)
        return joined(list(map(self.prepare, texts)))

    def documents(self, texts: Sequence[str]) -> Batch:
        """Return documents as they go into a stream."""
        encoded = [_SEPARATOR + self.prepare(text) for text in texts]
        stream = b"".join(encoded)
        return Batch(stream, len(stream) - len(texts))

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Return the character that each byte belongs to."""
        if text.isascii():
            return [(i, i + 1) for i in range(len(text))]
        return [
            (i, i + 1)
            for i, character in enumerate(text)
            for _ in range(len(character.encode("utf-8", "surrogatepass")))
        ]

    def decode(self, tokens: NDArray[Any]) -> str:
        """Return the text of bytes; a character cut off at either end becomes U+FFFD."""
        return tokens.astype(np.uint8).tobytes().decode("utf-8", "replace")

    def checkpoint(self, folder: Path) -> Mapping[str, Any]:
        """Return nothing: the encoder does not change."""
        return {}

    def restore(self, folder: Path, state: Mapping[str, Any]) -> None:
        """Do nothing."""

    def write(self, folder: Path) -> None:
        """Do nothing: a finished index needs no file."""

    def close(self) -> None:
        """Do nothing: the encoder holds nothing."""
