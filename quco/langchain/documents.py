"""Passages as LangChain documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langchain_core.documents import Document

from quco.serialize import to_jsonable

if TYPE_CHECKING:
    from quco.types import Passage


def to_document(passage: Passage) -> Document:
    """Return a passage as a document; title and score become metadata.

    Examples
    --------
    >>> from quco.types import Passage
    >>> to_document(Passage("p1", "It flows.", title="Rhine", score=0.5)).metadata
    {'title': 'Rhine', 'score': 0.5}
    """
    metadata = to_jsonable(passage.metadata) | {"title": passage.title, "score": passage.score}
    return Document(id=passage.id, page_content=passage.text, metadata=metadata)
