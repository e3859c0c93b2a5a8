"""HotpotQA and 2WikiMultihopQA, which share one format.

Sources: Yang et al. 2018 (arXiv 1809.09600), Ho et al. 2020 (arXiv 2011.01060); a JSON list with
``_id, question, answer, type, context [[title, [sentence]]], supporting_facts [[title, index]]``
and, in 2WikiMultihopQA, ``evidences [[head, relation, tail]]``.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from eval.datasets.reading import Record, Text, json_list, read_samples
from eval.types import Sample
from quco.types import Passage


class WikipediaRecord(Record):
    """A question of HotpotQA or 2WikiMultihopQA."""

    id: Text = Field(alias="_id")
    question: Text
    answer: Text
    type: str = ""
    context: list[tuple[str, list[str]]]
    supporting_facts: list[tuple[str, int]]
    evidences: tuple[tuple[str, str, str], ...] = ()

    def sample(self) -> Sample:
        """Return it as a sample."""
        titles = tuple(dict.fromkeys(title for title, _ in self.supporting_facts))
        texts = dict(self.context)
        gold = [
            Passage(f"{self.id}/{title}", " ".join(s.strip() for s in texts[title]), title)
            for title in titles
            if title in texts
        ]
        return Sample(
            id=self.id,
            question=self.question,
            answers=(self.answer,),
            kind=self.type,
            hops=len(titles) or None,
            gold=tuple(gold),
            supporting_titles=titles,
        )


def load(path: Path) -> list[Sample]:
    """Read the official JSON file."""
    return read_samples(path, json_list(path), WikipediaRecord, WikipediaRecord.sample)
