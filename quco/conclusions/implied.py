"""What the sentences of an answer imply, read by an extractor."""

from __future__ import annotations

from collections.abc import Sequence

from quco.conclusions.chain import describes, follow, read_chain
from quco.conclusions.drawn import Conclusion, Gap, conclude
from quco.conclusions.question import compares
from quco.extraction import claims_said, subjects
from quco.ports import Extractor
from quco.types import Triplet


def implied(
    extractor: Extractor, question: str, sentences: Sequence[str]
) -> Conclusion | Gap | None:
    """Return what follows from sentences for a question that compares, or describes somebody.

    See `conclude` and `follow`. Nothing is extracted where the question does neither.
    """
    if not (compares(question) or describes(question)):
        return None
    names = [entity.text for entity in subjects(extractor, question)]
    return draw(question, names, claims_said(extractor, question, sentences), sentences)


def draw(
    question: str, names: Sequence[str], claims: Sequence[Triplet], sentences: Sequence[str]
) -> Conclusion | Gap | None:
    """Return what follows for a question whose names, and the claims so far, are known."""
    drawn = conclude(question, names, claims, sentences) if compares(question) else None
    chain = None if drawn else read_chain(question, names)
    return follow(chain, claims) if chain else drawn
