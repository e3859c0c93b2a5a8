"""Build the folder that `quco ask` needs: corpus statistics and passages, published together."""

from __future__ import annotations

import errno
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus_engine import Document, build_index
from corpus_engine.errors import CorpusEngineError
from quco.errors import InputError, QuCoError, UsageError
from quco.reading import DocumentReader, SourceDocument
from quco.serialize import to_jsonable
from retrievers import Encoder, Passage, build_passages, split_document
from retrievers.errors import RetrieverError

Progress = Callable[[str, int, int | None], None]
"""Called with a stage, what is done and, where known, the total."""

FORMAT_VERSION = 1
"""Version of the folder's layout."""

MANIFEST = "quco.json"
CORPUS = "corpus"
PASSAGES = "passages"


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
    overwrite: bool = False,
    skip_bad: bool = False,
    progress: Progress | None = None,
) -> BuildSummary:
    """Index documents into the folder `out`.

    Everything is made in a folder beside `out` and moved into place at the end: an interrupted
    build leaves no half index, and an old one intact.

    Parameters
    ----------
    paths : sequence of Path
        Files and folders; see `quco.reading`.
    out : Path
        The folder to make.
    encoder : Encoder
        Encodes the passages, and later the queries.
    overwrite : bool
        Replace an index that is there.
    skip_bad : bool
        Skip and count files and records that cannot be used.
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
    with _errors_explained(out), _staging(out) as staging:
        start = time.perf_counter()
        corpus = build_index((_to_document(d) for d in reader), staging / CORPUS, progress=progress)
        if corpus.n_tokens == 0:
            raise InputError("the documents hold no word; there is nothing to index")
        middle = time.perf_counter()
        n_passages = build_passages(
            (piece for d in reader for piece in _to_passages(d)),
            staging / PASSAGES,
            encoder=encoder,
            progress=progress,
        )
        seconds = {"corpus": middle - start, "passages": time.perf_counter() - middle}
        summary = BuildSummary(
            path=out,
            n_documents=corpus.n_documents,
            n_tokens=corpus.n_tokens,
            n_passages=n_passages,
            n_skipped=reader.n_skipped,
            size_bytes=_bytes_under(staging),
            corpus_bytes=_bytes_under(staging / CORPUS),
            encoder=encoder.name,
            seconds=seconds,
        )
        _write_manifest(staging, summary)
        _publish(staging, out)
    return summary


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
def _staging(out: Path) -> Iterator[Path]:
    """Yield an empty folder beside `out`, removed at the end; what a killed build left goes too."""
    out.parent.mkdir(parents=True, exist_ok=True)
    for left in out.parent.glob(f".{out.name}.building-*"):
        if not _alive(int(left.name.rpartition("-")[2])):
            shutil.rmtree(left, ignore_errors=True)
    staging = out.parent / f".{out.name}.building-{os.getpid()}"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


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


def _write_manifest(staging: Path, summary: BuildSummary) -> None:
    content = {
        "format_version": FORMAT_VERSION,
        "n_documents": summary.n_documents,
        "n_tokens": summary.n_tokens,
        "n_passages": summary.n_passages,
        "encoder": summary.encoder,
        "seconds": to_jsonable(summary.seconds),
    }
    (staging / MANIFEST).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _publish(staging: Path, out: Path) -> None:
    """Move the finished folder into place; the old one goes only then."""
    if not out.exists():
        staging.rename(out)
        return
    old = out.parent / f".{out.name}.replaced-{os.getpid()}"
    out.rename(old)
    staging.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def _bytes_under(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
