# ruff: noqa: ARG002 - an encoder without state ignores what others need
"""Tokens of a Hugging Face fast tokenizer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus_engine import layout
from corpus_engine.encoders.base import Batch, joined
from corpus_engine.errors import TokenizerError
from corpus_engine.layout import Width

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_MOST_IN_16_BITS = 65535


class SubwordEncoder:
    """Encodes with a fast tokenizer, without special tokens.

    A text is encoded as it stands, so that most byte-pair vocabularies give ``"Paris"`` and
    ``" Paris"`` different tokens; ask for both as variants of one term.

    Parameters
    ----------
    tokenizer : tokenizers.Tokenizer
        The tokenizer.
    width : 1, 2, 4 or None
        Bytes of a token; None takes 2 where the vocabulary fits, else 4.
    """

    trail_units = (0, 0)
    units_a_token = 1
    words_address = 0
    batch_characters = 1 << 20

    def __init__(self, tokenizer: Tokenizer, width: Width | None = None) -> None:
        self._tokenizer = tokenizer
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self.vocabulary_size = 1 + max(
            tokenizer.get_vocab(with_added_tokens=True).values(), default=0
        )
        self.width: Width = width or (2 if self.vocabulary_size <= _MOST_IN_16_BITS else 4)
        if self.vocabulary_size > 256**self.width - 1:
            raise TokenizerError(
                f"the tokenizer has {self.vocabulary_size:,} tokens, which do not fit "
                f"{self.width} bytes each"
            )
        self._dtype = np.dtype(f"<u{self.width}")
        self._separator = b"\xff" * self.width

    @classmethod
    def load(cls, name: str | Path, width: Width | None = None) -> SubwordEncoder:
        """Load a `tokenizer.json`, a folder that holds one, or a tokenizer from the hub.

        Raises
        ------
        TokenizerError
            If there is no such tokenizer, or it is damaged.
        """
        from tokenizers import Tokenizer

        path = Path(name)
        if path.is_dir():
            path = path / "tokenizer.json"
        try:
            if path.is_file():
                return cls(Tokenizer.from_str(path.read_text("utf-8")), width)
            return cls(Tokenizer.from_pretrained(str(name)), width)
        except TokenizerError:
            raise
        except Exception as exc:
            raise TokenizerError(
                f"no tokenizer at {name} ({exc}); give the path of a tokenizer.json or the name "
                "of a hub repository"
            ) from exc

    def prepare(self, text: str) -> bytes:
        """Return the stream bytes of a text."""
        encoding = self._tokenizer.encode(_valid(text), add_special_tokens=False)
        return self._bytes(encoding.ids)

    def prepare_many(self, texts: Sequence[str]) -> tuple[bytes, NDArray[np.int64]]:
        """Return the stream bytes of several texts, one after the other, and where each ends."""
        return joined(self._encode_batch(texts))

    def documents(self, texts: Sequence[str]) -> Batch:
        """Return documents as they go into a stream."""
        encoded = self._encode_batch(texts)
        n_bytes = sum(map(len, encoded))
        stream = b"".join([part for ids in encoded for part in (self._separator, ids)])
        return Batch(stream, n_bytes // self.width)

    def _encode_batch(self, texts: Sequence[str]) -> list[bytes]:
        encodings = self._tokenizer.encode_batch_fast(
            [_valid(text) for text in texts], add_special_tokens=False
        )
        return [self._bytes(encoding.ids) for encoding in encodings]

    def _bytes(self, ids: list[int]) -> bytes:
        return np.array(ids, self._dtype).tobytes()

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Return the characters that each token came from."""
        offsets: list[tuple[int, int]] = self._tokenizer.encode(
            _valid(text), add_special_tokens=False
        ).offsets
        return offsets

    def decode(self, tokens: NDArray[Any]) -> str:
        """Return the text of tokens, special ones included."""
        text: str = self._tokenizer.decode(tokens.tolist(), skip_special_tokens=False)
        return text

    def checkpoint(self, folder: Path) -> Mapping[str, Any]:
        """Return nothing: the encoder does not change."""
        return {}

    def restore(self, folder: Path, state: Mapping[str, Any]) -> None:
        """Do nothing."""

    def write(self, folder: Path) -> None:
        """Keep the tokenizer in the index, so that it can be asked without the original."""
        (folder / layout.TOKENIZER).write_text(self._tokenizer.to_str(), "utf-8")

    def close(self) -> None:
        """Do nothing: the tokenizer frees itself."""


def _valid(text: str) -> str:
    """Replace lone surrogates, which no tokenizer accepts, by question marks."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
