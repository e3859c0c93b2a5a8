"""Reading documents in batches, and recognising those that an earlier build has read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from corpus_engine.errors import BuildError, DocumentError
from corpus_engine.store import record_of
from corpus_engine.types import Document

HEAD_DOCUMENTS = 64
"""Documents that are compared before a build goes on from a checkpoint."""


@dataclass(frozen=True, slots=True)
class Read:
    """Documents that were read together."""

    records: list[bytes]
    """As the store holds them."""

    texts: list[str]
    """What is encoded."""

    text_bytes: int
    """UTF-8 bytes of the texts."""


class DocumentReader:
    """Reads documents once, in order, and keeps a digest of all so far."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._source = iter(documents)
        self._digest = hashlib.blake2b(digest_size=16)
        self.n_documents = 0
        """Documents so far."""

    @property
    def digest(self) -> str:
        """Digest of the records of all documents so far."""
        return self._digest.hexdigest()

    def head(self) -> str:
        """Return the digest of the first documents, which stay to be read."""
        first = list(islice(self._source, HEAD_DOCUMENTS))
        self._source = chain(first, self._source)
        digest = hashlib.blake2b(digest_size=16)
        for number, document in enumerate(first):
            digest.update(_checked(number, document))
        return digest.hexdigest()

    def skip(self, n_documents: int, digest: str, report: Callable[[int], None]) -> None:
        """Pass over documents that are in the files already.

        Raises
        ------
        BuildError
            If they are not the same documents.
        """
        for document in islice(self._source, n_documents):
            self._take(document)
            report(self.n_documents)
        if self.n_documents != n_documents or self.digest != digest:
            raise BuildError(
                f"the documents are not those of the build that was interrupted after "
                f"{n_documents:,} of them; its progress is dropped, start the build again"
            )

    def batches(self, characters: Callable[[], int]) -> Iterator[Read]:
        """Yield the documents that remain in lists of at least `characters()` characters."""
        records: list[bytes] = []
        texts: list[str] = []
        n_characters = text_bytes = 0
        for document in self._source:
            records.append(self._take(document))
            texts.append(document.text)
            n_characters += len(document.text) + 1
            # A record is a line of JSON, which holds no other line feed, and then the text.
            text_bytes += len(records[-1]) - records[-1].index(b"\n") - 1
            if n_characters >= characters():
                yield Read(records, texts, text_bytes)
                records, texts = [], []
                n_characters = text_bytes = 0
        if records:
            yield Read(records, texts, text_bytes)

    def _take(self, document: Document) -> bytes:
        record = _checked(self.n_documents, document)
        self._digest.update(len(record).to_bytes(8, "little"))
        self._digest.update(record)
        self.n_documents += 1
        return record


def _checked(number: int, document: Document) -> bytes:
    """Return the record of a document, or say what is wrong with it."""
    if not isinstance(document, Document):
        raise DocumentError(
            f"document {number} is a {type(document).__name__}, expected a Document"
        )
    for name in ("id", "text"):
        value = getattr(document, name)
        if not isinstance(value, str):
            raise DocumentError(
                f"document {number} has {value!r} for its {name}, expected a string"
            )
    try:
        return record_of(document)
    except (TypeError, ValueError) as exc:
        raise DocumentError(
            f"the metadata of document {number} ({document.id!r}) is not JSON: {exc}"
        ) from exc
