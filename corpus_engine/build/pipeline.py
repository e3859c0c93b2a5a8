"""From documents to a published index."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus_engine import layout
from corpus_engine.build.publish import check_target, published
from corpus_engine.build.spool import WordSpool
from corpus_engine.build.suffix_array import write_suffix_array
from corpus_engine.errors import DocumentError, EmptyCorpusError
from corpus_engine.store import StoreWriter
from corpus_engine.types import Document, IndexSummary, Progress
from corpus_engine.vocabulary import UnitRanges, write_vocabulary

_BATCH_CHARACTERS = 1 << 22
_SPOOL = "spool"


def build_index(
    documents: Iterable[Document],
    out: Path | str,
    *,
    analyzer: str = "word",  # noqa: ARG001 - one analyzer, one shard and one process so far
    shards: int | None = None,  # noqa: ARG001
    jobs: int | None = None,  # noqa: ARG001
    memory_bytes: int | None = None,  # noqa: ARG001
    overwrite: bool = False,
    progress: Progress | None = None,
) -> IndexSummary:
    """Build an index of `documents` in the folder `out`.

    The folder appears when the index is complete; a build that fails, is interrupted or is killed
    leaves whatever was there before.

    Parameters
    ----------
    documents : iterable of Document
        Read once, in order.
    out : path
        Folder to make.
    analyzer : str
        How text becomes tokens: ``"word"``.
    shards : int or None
        Number of shards; None chooses.
    jobs : int or None
        Processes; None chooses.
    memory_bytes : int or None
        Memory that the build may take; None chooses.
    overwrite : bool
        Replace an index that is already at `out`.
    progress : callable or None
        Called with a stage, the units done and their total or None.

    Returns
    -------
    IndexSummary

    Raises
    ------
    EmptyCorpusError
        If there are no documents.
    IndexExistsError
        If `out` exists and may not be replaced.
    DiskFullError
        If the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> from corpus_engine import CorpusIndex, Document, build_index
    >>> folder = tempfile.mkdtemp() + "/index"
    >>> build_index([Document("d1", "To be, or not to be.")], folder).n_tokens
    6
    >>> with CorpusIndex.open(folder) as index:
    ...     index.count("to BE")
    Count(value=2, exact=True)
    """
    started = time.perf_counter()
    report = progress or _silent
    out = Path(out)
    check_target(out, overwrite=overwrite)
    with published(out, overwrite=overwrite) as work:
        manifest = _build_words(documents, work, report)
        manifest.write(work)
        size = sum(file.stat().st_size for file in work.iterdir())
    return IndexSummary(
        path=out,
        n_documents=manifest.n_documents,
        n_tokens=manifest.n_tokens,
        n_shards=len(manifest.shards),
        vocabulary_size=manifest.vocabulary_size,
        size_bytes=size,
        text_bytes=manifest.text_bytes,
        seconds=time.perf_counter() - started,
    )


def _silent(stage: str, done: int, total: int | None) -> None:
    """Report nothing."""


def _build_words(documents: Iterable[Document], work: Path, report: Progress) -> layout.Manifest:
    spool = WordSpool(work / _SPOOL)
    n_documents = n_tokens = 0
    try:
        with StoreWriter(work) as store:
            for batch in _batches(documents):
                for document in batch:
                    store.add(document)
                n_tokens += spool.add([document.text for document in batch])
                n_documents += len(batch)
                report("analyze", n_documents, None)
            if not n_documents:
                raise EmptyCorpusError("the corpus has no documents; give at least one")
            store.finish()
            text_bytes = store.text_bytes
        report("vocabulary", 0, 1)
        words, places = spool.ranked()
        write_vocabulary(work, words)
        report("vocabulary", 1, 1)
        entry = _write_stream(work, spool, len(words), places)
    finally:
        spool.close()
    (work / _SPOOL).unlink()
    report("sort", 0, 1)
    write_suffix_array(work, 0, 2)
    report("sort", 1, 1)
    return layout.Manifest(
        analyzer="word",
        analyzer_options={},
        width=2,
        n_tokens=n_tokens,
        n_documents=n_documents,
        vocabulary_size=len(words),
        text_bytes=text_bytes,
        shards=(entry,),
        files={file.name: file_entry(file) for file in sorted(work.iterdir())},
    )


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Yield documents in lists of about `_BATCH_CHARACTERS` characters."""
    batch: list[Document] = []
    characters = 0
    for number, document in enumerate(documents):
        if not isinstance(document, Document):
            raise DocumentError(
                f"document {number} is a {type(document).__name__}, expected a Document"
            )
        batch.append(document)
        characters += len(document.text)
        if characters >= _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _write_stream(
    work: Path, spool: WordSpool, n_words: int, places: NDArray[np.uint32]
) -> layout.ShardEntry:
    """Turn provisional ids into units; write the stream and the documents' starts."""
    first, second = UnitRanges.of(n_words).unit_arrays(n_words)
    first_of = np.full(len(places), 0xFFFF, np.uint16)
    second_of = np.full(len(places), 0xFFFF, np.uint16)
    first_of[1:] = first[places[1:]]
    second_of[1:] = second[places[1:]]
    n_units = n_documents = 0
    with (
        (work / layout.stream_name(0)).open("wb") as stream,
        (work / layout.documents_name(0)).open("wb") as starts,
    ):
        for ids in spool.read():
            trails = second_of[ids]
            paired = trails != 0xFFFF
            at = np.arange(len(ids)) + np.cumsum(paired) - paired
            units = np.empty(len(ids) + int(paired.sum()), "<u2")
            units[at] = first_of[ids]
            units[at[paired] + 1] = trails[paired]
            documents = at[ids == 0]
            starts.write(((documents + n_units) * 2).astype("<u8").tobytes())
            stream.write(units.tobytes())
            n_units += len(units)
            n_documents += len(documents)
    return layout.ShardEntry(n_units, n_documents)


def file_entry(path: Path) -> layout.FileEntry:
    """Return the size and checksum of a file."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return layout.FileEntry(path.stat().st_size, digest.hexdigest())
