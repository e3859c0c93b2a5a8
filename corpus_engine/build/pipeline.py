"""From documents to a published index."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

from corpus_engine import layout
from corpus_engine.build.builder import Builder
from corpus_engine.build.memory import default_memory_bytes
from corpus_engine.build.publish import check_target, published
from corpus_engine.encoders.load import new_encoder
from corpus_engine.errors import BuildError
from corpus_engine.types import Document, IndexSummary, Progress


def build_index(
    documents: Iterable[Document],
    out: Path | str,
    *,
    analyzer: str = "word",
    shards: int | None = None,
    jobs: int | None = None,
    memory_bytes: int | None = None,
    overwrite: bool = False,
    resume: bool = True,
    progress: Progress | None = None,
) -> IndexSummary:
    """Build an index of `documents` in the folder `out`.

    The folder appears when the index is complete; a build that fails, is interrupted or is killed
    leaves whatever was there before. A build that was stopped after a checkpoint (every 128 MiB of
    text, and every shard) goes on from there when it is started again with the same arguments and
    documents; until then its files lie in a hidden folder beside `out`.

    Parameters
    ----------
    documents : iterable of Document
        Read once, in order.
    out : path
        Folder to make.
    analyzer : str
        How text becomes tokens: ``"word"`` (words without case), ``"byte"`` (UTF-8), the path of a
        ``tokenizer.json`` or of a folder with one, or a hub repository that has one.
    shards : int or None
        Number of shards of about equal length; None makes as few as memory allows, each as long as
        it may be.
    jobs : int or None
        Shards to sort at the same time; None takes the number of processors.
    memory_bytes : int or None
        What the build may take (`corpus_engine.build.memory` has the formula); None takes half of
        the machine's.
    overwrite : bool
        Replace an index that is already at `out`.
    resume : bool
        Go on from the checkpoint of an interrupted build; false starts anew.
    progress : callable or None
        Called with a stage (``"analyze"``, ``"vocabulary"``, ``"sort"``, ``"check"``), the units
        done and their total or None.

    Returns
    -------
    IndexSummary

    Raises
    ------
    EmptyCorpusError
        If there are no documents.
    IndexExistsError
        If `out` exists and may not be replaced.
    TokenizerError
        If `analyzer` names no tokenizer.
    DiskFullError
        If the disk is full.
    BuildError
        If an argument is out of range, or a document is longer than a shard can be.

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
    _check_positive(shards=shards, jobs=jobs, memory_bytes=memory_bytes)
    # resolve() would follow a link that is `out` itself.
    out = Path(os.path.abspath(out))  # noqa: PTH100
    check_target(out, overwrite=overwrite)
    kind, encoder = new_encoder(analyzer)
    with published(out, overwrite=overwrite, resume=resume) as work:
        builder = Builder(
            work,
            kind,
            encoder,
            shards=shards,
            jobs=jobs or os.cpu_count() or 1,
            memory_bytes=memory_bytes or default_memory_bytes(),
            report=progress or _silent,
        )
        manifest = builder.run(documents, analyzer)
    return _summary(out, manifest, time.perf_counter() - started)


def _check_positive(**numbers: int | None) -> None:
    for name, value in numbers.items():
        if value is not None and value < 1:
            raise BuildError(f"{name} is {value}, expected at least 1")


def _summary(out: Path, manifest: layout.Manifest, seconds: float) -> IndexSummary:
    """Return what a build made."""
    size = sum(entry.size_bytes for entry in manifest.files.values())
    return IndexSummary(
        path=out,
        n_documents=manifest.n_documents,
        n_tokens=manifest.n_tokens,
        n_shards=len(manifest.shards),
        vocabulary_size=manifest.vocabulary_size,
        size_bytes=size + (out / layout.MANIFEST).stat().st_size,
        text_bytes=manifest.text_bytes,
        seconds=seconds,
    )


def _silent(stage: str, done: int, total: int | None) -> None:
    """Report nothing."""
