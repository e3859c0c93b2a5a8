"""The demo: a small corpus of true facts, questions about it, and the index of both."""

from __future__ import annotations

import json
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quco.indexing import BuildSummary
    from quco.types import Progress


@contextmanager
def corpus_path() -> Iterator[Path]:
    """Yield the file of the demo corpus: JSON lines with id, title and text."""
    with as_file(files("quco.demo") / "corpus.jsonl") as path:
        yield path


def questions() -> list[dict[str, Any]]:
    """Return the demo questions: id, question, answer, answer_aliases, supporting_ids and so on."""
    text = (files("quco.demo") / "questions.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def build_demo(
    out: str | Path, *, overwrite: bool = False, progress: Progress | None = None
) -> BuildSummary:
    """Index the demo corpus; see `quco.indexing.build`."""
    from quco.wiring import QuCo

    with corpus_path() as corpus:
        return QuCo.build([corpus], out, overwrite=overwrite, progress=progress)
