"""Any questions as JSON lines: ``id, question, answer``, and whatever else is known of them.

A question without an id goes by its text. Optional are ``answer_aliases``, ``type``, ``hops``,
``supporting_titles``, ``evidences`` (their number is the number of hops where nothing else says
it), and the supporting text as ``contexts`` (strings) or ``paragraphs`` (``title``, ``text``,
``is_supporting``).
"""

from __future__ import annotations

from pathlib import Path

from eval.datasets.reading import Record, Text, distinct, json_lines, read_samples
from eval.types import Sample
from quco.types import Passage


class Paragraph(Record):
    """A paragraph that may support the answer."""

    title: str = ""
    text: str
    is_supporting: bool = True


class LineRecord(Record):
    """A line."""

    id: str | int | None = None
    question: Text
    answer: Text
    answer_aliases: tuple[str, ...] = ()
    type: str = ""
    relation: str = ""
    hops: int | None = None
    supporting_titles: tuple[str, ...] = ()
    evidences: tuple[tuple[str, str, str], ...] = ()
    contexts: tuple[str, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()

    def sample(self) -> Sample:
        """Return it as a sample."""
        name = self.question if self.id is None else str(self.id)
        support = [p for p in self.paragraphs if p.is_supporting]
        gold = [Passage(f"{name}-{i}", text) for i, text in enumerate(self.contexts)]
        gold += [Passage(f"{name}/{i}", p.text, p.title) for i, p in enumerate(support)]
        titles = distinct(*self.supporting_titles, *(p.title for p in support))
        return Sample(
            id=name,
            question=self.question,
            answers=distinct(self.answer, *self.answer_aliases),
            kind=self.type or self.relation,
            hops=self.hops or len(titles) or len(self.evidences) or None,
            gold=tuple(gold),
            supporting_titles=titles,
        )


def load(path: Path) -> list[Sample]:
    """Read JSON lines."""
    return read_samples(path, json_lines(path), LineRecord, LineRecord.sample)
