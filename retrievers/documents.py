"""LangChain documents at the border, passages inside."""

import hashlib
from collections.abc import Iterable

from langchain_core.documents import Document

from retrievers.types import Passage, ScoredPassage

_OURS = ("title", "document_id", "start", "score")


def to_document(found: ScoredPassage) -> Document:
    """Return a document with the passage's text, id and metadata.

    Its metadata are the passage's own, and `title`, `document_id`, `start` and `score`.
    """
    passage, score = found
    return Document(
        id=passage.id,
        page_content=passage.text,
        metadata={
            **passage.metadata,
            "title": passage.title,
            "document_id": passage.document_id,
            "start": passage.start,
            "score": score,
        },
    )


def to_passage(document: Document) -> Passage:
    """Return the passage that a document describes; the inverse of `to_document`.

    A document without an id gets one made from its title and text.
    """
    metadata = dict(document.metadata)
    title, document_id, start, _ = (metadata.pop(key, None) for key in _OURS)
    return Passage(
        id=document.id or _content_id(str(title or ""), document.page_content),
        title=str(title or ""),
        text=document.page_content,
        metadata=metadata,
        document_id=str(document_id or ""),
        start=int(start or 0),
    )


def as_passages(items: "Iterable[Passage | Document]") -> Iterable[Passage]:
    """Yield passages from passages and LangChain documents."""
    return (item if isinstance(item, Passage) else to_passage(item) for item in items)


def _content_id(title: str, text: str) -> str:
    content = f"{title}\n{text}".encode(errors="surrogatepass")
    return hashlib.blake2b(content, digest_size=12).hexdigest()
