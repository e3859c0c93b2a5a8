"""MuSiQue (Trivedi et al. 2022, arXiv 2108.00573): JSON lines; the id begins with the hops."""

from __future__ import annotations

import re
from pathlib import Path

from eval.datasets.reading import Record, Text, distinct, json_lines, read_samples
from eval.types import Sample
from quco.types import Passage


class Paragraph(Record):
    """A paragraph of the question's context."""

    title: str
    paragraph_text: str
    is_supporting: bool = False


class MuSiQueRecord(Record):
    """A question of MuSiQue."""

    id: Text
    question: Text
    answer: Text
    answer_aliases: tuple[str, ...] = ()
    paragraphs: list[Paragraph]

    def sample(self) -> Sample:
        """Return it as a sample."""
        support = [p for p in self.paragraphs if p.is_supporting]
        hops = re.match(r"(\d)hop", self.id)
        return Sample(
            id=self.id,
            question=self.question,
            answers=distinct(self.answer, *self.answer_aliases),
            kind=self.id.split("__", 1)[0] if hops else "",
            hops=int(hops[1]) if hops else None,
            gold=tuple(
                Passage(f"{self.id}/{i}", p.paragraph_text, p.title) for i, p in enumerate(support)
            ),
            supporting_titles=distinct(*(p.title for p in support)),
        )


def load(path: Path) -> list[Sample]:
    """Read the official JSON lines."""
    return read_samples(path, json_lines(path), MuSiQueRecord, MuSiQueRecord.sample)
