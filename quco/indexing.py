"""Build the folder that `quco ask` needs: corpus statistics and passages, published together."""

from __future__ import annotations

import errno
import json
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus_engine import CorpusIndex, Document, build_index, has_checkpoint
from corpus_engine.errors import CorpusEngineError
from quco.errors import InputError, QuCoError, UsageError
from quco.reading import DocumentReader, SourceDocument
from quco.serialize import to_jsonable
from quco.staging import publish, staging
from quco.types import Progress
from retrievers import Encoder, Passage, build_passages, split_document
from retrievers.errors import RetrieverError

FORMAT_VERSION = 1
"""Version of the folder's layout."""

MANIFEST = "quco.json"
CORPUS = "corpus"
PASSAGES = "passages"
VECTORS = "vectors"
"""Vectors that are finished, while passages are encoded; not part of the index."""


@dataclass(frozen=True, slots=True)
class CorpusOptions:
    """How the statistics are built; see `corpus_engine.build_index`."""

    analyzer: str = "word"
    """``word``, ``byte``, or a tokenizer: a ``tokenizer.json``, a folder, a hub name."""

    shards: int | None = None
    """Shards of about equal length; None makes as few as memory allows."""

    jobs: int | None = None
    """Shards sorted at the same time; None takes the number of processors."""

    memory_bytes: int | None = None
    """What the build may take; None takes half of the machine's."""


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What a build made."""

    path: Path
    """The folder."""

    n_documents: int
    """Documents indexed."""

    n_tokens: int
    """Words counted."""

    n_passages: int
    """Passages that can be retrieved."""

    n_skipped: int
    """Bad files and records that were skipped."""

    size_bytes: int
    """Bytes on disk."""

    corpus_bytes: int
    """Bytes of the statistics alone, original text included."""

    encoder: str
    """Name of the encoder, needed to open the passages."""

    seconds: dict[str, float]
    """Seconds by part: ``corpus``, ``passages``."""


def build(
    paths: Sequence[Path],
    out: Path,
    *,
    encoder: Encoder,
    options: CorpusOptions = CorpusOptions(),
    overwrite: bool = False,
    skip_bad: bool = False,
    resume: bool = True,
    progress: Progress | None = None,
) -> BuildSummary:
    """Index documents into the folder `out`.

    Everything is made in a hidden folder beside `out` and moved into place at the end: an
    interrupted build leaves no half index, and an old one intact. Started again with the same
    files and options, it goes on from the last checkpoint of the statistics, or from the passages
    that are encoded already.

    Parameters
    ----------
    paths : sequence of Path
        Files and folders; see `quco.reading`.
    out : Path
        The folder to make.
    encoder : Encoder
        Encodes the passages, and later the queries.
    options : CorpusOptions
        How the statistics are built.
    overwrite : bool
        Replace an index that is there.
    skip_bad : bool
        Skip and count files and records that cannot be used.
    resume : bool
        Go on where an interrupted build stopped; false starts anew.
    progress : callable, optional
        Called with (stage, done, total or None).

    Raises
    ------
    UsageError
        If `out` exists and `overwrite` is false, or is no index.
    InputError
        If a document cannot be read, two have one id, or there is none.
    QuCoError
        If the disk is full or cannot be written.
    """
    reader = DocumentReader(paths, skip_bad=skip_bad)
    check_target(out, overwrite=overwrite)
    request = _request(reader, options, encoder, skip_bad=skip_bad)
    keep = _is_worth_keeping if resume else lambda _: False
    with _errors_explained(out), staging(out, request, keep) as folder:
        start = time.perf_counter()
        n_documents, n_tokens = _build_corpus(reader, folder / CORPUS, options, progress)
        middle = time.perf_counter()
        shutil.rmtree(folder / PASSAGES, ignore_errors=True)  # half written by a killed build
        n_passages = build_passages(
            (piece for d in reader for piece in _to_passages(d)),
            folder / PASSAGES,
            encoder=encoder,
            checkpoint=folder / VECTORS,
            progress=progress,
        )
        seconds = {"corpus": middle - start, "passages": time.perf_counter() - middle}
        summary = BuildSummary(
            path=out,
            n_documents=n_documents,
            n_tokens=n_tokens,
            n_passages=n_passages,
            n_skipped=reader.n_skipped,
            size_bytes=_bytes_under(folder),
            corpus_bytes=_bytes_under(folder / CORPUS),
            encoder=encoder.name,
            seconds=seconds,
        )
        _write_manifest(folder, summary)
        publish(folder, out)
    return summary


def _build_corpus(
    reader: DocumentReader, folder: Path, options: CorpusOptions, progress: Progress | None
) -> tuple[int, int]:
    """Build the statistics, unless an interrupted build finished them; return their size.

    The size is given in documents and tokens.
    """
    if folder.exists():
        with CorpusIndex.open(folder) as index:
            return index.n_documents, index.n_tokens
    corpus = build_index(
        (_to_document(d) for d in reader), folder, **asdict(options), progress=progress
    )
    if corpus.n_tokens == 0:
        shutil.rmtree(folder)
        raise InputError("the documents hold no word; there is nothing to index")
    return corpus.n_documents, corpus.n_tokens


def _request(
    reader: DocumentReader, options: CorpusOptions, encoder: Encoder, *, skip_bad: bool
) -> dict[str, Any]:
    """Return what a build is asked for; one that was asked for the same can be gone on with."""
    files = [(str(path.resolve()), path.stat()) for path, _ in reader.files]
    return {
        "files": [[name, stat.st_size, stat.st_mtime_ns] for name, stat in files],
        "options": asdict(options),
        "encoder": encoder.name,
        "skip_bad": skip_bad,
    }


def _is_worth_keeping(folder: Path) -> bool:
    """Tell whether a stopped build got as far as finished statistics, or a checkpoint of them."""
    return (folder / CORPUS).exists() or has_checkpoint(folder / CORPUS)


def check_target(out: Path, *, overwrite: bool) -> None:
    """Refuse to build where something else would be lost.

    Raises
    ------
    UsageError
        If `out` exists and is not an index that may be replaced.
    """
    if not out.exists():
        return
    if not (out / MANIFEST).is_file():
        if out.is_dir() and not any(out.iterdir()):
            return
        raise UsageError(f"{out} exists and is no index; name a folder that does not exist yet")
    if not overwrite:
        raise UsageError(f"{out} is an index already; pass --overwrite to replace it")


def read_manifest(path: Path) -> dict[str, object]:
    """Return the manifest of an index folder.

    Raises
    ------
    InputError
        If the folder is no index, or one of another version.
    """
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise InputError(
            f"{path} holds no index; make one with `quco index build FILES --out {path}`"
        ) from exc
    except (OSError, ValueError) as exc:
        raise InputError(f"{path / MANIFEST} is damaged ({exc}); build the index again") from exc
    version = manifest.get("format_version") if isinstance(manifest, dict) else None
    if version != FORMAT_VERSION:
        raise InputError(
            f"{path} has format version {version!r}; this version reads {FORMAT_VERSION}: "
            "build the index again"
        )
    return dict(manifest)


def _to_document(source: SourceDocument) -> Document:
    """Let the title be counted and shown with the text."""
    text = f"{source.title}\n{source.text}" if source.title else source.text
    return Document(source.id, text, {**source.metadata, "title": source.title})


def _to_passages(source: SourceDocument) -> list[Passage]:
    return split_document(source.id, source.title, source.text, source.metadata)


@contextmanager
def _errors_explained(out: Path) -> Iterator[None]:
    """Turn what the engines and the disk raise into errors of this package."""
    try:
        yield
    except (CorpusEngineError, RetrieverError) as exc:
        raise InputError(str(exc)) from exc
    except OSError as exc:
        if exc.errno == errno.ENOSPC:
            raise QuCoError(
                f"no space left on the disk of {out.parent}; free some, or name another --out"
            ) from exc
        raise QuCoError(f"cannot write {out}: {exc.strerror or exc}") from exc


def _write_manifest(folder: Path, summary: BuildSummary) -> None:
    content = {
        "format_version": FORMAT_VERSION,
        "n_documents": summary.n_documents,
        "n_tokens": summary.n_tokens,
        "n_passages": summary.n_passages,
        "encoder": summary.encoder,
        "seconds": to_jsonable(summary.seconds),
    }
    (folder / MANIFEST).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _bytes_under(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
