"""Which encoder a name means."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from corpus_engine import layout
from corpus_engine.encoders.base import DocumentEncoder, Encoder
from corpus_engine.encoders.byte import ByteEncoder
from corpus_engine.encoders.subword import SubwordEncoder
from corpus_engine.encoders.word import GrowingWordEncoder, open_words

WORD = "word"
BYTE = "byte"
SUBWORD = "tokenizer"


def new_encoder(analyzer: str) -> tuple[str, DocumentEncoder]:
    """Return the kind of an analyzer, and an encoder for a new index.

    Parameters
    ----------
    analyzer : str
        ``"word"``, ``"byte"``, the path of a ``tokenizer.json`` or of a folder that holds one, or
        the name of a hub repository that has a fast tokenizer.

    Raises
    ------
    TokenizerError
        If it is none of these.
    """
    if analyzer == WORD:
        return WORD, GrowingWordEncoder()
    if analyzer == BYTE:
        return BYTE, ByteEncoder()
    return SUBWORD, SubwordEncoder.load(analyzer)


def open_encoder(folder: Path, manifest: layout.Manifest, sizes: Mapping[str, int]) -> Encoder:
    """Return the encoder of a finished index."""
    if manifest.analyzer == WORD:
        return open_words(folder, manifest, sizes)
    if manifest.analyzer == BYTE:
        return ByteEncoder()
    return SubwordEncoder.load(folder / layout.TOKENIZER, manifest.width)


def foreign_encoder(analyzer: str, width: layout.Width) -> Encoder:
    """Return an encoder for an index that another program built with a tokenizer or with bytes."""
    return ByteEncoder() if analyzer == BYTE else SubwordEncoder.load(analyzer, width)
