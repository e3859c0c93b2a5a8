"""Encoders without a model, for tests: deterministic, and near for texts that share words."""

import hashlib

import numpy as np


class HashEncoder:
    """A bag of hashed words: each word adds its own pseudo-random direction."""

    def __init__(self, dimension=32, name="hash"):
        self.dimension = dimension
        self.name = name
        self.encoded = 0

    def encode(self, texts, *, kind="passage", progress=None):
        vectors = np.array([self._vector(text) for text in texts], dtype=np.float32)
        self.encoded += len(texts)
        if progress is not None:
            progress("encoding", len(texts), len(texts))
        return vectors.reshape(len(texts), self.dimension)

    def _vector(self, text):
        vector = np.zeros(self.dimension)
        for word in text.lower().split() or [""]:
            seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")
            vector += np.random.default_rng(seed).standard_normal(self.dimension)
        return vector / np.linalg.norm(vector)
