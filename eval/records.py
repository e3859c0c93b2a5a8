"""The folder of a run: one line for each (method, question), appended and on disk at once.

==================  ==============================================================================
``config.json``     the configuration, complete
``machine.json``    versions, hashes of model, index and questions, the machine; one entry a session
``questions.jsonl`` the questions with their gold answers and what the corpus knows of them
``records.jsonl``   one answer a line, with every decision; of two with the same key the last counts
``passages.jsonl``  the text of every passage that was retrieved, once
``times.jsonl``     wall time of each method in each session
==================  ==============================================================================
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from quco.errors import InputError, UsageError
from quco.serialize import to_jsonable

Key = tuple[str, str]
"""Method and id of a question."""

FREE = (("data", "limit"), ("jobs",), ("generator", "device"), ("generator", "batch_size"))
"""Keys of the configuration that may differ when a run goes on."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a method made of a question."""

    method: str
    """Name in the table."""

    id: str
    """Id of the question."""

    answer: Mapping[str, Any] | None
    """The answer as `quco.answer.Answer.to_dict` gives it, passages by id; None where it failed."""

    error: str | None = None
    """Why there is no answer."""

    @property
    def key(self) -> Key:
        """What the record is found by."""
        return self.method, self.id


class RunFolder:
    """A run on disk, open for appending.

    Parameters
    ----------
    path : Path
        The folder; made where it is absent.
    config : mapping
        The configuration as JSON holds it.

    Raises
    ------
    UsageError
        If the folder holds a run with another configuration.
    """

    def __init__(self, path: Path, config: Mapping[str, Any]) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        _check_same(path / "config.json", config)
        _replace(path / "config.json", config)
        self._files = {
            name: _Appender(path / f"{name}.jsonl") for name in ("records", "passages", "times")
        }
        self._known = {row["id"] for row in read_lines(path / "passages.jsonl")}
        self.done = {record.key for record in read_records(path) if record.error is None}

    def add(self, record: Record) -> None:
        """Append a record; when this returns it is on disk."""
        answer = dict(record.answer) if record.answer is not None else None
        if answer is not None:
            new = [p for p in answer["passages"] if p["id"] not in self._known]
            if new:
                self._files["passages"].append(*new)
                self._known |= {passage["id"] for passage in new}
            answer["passages"] = [p["id"] for p in answer["passages"]]
        row = {"method": record.method, "id": record.id, "answer": answer, "error": record.error}
        self._files["records"].append(row)
        if record.error is None:
            self.done.add(record.key)

    def add_time(self, method: str, n: int, seconds: float) -> None:
        """Note how long `n` questions of a method took together."""
        self._files["times"].append({"method": method, "n": n, "wall_s": seconds})

    def write_questions(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write the questions."""
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        _replace_text(self.path / "questions.jsonl", text)

    def add_session(self, session: Mapping[str, Any]) -> None:
        """Note on what this session runs."""
        path = self.path / "machine.json"
        before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        _replace(path, [*before, session])

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Appender:
    """A file of lines; what a killed process left of a line is cut off first."""

    def __init__(self, path: Path) -> None:
        if path.exists():
            content = path.read_bytes()
            whole = content.rfind(b"\n") + 1
            if whole < len(content):
                os.truncate(path, whole)
        self._file = path.open("a", encoding="utf-8")

    def append(self, *rows: Any) -> None:
        for row in rows:
            line = json.dumps(to_jsonable(row), ensure_ascii=False, separators=(",", ":"))
            self._file.write(line + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def read_records(path: Path) -> Iterator[Record]:
    """Yield the records of a run, of those with the same key the last, in order of arrival."""
    last: dict[Key, Record] = {}
    for row in read_lines(path / "records.jsonl"):
        record = Record(row["method"], row["id"], row["answer"], row["error"])
        last[record.key] = record
    yield from last.values()


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the JSON objects of a file of lines; none where there is no file.

    A last line without an end, which a killed process left, is ignored.

    Raises
    ------
    InputError
        Naming the line that is no JSON.
    """
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            rows.append(json.loads(line))
        except ValueError as exc:
            raise InputError(f"{path}, line {number} is damaged: {exc}; remove it") from exc
    return rows


def _check_same(path: Path, config: Mapping[str, Any]) -> None:
    """Complain about another configuration; other methods and the keys of `FREE` may differ."""
    if not path.exists():
        return
    before, now = _flat(json.loads(path.read_text(encoding="utf-8"))), _flat(config)
    methods = {key[1] for key in before if key[0] == "methods"} & set(config["methods"])
    for key in sorted(before.keys() | now.keys()):
        if key in FREE or (key[0] == "methods" and key[1] not in methods):
            continue
        if before.get(key) != now.get(key):
            raise UsageError(
                f"{path.parent} holds a run with {'.'.join(key)} = {before.get(key)!r}, not "
                f"{now.get(key)!r}: choose another --out, or the same configuration"
            )


def _flat(value: Any, key: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    if not isinstance(value, Mapping) or not value:
        return {key: value}
    return {k: v for name, item in value.items() for k, v in _flat(item, (*key, name)).items()}


def _replace(path: Path, value: Any) -> None:
    _replace_text(path, json.dumps(to_jsonable(value), indent=1, ensure_ascii=False) + "\n")


def _replace_text(path: Path, text: str) -> None:
    staged = path.with_name(f".{path.name}.new")
    staged.write_text(text, encoding="utf-8")
    staged.replace(path)
