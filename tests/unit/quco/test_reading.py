"""Documents from files of every kind, good and bad."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from quco.errors import BadRecordError, InputError
from quco.reading import DocumentReader, SourceDocument

RECORDS: list[dict[str, Any]] = [
    {"id": "a", "title": "Ålesund", "text": "A town in Norway.", "year": 1904},
    {"id": "b", "title": "", "text": "No title."},
]


def write_jsonl(path: Path, records: list[dict[str, Any]] = RECORDS) -> Path:
    data = "\n".join(json.dumps(record) for record in records).encode()
    if path.name.endswith(".gz"):
        data = gzip.compress(data)
    elif path.name.endswith(".zst"):
        data = zstandard.compress(data)
    path.write_bytes(data)
    return path


def read(*paths: Path, skip_bad: bool = False) -> list[SourceDocument]:
    return list(DocumentReader(paths, skip_bad=skip_bad))


@pytest.mark.parametrize("name", ["d.jsonl", "d.jsonl.gz", "d.jsonl.zst", "d.parquet"])
def test_records_of_every_kind_read_the_same(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist([{"year": None, **r} for r in RECORDS]), path)
    else:
        write_jsonl(path)
    first, second = read(path)
    assert (first.id, first.title, first.text) == ("a", "Ålesund", "A town in Norway.")
    assert first.metadata["year"] == 1904
    assert (second.id, second.title, second.text) == ("b", "", "No title.")


def test_plain_text_and_markdown_are_one_document_each(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "note.txt").write_text("Just words.", encoding="utf-8")
    (tmp_path / "page.md").write_text("# Heading\n\nBody.", encoding="utf-8-sig")
    (tmp_path / "ignored.bin").write_bytes(b"\0")
    note, page = read(tmp_path)
    assert (note.id, note.title, note.text) == ("deep/note.txt", "", "Just words.")
    assert (page.id, page.title) == ("page.md", "Heading")


def test_a_reader_can_be_read_twice(tmp_path: Path) -> None:
    reader = DocumentReader([write_jsonl(tmp_path / "d.jsonl")])
    assert list(reader) == list(reader)


def test_ids_default_to_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text('{"text": "one"}\n\n{"text": "two"}\n', encoding="utf-8")
    assert [document.id for document in read(path)] == ["d.jsonl:1", "d.jsonl:3"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{broken", "line 2: not a JSON record"),
        ('{"title": "no text"}', "line 2: 'text' is None"),
        ('{"text": 7}', "line 2: 'text' is 7"),
        ('{"text": "x", "title": 7}', "line 2: 'title' is 7"),
        ('["text"]', "line 2: expected a JSON object, got list"),
        ("[" * 100_000, "line 2: not a JSON record"),
    ],
)
def test_a_bad_line_is_named_or_skipped(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text(f'{{"text": "one"}}\n{line}\n{{"text": "three"}}\n', encoding="utf-8")
    with pytest.raises(BadRecordError, match="d.jsonl, " + message.replace("[", r"\[")):
        read(path)
    reader = DocumentReader([path], skip_bad=True)
    assert [document.text for document in reader] == ["one", "three"]
    assert reader.n_skipped == 1


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "image.txt"
    path.write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(InputError, match="not UTF-8"):
        read(path)
    path.write_bytes(b"GIF8\0\0")
    with pytest.raises(InputError, match="binary"):
        read(path)
    reader = DocumentReader([path], skip_bad=True)
    assert list(reader) == []
    assert reader.n_skipped == 1


@pytest.mark.parametrize("name", ["d.jsonl.gz", "d.jsonl.zst", "d.parquet"])
@pytest.mark.parametrize("damage", ["cut", "noise"])
def test_damaged_files_are_named(tmp_path: Path, name: str, damage: str) -> None:
    path = tmp_path / name
    many = [{"id": str(n), "text": f"text {n} " * 50} for n in range(500)]
    if name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(many), path)
    else:
        write_jsonl(path, many)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] if damage == "cut" else b"noise" * 100)
    with pytest.raises(InputError, match=name):
        read(path)


def test_paths_that_cannot_be_read_are_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        DocumentReader([tmp_path / "none.jsonl"])
    (tmp_path / "d.pdf").write_bytes(b"%PDF")
    with pytest.raises(InputError, match="no known kind"):
        DocumentReader([tmp_path / "d.pdf"])
    with pytest.raises(InputError, match="holds no file"):
        DocumentReader([tmp_path])


def test_lone_surrogates_become_replacement_characters(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text('{"text": "a\\ud800b \\ud83d\\ude00", "id": "\\udfff"}', encoding="utf-8")
    (document,) = read(path)
    assert document.text == "a\ufffdb 😀"
    document.id.encode("utf-8")
