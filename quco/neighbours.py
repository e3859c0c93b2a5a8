"""The names that the corpus sets beside a question's rare entity, in the question's own words.

"Where was the director of Timber Falls born?" names a film and asks about a person. The passage of
that person shares no word with the question; but where the corpus speaks of Timber Falls, the name
beside "directed by" is that person's. A query with both names finds the passages of both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from quco.mentions import Mention, find_mentions
from quco.types import Evidence
from quco.verdict.vectors import WordVectors

N_WINDOWS = 4
"""Places of the corpus that are read for one entity."""

WINDOW_CHARS = 300
"""Characters on either side of the entity that are read."""

_BEFORE, _AFTER = 40, 10
"""Characters around a name in which the question's words are looked for."""

_ABOUT = 1.0
"""What it is worth that the document bears the entity's name."""

_LATE = 1.0
"""What it costs to stand at the end of the window rather than at its beginning."""

_CLOSE = 0.5
"""Cosine from which a word is taken for another way of saying one of the question's."""

_WORD = re.compile(r"[^\W\d_]{3,}")
_EMPTY = frozenset(
    "about and are both did does film for from had has have her his how its many movie name place"
    " same she song that the their they this was were what when where which who whom whose why with"
    " year".split()
)
"""Words of questions that say nothing of a relation."""


def names_beside(
    question: str, entity: str, windows: Sequence[Evidence], vectors: WordVectors | None = None
) -> list[str]:
    """Return the names in windows around an entity, the likeliest link to the answer first.

    A name is likely where words near it are, or are close to, words of the question, where the
    document is about the entity, and where it stands early.

    Parameters
    ----------
    question : str
        The question; names that it holds are left out.
    entity : str
        The entity whose places were read.
    windows : sequence of Evidence
        Places where the entity occurs.
    vectors : WordVectors, optional
        Which words are close; the shipped ones when not given.
    """
    vectors = vectors or WordVectors.shipped()
    known, itself = question.casefold(), entity.casefold()
    asked = _words(known.replace(itself, " "))
    best: dict[str, float] = {}
    for window in windows:
        about = _ABOUT if itself in window.title.casefold() else 0.0
        for mention in find_mentions(window.text):
            folded = mention.text.casefold()
            if mention.kind != "NAME" or folded in known or itself in folded:
                continue
            score = about + _fit(mention, window.text, asked, vectors)
            best[mention.text] = max(best.get(mention.text, score), score)
    return _distinct(sorted(best, key=lambda name: -best[name]))


def offers_choice(question: str) -> bool:
    """Return whether a question names what to choose from: both are asked about, not a third.

    Examples
    --------
    >>> offers_choice("Which film is older, Metropolis or The Kid?")
    True
    """
    return re.search(r"\bor\b", question) is not None


def _words(folded: str) -> list[str]:
    return [word for word in _WORD.findall(folded) if word not in _EMPTY]


def _fit(mention: Mention, text: str, asked: Sequence[str], vectors: WordVectors) -> float:
    """Return how much of the question is said near a name, in whatever form, and how early."""
    near = _words(text[max(0, mention.start - _BEFORE) : mention.end + _AFTER].casefold())
    closeness = vectors.closeness(asked, near)
    said = float(closeness[closeness >= _CLOSE].sum())
    return said - _LATE * mention.start / len(text)


def _distinct(names: Iterable[str]) -> list[str]:
    """Return one name of each that hold one another: the longest, in the place of the first."""
    kept: list[str] = []
    for name in names:
        folded = name.casefold()
        for at, other in enumerate(kept):
            if other.casefold() in folded:
                kept[at] = name
            elif folded not in other.casefold():
                continue
            break
        else:
            kept.append(name)
    return kept
