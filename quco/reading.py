"""Documents from files: text, Markdown, JSON lines (plain, gzip, zstandard) and Parquet."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from quco.errors import BadRecordError, InputError, MissingExtraError

SUFFIXES = (".txt", ".md", ".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")
"""Endings of the files that can be read."""


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document as its file gave it."""

    id: str
    """Its `id`; else its file, with line or row number where the file holds several."""

    text: str
    """Its text; surrogates that no encoding can hold are replaced by U+FFFD."""

    title: str = ""
    """Its `title`; empty where it has none."""

    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Every other field of its record."""


class DocumentReader:
    """Reads the documents of files and folders, one at a time, as often as it is iterated.

    Parameters
    ----------
    paths : sequence of Path
        Files, or folders, which are searched for files with one of `SUFFIXES`.
    skip_bad : bool
        Skip files and records that cannot be used, and count them in `n_skipped`.

    Raises
    ------
    InputError
        If a path does not exist, has another ending, or a folder holds nothing to read.
    """

    def __init__(self, paths: Sequence[Path], *, skip_bad: bool = False) -> None:
        self.skip_bad = skip_bad
        self.n_skipped = 0
        self.files = [entry for path in paths for entry in _expand(path)]

    def __iter__(self) -> Iterator[SourceDocument]:
        """Yield the documents in the order of the files.

        Raises
        ------
        BadRecordError
            Naming file and line, unless `skip_bad`.
        InputError
            If a file cannot be read, unless `skip_bad`.
        """
        self.n_skipped = 0
        for path, name in self.files:
            records = _records(path, name)
            while True:
                try:
                    number, record = next(records)
                    yield _document(record, name, number)
                except StopIteration:
                    break
                except InputError:
                    if not self.skip_bad:
                        raise
                    self.n_skipped += 1


def _expand(path: Path) -> list[tuple[Path, str]]:
    """Return the files of a path, each with the name its documents' ids begin with."""
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.is_file() and p.name.endswith(SUFFIXES))
        if not found:
            raise InputError(f"{path} holds no file with one of {', '.join(SUFFIXES)}")
        return [(p, p.relative_to(path).as_posix()) for p in found]
    if not path.exists():
        raise InputError(f"{path} does not exist; name a file or folder of documents")
    if not path.name.endswith(SUFFIXES):
        raise InputError(f"{path} is of no known kind; expected one of {', '.join(SUFFIXES)}")
    return [(path, path.name)]


_Record = tuple[int | None, Mapping[str, Any] | InputError]


def _records(path: Path, name: str) -> Iterator[_Record]:
    """Yield the records of a file; a bad one comes as its error, so that the next can follow."""
    try:
        if path.suffix == ".parquet":
            yield from _parquet_rows(path)
        elif path.suffix in {".txt", ".md"}:
            yield None, _plain_text(path)
        else:
            yield from _json_lines(path, name)
    except OSError as exc:
        raise InputError(f"{path} cannot be read: {exc.strerror or exc}") from exc


def _plain_text(path: Path) -> Mapping[str, Any] | InputError:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        return InputError(f"{path} is not UTF-8 text (byte {exc.start}); convert it first")
    if "\0" in text:
        return InputError(f"{path} is a binary file; convert it to text first")
    title = ""
    if path.suffix == ".md" and text.startswith("# "):
        title = text[2:].split("\n", 1)[0].strip()
    return {"text": text, "title": title}


def _json_lines(path: Path, name: str) -> Iterator[_Record]:
    with _open_lines(path) as lines:
        for number, line in enumerate(_guarded(lines, path), 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line.decode("utf-8-sig"))
            except (UnicodeDecodeError, ValueError, RecursionError) as exc:
                yield (
                    number,
                    BadRecordError(
                        f"{name}, line {number}: not a JSON record ({exc}); "
                        "mend the line or pass --skip-bad"
                    ),
                )
                continue
            yield number, record


def _guarded(lines: Iterable[bytes], path: Path) -> Iterator[bytes]:
    """Yield lines; damage of the compressed stream becomes an error that names the file."""
    import zlib

    import zstandard

    try:
        yield from lines
    except (EOFError, gzip.BadGzipFile, zlib.error, zstandard.ZstdError) as exc:
        raise InputError(f"{path} is damaged or cut short: {exc}") from exc


@contextmanager
def _open_lines(path: Path) -> Iterator[Iterable[bytes]]:
    if path.name.endswith(".gz"):
        with gzip.open(path, "rb") as file:
            yield file
    elif path.name.endswith(".zst"):
        with path.open("rb") as file:
            yield _zstd_lines(file)
    else:
        with path.open("rb") as file:
            yield file


def _zstd_lines(file: IO[bytes]) -> Iterator[bytes]:
    pending = b""
    for chunk in _zstd_chunks(file):
        *lines, pending = (pending + chunk).split(b"\n")
        yield from lines
    yield pending


def _zstd_chunks(file: IO[bytes]) -> Iterator[bytes]:
    """Decompress frame by frame: the package's own reader takes a cut stream for its end."""
    import zstandard

    frame = None
    while data := file.read(1 << 20):
        while data:
            frame = frame or zstandard.ZstdDecompressor().decompressobj()
            yield frame.decompress(data)
            data = frame.unused_data
            if frame.eof:
                frame = None
    if frame is not None:
        raise EOFError("the last frame is not complete")


def _parquet_rows(path: Path) -> Iterator[_Record]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as exc:
        raise MissingExtraError("pyarrow", "parquet") from exc
    try:
        with pq.ParquetFile(path) as file:
            number = 0
            for batch in file.iter_batches(batch_size=1024):
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
    except pa.ArrowException as exc:
        raise InputError(f"{path} is not a readable Parquet file: {exc}") from exc


def _document(
    record: Mapping[str, Any] | InputError, name: str, number: int | None
) -> SourceDocument:
    if isinstance(record, InputError):
        raise record
    where = name if number is None else f"{name}, line {number}"
    if not isinstance(record, Mapping):
        raise BadRecordError(f"{where}: expected a JSON object, got {type(record).__name__}")
    text, title = record.get("text"), record.get("title") or ""
    if not isinstance(text, str):
        raise BadRecordError(f"{where}: 'text' is {text!r}; expected a string")
    if not isinstance(title, str):
        raise BadRecordError(f"{where}: 'title' is {title!r}; expected a string")
    given = record.get("id")
    default = name if number is None else f"{name}:{number}"
    rest = {key: value for key, value in record.items() if key not in {"id", "text", "title"}}
    identity = default if given is None or given == "" else str(given)
    return SourceDocument(_clean(identity), _clean(text), _clean(title), rest)


def _clean(text: str) -> str:
    """Replace lone surrogates, which JSON can escape but no encoding can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
