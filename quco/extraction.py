"""What any extractor is asked for: claims of many sentences, and what a question is about."""

from __future__ import annotations

from collections.abc import Sequence

from quco.ports import BatchExtractor, ExtractionContext, Extractor, SentenceInContext
from quco.types import Entity, Triplet

_ADJECTIVES = frozenset({"NORP", "LANGUAGE"})
"""Labels of entities that say of what nation or tongue something is, not what it is."""


def claims_of(extractor: Extractor, sentences: Sequence[SentenceInContext]) -> list[list[Triplet]]:
    """Return the claims of each sentence, in one call where the extractor can."""
    if isinstance(extractor, BatchExtractor):
        return extractor.triplets_many(sentences)
    return [extractor.triplets(text, context) for text, context in sentences]


def claims_said(extractor: Extractor, question: str, sentences: Sequence[str]) -> list[Triplet]:
    """Return the claims of all sentences of an answer, each read after those before it."""
    in_context = [
        (sentence, ExtractionContext(question, tuple(sentences[:number])))
        for number, sentence in enumerate(sentences)
    ]
    return [triplet for claims in claims_of(extractor, in_context) for triplet in claims]


def subjects(extractor: Extractor, question: str) -> list[Entity]:
    """Return what a question is about; "British" alone is nothing to be known by heart."""
    return [e for e in extractor.entities(question) if e.label not in _ADJECTIVES]
