"""Long documents become passages that end at sentences and overlap."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from retrievers.errors import QueryError
from retrievers.types import Passage

if TYPE_CHECKING:
    from semantic_text_splitter import TextSplitter

MAX_CHARS = 1000
OVERLAP_CHARS = 150


def split_document(
    document_id: str,
    title: str,
    text: str,
    metadata: Mapping[str, Any] | None = None,
    *,
    max_chars: int = MAX_CHARS,
    overlap_chars: int = OVERLAP_CHARS,
) -> list[Passage]:
    """Cut a document into passages at sentence (else word) borders.

    Parameters
    ----------
    document_id : str
        Id of the document. A document that fits into one passage gives it its id; other
        passages are called `<document_id>:<start>-<end>`, so that ids are stable.
    title, text : str
        The document. Each passage carries the title.
    metadata : mapping of str to JSON values, optional
        Copied to each passage.
    max_chars : int, default=1000
        Longest passage, in characters. About 250 tokens of English, what MiniLM reads.
    overlap_chars : int, default=150
        Whole sentences of up to this length are repeated at the start of the next passage.

    Returns
    -------
    list of Passage
        In reading order, `passage.text == text[passage.start:passage.end]`. Empty if the text
        has no character but white space.

    Raises
    ------
    QueryError
        Unless 0 <= overlap_chars < max_chars.

    Examples
    --------
    >>> text = "One is here. Two is there. Three is gone."
    >>> for passage in split_document("d", "", text, max_chars=28, overlap_chars=14):
    ...     print(passage.id, passage.text)
    d:0-26 One is here. Two is there.
    d:13-41 Two is there. Three is gone.
    """
    if not 0 <= overlap_chars < max_chars:
        raise QueryError(
            f"0 <= overlap_chars < max_chars is needed, got {overlap_chars} and {max_chars}"
        )
    metadata = dict(metadata or {})
    if not text.strip():
        return []
    if len(text) <= max_chars:
        return [Passage(document_id, title, text, metadata, document_id, 0)]
    chunks = _splitter(max_chars, overlap_chars).chunk_indices(text)
    return [
        Passage(f"{document_id}:{at}-{at + len(chunk)}", title, chunk, metadata, document_id, at)
        for at, chunk in chunks
    ]


@lru_cache(maxsize=8)
def _splitter(max_chars: int, overlap_chars: int) -> "TextSplitter":
    from semantic_text_splitter import TextSplitter

    return TextSplitter(max_chars, overlap=overlap_chars)
