"""Corpora and queries for the benchmarks of the corpus engine.

The text is the Wikipedia passages of the shared development data, several times over: in each copy
but the first, documents are in another order and so are the sentences of each document, which keeps
the words' frequencies and distances and breaks up long repeats.
"""

import gzip
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus_engine import CorpusIndex, Document, build_index
from corpus_engine.build.suffix_array import write_suffix_array

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "corpus_wiki.jsonl.gz"
COPIES = 3
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def documents(copies: int = COPIES, path: Path = DATA) -> Iterator[Document]:
    """Yield the documents of all copies."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    chance = random.Random(1)
    for copy in range(copies):
        if copy:
            chance.shuffle(rows)
        for row in rows:
            text = row["text"]
            if copy:
                sentences = _SENTENCE.split(text)
                chance.shuffle(sentences)
                text = " ".join(sentences)
            yield Document(f"{row['id']}.{copy}", f"{row['title']}\n{text}")


def word_index(cache: Path, copies: int = COPIES) -> Path:
    """Return a one-shard word index of the copies, built if it is not there yet."""
    out = cache / f"words{copies}"
    if not out.exists():
        build_index(documents(copies), out, shards=1)
    return out


def token_index(cache: Path, n_tokens: int) -> Path:
    """Return a one-shard index of at least so many tokens, separators included, without text.

    Its stream repeats that of a word index; each repetition has the documents in another order.
    """
    out = cache / f"repeated{n_tokens // 10**6}m"
    if (out / "jump.0").exists():
        return out
    out.mkdir(parents=True, exist_ok=True)
    with CorpusIndex.open(word_index(cache, 1)) as index:
        shard = index._search.shards[0]
        stream, starts = shard.stream.view("<u2"), shard.docs.astype(np.int64) // 2
        lengths = np.diff(starts, append=len(stream))
        chance = np.random.default_rng(2)
        written = 0
        with (out / "tokenized.0").open("wb") as tokens, (out / "offset.0").open("wb") as docs:
            while written < n_tokens:
                order = chance.permutation(len(starts))
                own = np.cumsum(lengths[order]) - lengths[order]
                places = np.repeat(starts[order] - own, lengths[order]) + np.arange(len(stream))
                tokens.write(stream[places].tobytes())
                docs.write((2 * (own + written)).astype("<u8").tobytes())
                written += len(stream)
    write_suffix_array(out, 0, 2)
    return out


def first_tokens(index: CorpusIndex, n_tokens: int, out: Path) -> Path:
    """Return a one-shard index, without text, of the first tokens of the first shard of another."""
    shard = index._search.shards[0]
    docs = shard.docs[shard.docs < 2 * n_tokens]
    out.mkdir()
    shard.stream[: 2 * n_tokens].tofile(out / "tokenized.0")
    docs.tofile(out / "offset.0")
    write_suffix_array(out, 0, 2)
    return out


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of the corpus, in the words of a user and in tokens."""

    text: str
    """Normalised words with spaces between them."""

    ids: list[int]
    """Its tokens in the stream."""


class Phrases:
    """Draws phrases from an index.

    Parameters
    ----------
    index : CorpusIndex
        A word index.
    seed : int
        Seed of the draws.
    """

    def __init__(self, index: CorpusIndex, seed: int) -> None:
        self._index = index
        self._encoder = index._encoder
        self._stream: NDArray[np.uint16] = index._search.shards[0].stream.view("<u2")
        self._size = index._encoder.vocabulary_size if index._encoder else 0
        self._chance = random.Random(seed)

    def at(self, place: int, n_words: int) -> Phrase | None:
        """Return the phrase of `n_words` words at a token, or None where there is none."""
        trail, end = self._index._search.trail_units
        units = self._stream[place : place + 3 * n_words + 3].tolist()
        starts = [i for i, unit in enumerate(units) if not trail <= unit < end]
        if len(starts) <= n_words or starts[0] != 0:
            return None
        ids = units[: starts[n_words]]
        if 0xFFFF in ids:
            return None
        text = self._encoder.decode(np.array(ids, np.uint16)) if self._encoder else ""
        return Phrase(text, ids)

    def anywhere(self, n_words: int) -> Phrase:
        """Return a phrase at a place drawn uniformly, so that frequent ones come often."""
        while True:
            found = self.at(self._chance.randrange(len(self._stream)), n_words)
            if found:
                return found

    def rare(self) -> Phrase:
        """Return a word drawn uniformly from the vocabulary, so that rare ones come often."""
        from corpus_engine.vocabulary import units

        code = np.frombuffer(units(self._chance.randrange(self._size)), "<u2")
        return Phrase(self._encoder.decode(code) if self._encoder else "", code.tolist())

    def mixed(self) -> Phrase:
        """Return a phrase of one to five words."""
        return self.anywhere(self._chance.choice([1, 2, 2, 3, 4, 5]))

    def pair(self) -> tuple[Phrase, Phrase]:
        """Return two phrases: near each other, drawn apart, or at least one of them rare."""
        kind = self._chance.randrange(4)
        length = self._chance.choice([1, 1, 2])
        if kind == 0:
            return self.near(length)
        if kind == 1:
            return self.anywhere(length), self.anywhere(length)
        if kind == 2:
            return self.rare(), self.anywhere(length)
        return self.rare(), self.rare()

    def near(self, length: int) -> tuple[Phrase, Phrase]:
        """Return two phrases of the same document, most of the time."""
        while True:
            place = self._chance.randrange(len(self._stream))
            one = self.at(place, length)
            other = self.at(min(place + self._chance.randrange(1, 80), len(self._stream)), length)
            if one and other:
                return one, other
