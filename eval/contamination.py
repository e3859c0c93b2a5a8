"""Do questions occur in the corpus word by word? The rule of infini-gram mini's bulletin.

Xu et al. 2025 (arXiv 2506.12229, section 4.1): of all 50-character substrings of an entry, one
beginning at each word, the share that occurs in the corpus is below 20 % in a clean entry, below
80 % in a suspicious one, and more in a dirty one.

A corpus of words cannot be asked for parts of words: a substring is rounded up to the fewest whole
words that have its length, so that nothing is called dirty that would not be so by characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from eval.types import Sample
from quco.ports import CorpusStatistics
from quco.types import Evidence

Level = Literal["clean", "suspicious", "dirty"]

LENGTH = 50
"""Characters of a substring."""

SUSPICIOUS = 0.2
DIRTY = 0.8


@dataclass(frozen=True, slots=True)
class Window:
    """A substring that occurs in the corpus."""

    text: str
    """The substring."""

    start: int
    """Its place in the entry, in characters."""

    count: int
    """How often the corpus has it."""


@dataclass(frozen=True, slots=True)
class Contamination:
    """What the corpus holds of a question."""

    id: str
    """Id of the question."""

    question: str
    """The question."""

    overlap: float
    """Share of its substrings that occur, in [0, 1]."""

    level: Level
    """By the rule."""

    n_substrings: int
    """How many there are."""

    windows: tuple[Window, ...]
    """Those that occur."""

    places: tuple[Evidence, ...]
    """Where the first of them occurs."""

    answer_count: int
    """How often the corpus has the answer or one of its aliases."""


def level_of(overlap: float) -> Level:
    """Return the level of an entry.

    Examples
    --------
    >>> level_of(0.19), level_of(0.2), level_of(0.8)
    ('clean', 'suspicious', 'dirty')
    """
    if overlap >= DIRTY:
        return "dirty"
    return "suspicious" if overlap >= SUSPICIOUS else "clean"


def substrings(text: str, length: int = LENGTH) -> list[tuple[int, str]]:
    """Return (place, text) of the shortest runs of whole words of at least `length` characters.

    One begins at each word from which enough follows; a shorter text is one substring.

    Examples
    --------
    >>> substrings("Who wrote Nostromo?", 9)
    [(0, 'Who wrote'), (4, 'wrote Nostromo?'), (10, 'Nostromo?')]
    """
    words = [match.span() for match in re.finditer(r"\S+", text)]
    found = []
    for start, _ in words:
        end = next((e for _, e in words if e - start >= length), None)
        if end is not None:
            found.append((start, text[start:end]))
    return found or ([(words[0][0], text[words[0][0] : words[-1][1]])] if words else [])


def check(samples: Sequence[Sample], statistics: CorpusStatistics) -> list[Contamination]:
    """Return what the corpus holds of each question, in order.

    Raises
    ------
    quco.errors.StatisticsError
        If the corpus cannot be asked.
    """
    return [_check(sample, statistics) for sample in samples]


def _check(sample: Sample, statistics: CorpusStatistics) -> Contamination:
    pieces = substrings(sample.question)
    *counts, answer = statistics.count_many([*(text for _, text in pieces), list(sample.answers)])
    windows = tuple(
        Window(text, start, count.value)
        for (start, text), count in zip(pieces, counts, strict=True)
        if count.value
    )
    overlap = len(windows) / len(pieces) if pieces else 0.0
    return Contamination(
        id=sample.id,
        question=sample.question,
        overlap=overlap,
        level=level_of(overlap),
        n_substrings=len(pieces),
        windows=windows,
        places=tuple(statistics.windows(windows[0].text, k=3)) if windows else (),
        answer_count=answer.value,
    )
