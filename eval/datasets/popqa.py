"""PopQA (Mallen et al. 2023, arXiv 2212.10511): a TSV file; possible_answers holds a JSON list."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from eval.datasets.reading import Place, Record, Text, distinct, read_samples, read_text
from eval.types import Sample


class PopRecord(Record):
    """A row of PopQA."""

    id: Text
    question: Text
    answer: Text = Field(alias="obj")
    relation: str = Field(alias="prop")
    aliases: list[str] = Field(alias="possible_answers")

    @field_validator("aliases", mode="before")
    @classmethod
    def _decoded(cls, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value

    def sample(self) -> Sample:
        """Return it as a sample."""
        answers = distinct(self.answer, *self.aliases)
        return Sample(self.id, self.question, answers, self.relation, 1)


def load(path: Path) -> list[Sample]:
    """Read the official TSV file."""
    return read_samples(path, _rows(path), PopRecord, PopRecord.sample)


def _rows(path: Path) -> Iterator[Place]:
    rows = csv.DictReader(io.StringIO(read_text(path)), delimiter="\t")
    for number, row in enumerate(rows, 2):
        yield f"line {number}", row
