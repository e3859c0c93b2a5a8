"""What the corpus says around a question's rare entities: what it says of them, and of whom.

An article about Timber Falls names its director; the article about that person says where he was
born. Both are found by counting alone: an article about an entity is a place where its name is the
document's title, and the names that lead on are those beside the entity (see `neighbours`). So the
two steps of a question are taken through the corpus itself, and no retriever has to guess the
second from the words of the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest
from typing import Protocol

from quco.neighbours import N_WINDOWS, WINDOW_CHARS, names_beside, offers_choice
from quco.types import Evidence, Surroundings

MOST_ENTITIES = 3
"""Entities of one question that are looked up, the rarest first."""

MOST_ARTICLES = 5
"""Articles that are worth a place before the model."""

MOST_NAMES = 3
"""Names beside each entity that are looked up, twice as many where it is the only one; and names
that are worth a place in a query."""


class Corpus(Protocol):
    """What is read of a corpus."""

    def places(self, term: str, *, k: int, context: int) -> list[Evidence]:
        """Return up to `k` places of a term."""
        ...

    def article(self, term: str) -> Evidence | None:
        """Return the beginning of the document whose title a term is, if there is one."""
        ...


def look_around(
    question: str, entities: Sequence[str], corpus: Corpus, *, articles: bool = True
) -> Surroundings:
    """Read the places of a question's rare entities, and follow the names beside them.

    Parameters
    ----------
    question : str
        The question.
    entities : sequence of str
        Its rare entities, the rarest first; those after the first `MOST_ENTITIES` are left out.
    corpus : Corpus
        What is read.
    articles : bool
        Whether articles are looked for, which costs more than names alone.

    Raises
    ------
    StatisticsError
        If the corpus could not be asked.
    """
    entities = entities[:MOST_ENTITIES]
    choice, alone = offers_choice(question), len(entities) == 1
    leads_on = alone and not choice
    beside = [
        names_beside(question, entity, corpus.places(entity, k=N_WINDOWS, context=WINDOW_CHARS))
        for entity in entities
        if articles or leads_on
    ]
    names = tuple(beside[0][:MOST_NAMES]) if leads_on else ()
    if not articles or not entities:
        return Surroundings(names)
    own = [found for entity in entities if (found := corpus.article(entity))]
    if len(own) < len(entities):
        return Surroundings(names)
    most = 2 * MOST_NAMES if alone else MOST_NAMES
    ranked = chain.from_iterable(zip_longest(*(found[:most] for found in beside)))
    linked = [found for name in ranked if name and (found := corpus.article(name))]
    if not linked and not choice:
        return Surroundings(names)
    return Surroundings(names, _distinct([*own, *linked]))


def _distinct(found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return one place of each document, at most `MOST_ARTICLES`."""
    by_document: dict[str, Evidence] = {}
    for place in found:
        by_document.setdefault(place.document_id, place)
    return tuple(by_document.values())[:MOST_ARTICLES]
