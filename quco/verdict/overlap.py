"""How much of a claim's words the sentences around its head hold.

For tails that are no name ("the first woman in space"), which a corpus hardly ever holds verbatim.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quco.verdict.reading import HEAD, NAME, Reading, name_words
from quco.verdict.relation import STOP_WORDS
from quco.verdict.vectors import WordVectors

FEATURES = (
    "tail_words", "tail_words_rarity", "tail_best", "tail_beside_head", "tail_anywhere",
    "tail_verbatim", "relation_best", "both_best", "both_about_head", "numbers_missing",
    "numbers_instead",
)  # fmt: skip
"""Columns of `overlap`."""

Floats = NDArray[np.float64]

_FAR = 0.4
_TAIL_SHARE = 0.65


@dataclass(frozen=True, slots=True)
class _Sentence:
    words: set[str]
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
    known = list({word: None for sentence in sentences for word in sentence.words})
    fit = _fit(known, [*wanted, *relation], vectors)
    tail_fit, even = fit[:, : len(wanted)], np.ones(len(relation))
    of_tail, of_relation = _shares(sentences, known, fit, weights, even)
    joint = _TAIL_SHARE * of_tail + (1 - _TAIL_SHARE) * of_relation
    about = np.array([sentence.about_head for sentence in sentences], bool)
    beside = about | np.array([sentence.has_head for sentence in sentences], bool)
    numbers = {word for word in wanted if word.isdigit()}
    missing = numbers.difference(known)
    instead = sum(word.isdigit() for word in known) if missing else 0
    return [
        len(wanted),
        float(weights.mean()) if len(weights) else 0.0,
        _best(of_tail),
        _best(of_tail[beside]),
        _share(tail_fit, weights),
        _share((tail_fit == 1.0).astype(float), weights),
        _best(of_relation),
        _best(joint),
        _best(joint[about]),
        len(missing),
        min(instead, 5),
    ]


def _sentences(reading: Reading) -> list[_Sentence]:
    """Return the sentences that hold a word with a meaning."""
    words: dict[int, set[str]] = defaultdict(set)
    with_head: set[int] = set()
    for word in reading.words:
        if word.text[0] == NAME[0]:
            words[word.sentence].update(name_words(word.raw))
            if word.text == HEAD:
                with_head.add(word.sentence)
        else:
            words[word.sentence].add(word.text)
    return [
        _Sentence(meant, number in with_head, reading.about_head)
        for number, found in words.items()
        if (meant := found - STOP_WORDS)
    ]


def _fit(known: Sequence[str], wanted: Sequence[str], vectors: WordVectors) -> Floats:
    """Return how well each known word stands for each wanted one, 1 for the same stem."""
    table = vectors.likeness(known, wanted)
    clipped = np.clip((table - _FAR) / (1 - _FAR), 0, 1).astype(np.float64)
    is_number = np.array([word.isdigit() for word in wanted], bool)
    return np.where((table == 1.0) | ~is_number, clipped, 0.0)


def _shares(
    sentences: Sequence[_Sentence],
    known: Sequence[str],
    fit: Floats,
    tail: Floats,
    relation: Floats,
) -> tuple[Floats, Floats]:
    """Return what share of the tail and of the relation each sentence holds, by weight."""
    row = {word: i for i, word in enumerate(known)}
    rows = [row[word] for sentence in sentences for word in sentence.words]
    starts = np.cumsum([0, *(len(sentence.words) for sentence in sentences)])[:-1]
    best = np.maximum.reduceat(fit[rows], starts) if rows else np.zeros((0, fit.shape[1]))
    columns = len(tail)
    return _weighted(best[:, :columns], tail), _weighted(best[:, columns:], relation)


def _weighted(best: Floats, weights: Floats) -> Floats:
    total = float(weights.sum())
    return best @ weights / total if total > 0 else np.zeros(len(best))


def _best(shares: Floats) -> float:
    return float(shares.max(initial=0.0))


def _share(fit: Floats, weights: Floats) -> float:
    """Return the weighted share of the wanted words that some word stands for."""
    return float(_weighted(fit.max(axis=0, initial=0.0)[None], weights)[0])
