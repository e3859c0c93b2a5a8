"""Makes the shipped table of word vectors anew, from the default encoder.

    python -m quco.calibration.word_table

The words are those of the encoder's own vocabulary; see `quco.verdict.vectors` for the method.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import quco.verdict
from quco.models import DEFAULT_ENCODER, provision
from quco.verdict.vectors import WordVectors

N_DIMENSIONS = 64
_LEAST_LETTERS = 2


def main() -> None:
    """Write the table into the package."""
    from retrievers.onnx_encoder import OnnxEncoder

    folder = provision(DEFAULT_ENCODER)
    words = vocabulary(folder / "tokenizer.json")
    vectors = OnnxEncoder(folder).encode(words)
    out = Path(quco.verdict.__file__).with_name("words.npz")
    WordVectors.save(out, words, reduced(vectors, N_DIMENSIONS))


def vocabulary(tokenizer: Path) -> list[str]:
    """Return the whole words of a tokenizer, sorted: letters of the alphabet alone."""
    from tokenizers import Tokenizer

    entries = Tokenizer.from_file(str(tokenizer)).get_vocab()
    return sorted(
        word
        for word in entries
        if word.isascii() and word.isalpha() and len(word) >= _LEAST_LETTERS
    )


def reduced(vectors: NDArray[np.float32], n_dimensions: int) -> NDArray[np.int8]:
    """Return the first principal components, each row scaled to fill int8.

    Parameters
    ----------
    vectors : ndarray of shape (n_words, dimension), float32
        One row a word.
    n_dimensions : int
        Components to keep.
    """
    centred = vectors - vectors.mean(axis=0)
    _, _, components = np.linalg.svd(centred, full_matrices=False)
    table = centred @ components[:n_dimensions].T
    scale = np.abs(table).max(axis=1, keepdims=True)
    return np.asarray(np.round(table / np.maximum(scale, 1e-9) * 127), np.int8)


if __name__ == "__main__":
    main()
