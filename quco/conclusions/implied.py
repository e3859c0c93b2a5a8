"""What the sentences of an answer imply, read by an extractor."""

from __future__ import annotations

from collections.abc import Sequence

from quco.conclusions.drawn import Conclusion, Gap, conclude
from quco.conclusions.question import compares
from quco.extraction import claims_said, subjects
from quco.ports import Extractor


def implied(
    extractor: Extractor, question: str, sentences: Sequence[str]
) -> Conclusion | Gap | None:
    """Return what follows from sentences for a question that compares; see `conclude`.

    Nothing is extracted where the question does not.
    """
    if not compares(question):
        return None
    names = [entity.text for entity in subjects(extractor, question)]
    return conclude(question, names, claims_said(extractor, question, sentences), sentences)
