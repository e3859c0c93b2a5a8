"""Reading records of a file, and complaining about the bad one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from eval.types import Sample
from quco.errors import BadRecordError, InputError

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A string that is not blank."""


class Record(BaseModel):
    """A record of a file; fields that are not named are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


R = TypeVar("R", bound=Record)

Place = tuple[str, Any]
"""Where a record stands, such as ``line 7``, and its content."""


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises
    ------
    InputError
        If it cannot be read as UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError(f"{path} cannot be read: {exc}") from exc


def json_lines(path: Path) -> Iterator[Place]:
    """Yield each line's JSON value; blank lines are skipped."""
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            yield f"line {number}", _parse(line, f"{path}, line {number}")


def json_list(path: Path) -> Iterator[Place]:
    """Yield each element of the JSON list that the file holds."""
    content = _parse(read_text(path), str(path))
    if not isinstance(content, list):
        raise BadRecordError(f"{path}: expected a JSON list, got {type(content).__name__}")
    for number, item in enumerate(content, 1):
        yield f"record {number}", item


def json_mapping(path: Path) -> Iterator[Place]:
    """Yield each (key, value) of the JSON object that the file holds."""
    content = _parse(read_text(path), str(path))
    if not isinstance(content, dict):
        raise BadRecordError(f"{path}: expected a JSON object, got {type(content).__name__}")
    for key, item in content.items():
        yield f"record {key!r}", {"id": key, **item} if isinstance(item, dict) else item


def read_samples(
    path: Path, places: Iterable[Place], kind: type[R], convert: Callable[[R], Sample]
) -> list[Sample]:
    """Return one sample for each record.

    Raises
    ------
    BadRecordError
        Naming the file, the record, the field and what is wrong with it; also for an id that
        occurs twice.
    InputError
        If there is no record at all.
    """
    samples: dict[str, Sample] = {}
    for where, content in places:
        try:
            sample = convert(kind.model_validate(content))
        except ValidationError as exc:
            first = exc.errors()[0]
            field = ".".join(str(part) for part in first["loc"]) or "the record"
            raise BadRecordError(
                f"{path}, {where}{_named(content)}: {field}: {first['msg']}"
            ) from exc
        if sample.id in samples:
            raise BadRecordError(f"{path}, {where}: the id {sample.id!r} occurs twice")
        samples[sample.id] = sample
    if not samples:
        raise InputError(f"{path} holds no question")
    return list(samples.values())


def distinct(*texts: str) -> tuple[str, ...]:
    """Return the texts that are not blank, each once, in order."""
    return tuple(dict.fromkeys(text for text in texts if text.strip()))


def _named(content: Any) -> str:
    """Return the record's id in brackets, where it has one."""
    if not isinstance(content, dict):
        return ""
    found = next((content[key] for key in ("id", "_id", "qid") if key in content), None)
    return "" if found is None else f" (id {found!r})"


def _parse(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as exc:
        raise BadRecordError(f"{where}: no JSON: {exc}") from exc
