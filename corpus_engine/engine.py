"""An index, open for questions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

import numpy as np

from corpus_engine import layout
from corpus_engine.analyzers import word
from corpus_engine.errors import EmptyQueryError, IndexFormatError, QueryError, TokenIdError
from corpus_engine.evidence import word_evidence
from corpus_engine.search import Search
from corpus_engine.shard import Shard
from corpus_engine.store import DocumentStore
from corpus_engine.types import CoOccurrence, Count, Evidence, Segment, Term
from corpus_engine.vocabulary import Vocabulary

_Hit: TypeAlias = tuple[int, int, int, int, int]
"""Distance, shard, byte offsets of a and of b (or -1), document within the shard."""

_CANDIDATES_AN_EVIDENCE = 16
_LEAST_CANDIDATES = 64


class CorpusIndex:
    """A corpus that answers how often, how often together, and where.

    Open one with `CorpusIndex.open`, close it when done, or use it as a context manager. All
    queries may be asked from several threads at once, and release the GIL while they search.

    Every count is exact unless a limit was set, and says so. A term is a text or a sequence of
    surface variants of which any counts; where variants match at the same place (one being the
    beginning of the other), the place counts once.
    """

    def __init__(self, path: Path, manifest: layout.Manifest) -> None:
        self.path = path
        """Folder of the index."""
        self._manifest = manifest
        sizes = {name: entry.size_bytes for name, entry in manifest.files.items()}
        self._vocabulary = Vocabulary(path, manifest.vocabulary_size, sizes)
        self._store = DocumentStore(path, sizes)
        self._shards = [
            Shard(path, number, manifest.width, sizes) for number in range(len(manifest.shards))
        ]
        self._first_documents = self._check_shards()
        self._search = Search(path, self._shards, self._vocabulary.ranges.trail_units)

    @classmethod
    def open(cls, path: Path | str) -> CorpusIndex:
        """Open the index in a folder.

        Sizes, headers and the manifest are checked here; the content of the files is not read.

        Raises
        ------
        IndexFormatError
            If a file is missing, truncated or of another format.
        """
        path = Path(path)
        return cls(path, layout.Manifest.read(path))

    def _check_shards(self) -> list[int]:
        """Compare the shards with the manifest; return the number of each one's first document."""
        firsts = [0]
        for shard, entry in zip(self._shards, self._manifest.shards, strict=True):
            if (shard.n_units, len(shard.docs)) != (entry.n_units, entry.n_documents):
                raise IndexFormatError(
                    f"shard {shard.number} of {self.path} has {shard.n_units:,} tokens in "
                    f"{len(shard.docs):,} documents, its manifest says {entry.n_units:,} in "
                    f"{entry.n_documents:,}; build the index again"
                )
            firsts.append(firsts[-1] + entry.n_documents)
        if firsts[-1] != self._store.n_documents:
            raise IndexFormatError(
                f"{self.path} stores the text of {self._store.n_documents:,} documents, expected "
                f"{firsts[-1]:,}; build the index again"
            )
        return firsts

    @property
    def n_tokens(self) -> int:
        """Tokens of the corpus (words, for the word analyzer), without document separators."""
        return self._manifest.n_tokens

    @property
    def n_documents(self) -> int:
        """Documents of the corpus."""
        return self._manifest.n_documents

    @property
    def n_shards(self) -> int:
        """Shards of the index."""
        return len(self._shards)

    @property
    def analyzer(self) -> str:
        """Name of the analyzer that made the tokens."""
        return self._manifest.analyzer

    # ------------------------------------------------------------------ text level

    def count(self, text: Term) -> Count:
        """Return how often a term occurs.

        Parameters
        ----------
        text : str or sequence of str
            The term; an occurrence is a run of its words, whatever stands between them.

        Raises
        ------
        EmptyQueryError
            If the term has no words.
        """
        if isinstance(text, str):
            return Count.of(self._search.count(self._encode(text)))
        variants = self._variants(text)
        if len(variants) == 1:
            return Count.of(self._search.count(variants[0]))
        return Count.of(self._search.cooccurrence(variants, [], 1, None)[2])

    def count_many(self, texts: Sequence[str]) -> list[Count]:
        """Return how often each text occurs; many times faster than one call for each.

        Raises
        ------
        EmptyQueryError
            If a text has no words.
        """
        if not texts:
            return []
        cleaned = b" \xff ".join([word.clean(text) for text in texts])
        units = b"".join(map(self._vocabulary.__getitem__, word.split(cleaned + b" \xff")))
        stream = np.frombuffer(units, "<u2")
        separators = np.flatnonzero(stream == 0xFFFF)
        empty = np.flatnonzero(np.diff(separators, prepend=-1) == 1)
        if len(empty):
            raise _no_words(texts[int(empty[0])])
        ends = 2 * (separators - np.arange(len(texts)))
        counts = self._search.count_many(stream[stream != 0xFFFF].tobytes(), ends)
        return [Count.of(value) for value in counts]

    def cooccurrence(
        self, a: Term, b: Term, *, window: int = 100, at_least: int | None = None
    ) -> CoOccurrence:
        """Return how many occurrences of the rarer term have the other one near them.

        The anchor is the term with fewer occurrences in the whole index. An occurrence of it
        counts if the other term starts within `window` words of its start, on either side, in the
        same document; the place itself counts as near.

        Parameters
        ----------
        a, b : str or sequence of str
            The two terms.
        window : int
            Greatest distance of the two starts in words, at least 1.
        at_least : int or None
            Stop once so many are found, which is much faster when the question is only whether.

        Raises
        ------
        EmptyQueryError
            If a term has no words.
        QueryError
            If `window` or `at_least` is below 1.
        """
        _check_positive("window", window)
        if at_least is not None:
            _check_positive("at_least", at_least)
        value, exact, count_a, count_b = self._search.cooccurrence(
            self._variants(a), self._variants(b), window, at_least
        )
        return CoOccurrence(value, exact, "b" if count_b < count_a else "a", count_a, count_b)

    def windows(self, a: Term, b: Term, *, window: int = 100, k: int = 3) -> list[Evidence]:
        """Return up to `k` passages in which both terms stand within `window` words.

        Passages of different documents come first, and among them those where the terms stand
        closest, out of the first hits in rank order (16 for each passage wanted, at least 64).
        """
        _check_positive("window", window)
        return self._evidence(self._variants(a), self._variants(b), window, k)

    def occurrences(self, a: Term, *, k: int = 3) -> list[Evidence]:
        """Return up to `k` passages in which a term occurs, of different documents first."""
        return self._evidence(self._variants(a), [], 1, k)

    # ------------------------------------------------------------------ token level

    def count_ids(self, ids: Sequence[int]) -> Count:
        """Return how often a sequence of token ids occurs.

        Parameters
        ----------
        ids : sequence of int
            Tokens of the stream; none at all match everywhere.

        Raises
        ------
        TokenIdError
            If an id does not fit the token width.
        """
        return Count.of(self._search.count(self._encode_ids(ids)))

    def find_ids(self, ids: Sequence[int]) -> list[Segment]:
        """Return the ranks of all suffixes that start with `ids`, one segment a shard."""
        return self._search.find(self._encode_ids(ids))

    # ------------------------------------------------------------------ inside

    def _encode(self, text: str) -> bytes:
        """Return the stream bytes of a text."""
        units = b"".join(map(self._vocabulary.__getitem__, word.words(text)))
        if not units:
            raise _no_words(text)
        return units

    def _variants(self, term: Term) -> list[bytes]:
        """Return the stream bytes of the variants of a term that have words."""
        if isinstance(term, str):
            return [self._encode(term)]
        encoded = (
            b"".join(map(self._vocabulary.__getitem__, word.words(variant))) for variant in term
        )
        variants = [variant for variant in dict.fromkeys(encoded) if variant]
        if not variants:
            raise _no_words(list(term))
        return variants

    def _encode_ids(self, ids: Sequence[int]) -> bytes:
        width = self._manifest.width
        try:
            return b"".join([int(i).to_bytes(width, "little") for i in ids])
        except OverflowError as exc:
            raise TokenIdError(
                f"token ids are {list(ids)}, expected 0 to {256**width - 1}"
            ) from exc

    def _evidence(self, a: list[bytes], b: list[bytes], window: int, k: int) -> list[Evidence]:
        _check_positive("k", k)
        most = max(_LEAST_CANDIDATES, k * _CANDIDATES_AN_EVIDENCE)
        hits = []
        for shard, at, near in self._search.hits(a, b, window, most):
            distance = 0 if near < 0 else self._search.steps(shard, at, near)
            hits.append((distance, shard, at, near, self._search.document_of(shard, at)))
        hits.sort(key=lambda hit: hit[0])
        seen: set[tuple[int, int]] = set()
        first: list[_Hit] = []
        again: list[_Hit] = []
        for hit in hits:
            document = hit[1], hit[4]
            (again if document in seen else first).append(hit)
            seen.add(document)
        chosen = [*first, *again][:k]
        return [self._passage(a, b, *hit) for hit in chosen]

    def _passage(
        self,
        a: list[bytes],
        b: list[bytes],
        distance: int,
        shard: int,
        at: int,
        near: int,
        local_document: int,
    ) -> Evidence:
        """Return the passage of one hit: find its words in the document's own text."""
        document = self._store.read(self._first_documents[shard] + local_document)
        start = int(self._shards[shard].docs[local_document])
        # The separator before the document is counted as a step, and is not a word.
        first_a = self._search.steps(shard, start, at) - 1
        a_words = first_a, first_a + self._words_at(a, shard, at)
        b_words = None
        if near >= 0:
            first_b = self._search.steps(shard, start, near) - 1
            b_words = first_b, first_b + self._words_at(b, shard, near)
        return word_evidence(document, a_words, b_words, distance)

    def _words_at(self, variants: list[bytes], shard: int, at: int) -> int:
        """Return how many words the longest variant that stands at a place has."""
        stream = self._shards[shard].stream
        trail, trail_end = self._vocabulary.ranges.trail_units
        longest = b""
        for variant in variants:
            if stream[at : at + len(variant)].tobytes() == variant and len(variant) > len(longest):
                longest = variant
        units = np.frombuffer(longest, "<u2")
        return int(((units < trail) | (units >= trail_end)).sum())

    def close(self) -> None:
        """Unmap the files; the index answers nothing afterwards."""
        self._vocabulary.close()
        self._store.close()
        for shard in self._shards:
            shard.close()

    def __enter__(self) -> CorpusIndex:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _check_positive(name: str, value: int) -> None:
    if value < 1:
        raise QueryError(f"{name} is {value}, expected at least 1")


def _no_words(term: str | list[str]) -> EmptyQueryError:
    return EmptyQueryError(f"{term!r} has no words to look for; give at least one letter or digit")
