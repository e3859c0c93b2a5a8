"""Runs as they lie on disk, scored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from eval.metrics import contains_answer, exact_match, label_accuracy, token_f1
from eval.records import Record, read_lines, read_records
from quco.errors import InputError

CLOSED = ("pubmedqa", "strategyqa")
"""Data sets whose answers are labels."""


@dataclass(frozen=True, slots=True)
class Result:
    """An answer with its scores."""

    question: Mapping[str, Any]
    """The question's row."""

    record: Record
    """What was answered."""

    exact_match: float
    """1 or 0."""

    f1: float
    """In [0, 1]."""

    precision: float
    """In [0, 1]."""

    recall: float
    """In [0, 1]."""

    accuracy: float
    """1 or 0, as the data set means it: the right label, else the answer within the text."""

    @property
    def answer(self) -> Mapping[str, Any]:
        """The answer; empty where the method failed."""
        return self.record.answer or {}

    @property
    def final(self) -> str:
        """The final answer; empty where there is none."""
        return str(self.answer.get("final", ""))

    @property
    def usage(self) -> Mapping[str, Any]:
        """What it cost; empty where the method failed."""
        found: Mapping[str, Any] = self.answer.get("usage", {})
        return found

    @property
    def searches(self) -> int:
        """How often passages, or places of the corpus, were looked for and shown."""
        return int(self.usage.get("retrievals", 0) + self.usage.get("looks", 0))

    def decisions(self, kind: str) -> list[Mapping[str, Any]]:
        """Return the decisions of one kind."""
        return [d for d in self.answer.get("decisions", ()) if d["kind"] == kind]

    @property
    def p_wrong(self) -> float | None:
        """The greatest probability, of any claim that was judged, that it is wrong."""
        reports = [d["report"] for d in self.answer.get("decisions", ()) if d.get("report")]
        claims = [claim for report in reports for claim in report.get("claims", ())]
        return max((c["p_wrong"] for c in claims if c["p_wrong"] is not None), default=None)


class Run:
    """A run's folder.

    Raises
    ------
    InputError
        If the folder holds no run.
    """

    def __init__(self, path: Path) -> None:
        if not (path / "config.json").is_file() or not (path / "questions.jsonl").is_file():
            raise InputError(f"{path} holds no run; name a folder that `quco eval run` wrote")
        self.path = path
        self.config: dict[str, Any] = json.loads((path / "config.json").read_text("utf-8"))
        self.questions = {row["id"]: row for row in read_lines(path / "questions.jsonl")}

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.resolve().name

    @property
    def data_set(self) -> str:
        """The data set."""
        return str(self.config["data"]["name"])

    @cached_property
    def sessions(self) -> list[dict[str, Any]]:
        """On what it ran."""
        sessions: list[dict[str, Any]] = json.loads((self.path / "machine.json").read_text("utf-8"))
        return sessions

    @cached_property
    def passages(self) -> dict[str, dict[str, Any]]:
        """Every passage that was retrieved, by id."""
        return {row["id"]: row for row in read_lines(self.path / "passages.jsonl")}

    @cached_property
    def results(self) -> dict[str, dict[str, Result]]:
        """Results by method and question, of the methods that have answered most questions.

        One that is not finished would shrink the comparison to the questions it has reached.
        """
        found = self._found
        most = max(map(len, found.values()), default=0)
        return {name: by_id for name, by_id in found.items() if len(by_id) == most}

    @property
    def unfinished(self) -> list[str]:
        """Methods that have answered fewer questions than others."""
        return [name for name in self._found if name not in self.results]

    @cached_property
    def _found(self) -> dict[str, dict[str, Result]]:
        """Results of all methods, those of the configuration first and in its order."""
        found: dict[str, dict[str, Result]] = {name: {} for name in self.config["methods"]}
        for record in read_records(self.path):
            if record.id in self.questions:
                question = self.questions[record.id]
                result = score(question, record, self.data_set)
                found.setdefault(record.method, {})[record.id] = result
        return {name: by_id for name, by_id in found.items() if by_id}

    @cached_property
    def wall_seconds(self) -> dict[str, float]:
        """Seconds of wall time a question, by method."""
        rows = read_lines(self.path / "times.jsonl")
        total = {row["method"]: [0.0, 0] for row in rows}
        for row in rows:
            total[row["method"]][0] += row["wall_s"]
            total[row["method"]][1] += row["n"]
        return {name: seconds / n for name, (seconds, n) in total.items() if n}


def score(question: Mapping[str, Any], record: Record, data_set: str) -> Result:
    """Return a record with its scores; a method that failed has none but zeros."""
    final = str((record.answer or {}).get("final", ""))
    references = question["answers"]
    overlap = token_f1(final, references)
    right = label_accuracy if data_set in CLOSED else contains_answer
    return Result(
        question=question,
        record=record,
        exact_match=float(exact_match(final, references)),
        f1=overlap.f1,
        precision=overlap.precision,
        recall=overlap.recall,
        accuracy=float(right(final, references)),
    )
