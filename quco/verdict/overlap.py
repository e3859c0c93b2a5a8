"""How much of a claim's words the sentences around its head hold.

For tails that are no name ("the first woman in space"), which a corpus hardly ever holds verbatim.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quco.verdict.reading import HEAD, NAME, Reading, Word, name_words
from quco.verdict.relation import STOP_WORDS
from quco.verdict.vectors import WordVectors

FEATURES = (
    "tail_words", "tail_words_rarity", "tail_best", "tail_beside_head", "tail_anywhere",
    "tail_verbatim", "relation_best", "both_best", "both_about_head", "numbers_missing",
    "numbers_instead",
)  # fmt: skip
"""Columns of `overlap`."""

_FAR = 0.4
_TAIL_SHARE = 0.65


@dataclass(frozen=True, slots=True)
class _Sentence:
    words: frozenset[str]
    has_head: bool
    about_head: bool


def overlap(
    readings: Sequence[Reading],
    head: Sequence[str],
    relation: Sequence[str],
    tail: str,
    word_counts: Mapping[str, int],
    n_tokens: int,
    vectors: WordVectors,
) -> list[float]:
    """Return the features in the order of `FEATURES`; shares are in [0, 1].

    Parameters
    ----------
    readings : sequence of Reading
        The windows.
    head, relation : sequence of str
        Names of the head; content words of the relation.
    tail : str
        The tail as written.
    word_counts : mapping from str to int
        Occurrences of the tail's words, for their weight.
    n_tokens : int
        Words in the corpus.
    vectors : WordVectors
        For words that are close to those of the claim.
    """
    head_words = {word for name in head for word in name_words(name)}
    content = [w for w in dict.fromkeys(name_words(tail)) if w not in STOP_WORDS]
    wanted = [w for w in content if w not in head_words] or content
    weights = np.array(
        [math.log((n_tokens + 1) / (word_counts.get(word, 0) + 1)) for word in wanted]
    )
    sentences = [found for reading in readings for found in _sentences(reading)]
    known = sorted({word for sentence in sentences for word in sentence.words})
    row = {word: i for i, word in enumerate(known)}
    tail_fit = _fit(known, wanted, vectors)
    relation_fit = _fit(known, list(relation), vectors)
    even = np.ones(len(relation))
    beside = about = both = best = related = 0.0
    for sentence in sentences:
        rows = [row[word] for word in sentence.words]
        of_tail = _share(tail_fit[rows], weights)
        of_relation = _share(relation_fit[rows], even)
        joint = _TAIL_SHARE * of_tail + (1 - _TAIL_SHARE) * of_relation
        best, related, both = max(best, of_tail), max(related, of_relation), max(both, joint)
        if sentence.has_head or sentence.about_head:
            beside = max(beside, of_tail)
        if sentence.about_head:
            about = max(about, joint)
    verbatim = _share((tail_fit == 1.0).astype(float), weights)
    numbers = {word for word in wanted if word.isdigit()}
    missing = numbers - row.keys()
    instead = sum(word.isdigit() for word in known) if missing else 0
    rarity = float(weights.mean()) if len(weights) else 0.0
    everywhere = _share(tail_fit, weights)
    found = [len(wanted), rarity, best, beside, everywhere, verbatim, related, both, about]
    return [*found, len(missing), min(instead, 5)]


def _sentences(reading: Reading) -> list[_Sentence]:
    by_number: dict[int, list[Word]] = {}
    for word in reading.words:
        by_number.setdefault(word.sentence, []).append(word)
    return [
        _Sentence(
            frozenset(part for word in words for part in _parts(word) if part not in STOP_WORDS),
            any(word.text == HEAD for word in words),
            reading.about_head,
        )
        for words in by_number.values()
    ]


def _parts(word: Word) -> tuple[str, ...]:
    return name_words(word.raw) if word.text[0] == NAME[0] else (word.text,)


def _fit(known: Sequence[str], wanted: Sequence[str], vectors: WordVectors) -> NDArray[np.float64]:
    """Return how well each known word stands for each wanted one, 1 for the same stem."""
    columns = [vectors.closeness(known, [word]) for word in wanted]
    table = np.stack(columns, axis=1) if columns else np.zeros((len(known), 0))
    clipped = np.clip((table - _FAR) / (1 - _FAR), 0, 1).astype(np.float64)
    is_number = np.array([word.isdigit() for word in wanted], bool)
    return np.where((table == 1.0) | ~is_number, clipped, 0.0)


def _share(fit: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Return the weighted share of the wanted words that some word stands for."""
    total = float(weights.sum())
    if not (len(fit) and total > 0):
        return 0.0
    return float(fit.max(axis=0) @ weights) / total
