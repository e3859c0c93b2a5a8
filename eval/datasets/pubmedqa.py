"""PubMedQA (Jin et al. 2019, arXiv 1909.06146): a JSON object by PubMed id, as in ori_pqal.json."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from eval.datasets.reading import Record, Text, json_mapping, read_samples
from eval.types import Sample
from quco.types import Passage


class PubMedRecord(Record):
    """A labelled question of PubMedQA."""

    id: Text
    question: Text = Field(alias="QUESTION")
    contexts: list[str] = Field(alias="CONTEXTS")
    decision: Literal["yes", "no", "maybe"] = Field(alias="final_decision")

    def sample(self) -> Sample:
        """Return it as a sample."""
        gold = [Passage(f"{self.id}-{i}", text) for i, text in enumerate(self.contexts)]
        return Sample(self.id, self.question, (self.decision,), self.decision, None, tuple(gold))


def load(path: Path) -> list[Sample]:
    """Read the official JSON file."""
    return read_samples(path, json_mapping(path), PubMedRecord, PubMedRecord.sample)
