"""StrategyQA (Geva et al. 2021, arXiv 2101.02235): a JSON list; the answer is true or false."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, StrictBool

from eval.datasets.reading import Record, Text, json_list, read_samples
from eval.types import Sample
from quco.types import Passage


class StrategyRecord(Record):
    """A question of StrategyQA."""

    id: Text = Field(alias="qid")
    question: Text
    answer: StrictBool
    term: str = ""
    facts: tuple[str, ...] = ()
    decomposition: tuple[str, ...] = ()

    def sample(self) -> Sample:
        """Return it as a sample; its facts serve as gold passages."""
        return Sample(
            id=self.id,
            question=self.question,
            answers=("yes" if self.answer else "no",),
            hops=len(self.decomposition) or None,
            gold=tuple(Passage(f"{self.id}/{i}", text) for i, text in enumerate(self.facts)),
            supporting_titles=(self.term,) if self.term else (),
        )


def load(path: Path) -> list[Sample]:
    """Read the official JSON file."""
    return read_samples(path, json_list(path), StrategyRecord, StrategyRecord.sample)
