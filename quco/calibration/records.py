"""Reads labels from JSON Lines, and asks the corpus about each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from quco.calibration.labels import LabelledClaim
from quco.calibration.questions import LabelledQuestion
from quco.calibration.sentences import LabelledSentence
from quco.errors import BadRecordError, InputError
from quco.ports import ExtractionContext
from quco.types import Triplet
from quco.verifier import Verifier

_BATCH = 256


class ClaimRecord(BaseModel):
    """A labelled claim, as a file has it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    head: str = Field(min_length=1)
    """What the claim is about."""

    relation: str = Field(min_length=1)
    """The relation; its patterns are learned by this name."""

    tail: str = Field(min_length=1)
    """What is said of the head."""

    label: bool
    """Whether the claim is right."""

    group: str = Field(default="", validation_alias=AliasChoices("group", "question_id", "topic"))
    """Claims of one group are never both fitted on and judged; the head where none is given."""

    sentence: str = ""
    """A wording; the relation's phrase in it is learned too."""

    random: bool = False
    """Whether a wrong tail was drawn from elsewhere."""


class QuestionRecord(BaseModel):
    """A labelled question, as a file has it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    question: str = Field(min_length=1)
    """The question."""

    needs_retrieval: bool
    """Whether the model's answer without passages was wrong."""


class SentenceRecord(BaseModel):
    """A labelled sentence, as a file has it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sentence: str = Field(min_length=1)
    """The sentence."""

    label: bool
    """Whether all of it is right."""

    question: str = ""
    """The question that its text answers: pronouns may refer to its entities."""

    group: str = Field(default="", validation_alias=AliasChoices("group", "question_id", "topic"))
    """Sentences of one group are never both fitted on and judged; the question where none is given,
    or else the sentence."""


Record = TypeVar("Record", ClaimRecord, QuestionRecord, SentenceRecord)


def read_records(path: str | Path, kind: type[Record]) -> list[Record]:
    """Read a JSON Lines file of labels.

    Raises
    ------
    InputError
        If the file cannot be read or holds none.
    BadRecordError
        If a line is no such record.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError(f"cannot read the labels {str(path)!r}: {exc}") from exc
    records = [
        _record(line, f"{path}, line {i}", kind) for i, line in enumerate(lines, 1) if line.strip()
    ]
    if not records:
        raise InputError(f"{str(path)!r} holds no labels")
    return records


def _record(line: str, where: str, kind: type[Record]) -> Record:
    try:
        return kind.model_validate(json.loads(line))
    except ValidationError as exc:
        first = exc.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadRecordError(f"{where}: {field}: {first['msg']}") from exc
    except ValueError as exc:
        raise BadRecordError(f"{where} is no JSON: {exc}") from exc


def ask_claims(
    records: Sequence[ClaimRecord],
    verifier: Verifier,
    progress: Callable[[int, int], None] | None = None,
) -> list[LabelledClaim]:
    """Return the records with what the corpus says of each.

    Raises
    ------
    StatisticsError
        If the corpus cannot be asked.
    """
    phrases = _phrases(records, verifier)
    found: list[LabelledClaim] = []
    for batch in _batches(records):
        triplets = [Triplet(r.head, r.relation, r.tail) for r in batch]
        gathered = verifier.gather_many(triplets)
        found += [
            LabelledClaim(
                evidence,
                is_wrong=not record.label,
                group=record.group or record.head,
                relation=record.relation,
                phrases=phrases.get(record.relation, ()),
                is_random=record.random and not record.label,
            )
            for record, evidence in zip(batch, gathered, strict=True)
            if evidence is not None
        ]
        if progress:
            progress(len(found), len(records))
    return found


def _batches(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    for start in range(0, len(records), _BATCH):
        yield records[start : start + _BATCH]


def _phrases(records: Sequence[ClaimRecord], verifier: Verifier) -> dict[str, tuple[str, ...]]:
    """Return how the sentences put each relation, from a few sentences of each."""
    tried: dict[str, int] = {}
    found: dict[str, dict[str, None]] = {}
    for record in records:
        if not record.sentence or tried.get(record.relation, 0) >= _MOST_SENTENCES:
            continue
        tried[record.relation] = tried.get(record.relation, 0) + 1
        for triplet in verifier.extractor.triplets(record.sentence, ExtractionContext()):
            if triplet.tail and triplet.tail.casefold() == record.tail.casefold():
                found.setdefault(record.relation, {})[triplet.relation] = None
    return {relation: tuple(wordings) for relation, wordings in found.items()}


_MOST_SENTENCES = 12


def ask_questions(records: Sequence[QuestionRecord], verifier: Verifier) -> list[LabelledQuestion]:
    """Return the records that name something, with the counts of their entities."""
    n_tokens = verifier.statistics.n_tokens
    reports = verifier.check_questions([record.question for record in records])
    return [
        LabelledQuestion(
            tuple(item.count for item in report.entities), n_tokens, record.needs_retrieval
        )
        for record, report in zip(records, reports, strict=True)
        if report.entities
    ]


def ask_sentences(
    records: Sequence[SentenceRecord],
    verifier: Verifier,
    progress: Callable[[int, int], None] | None = None,
) -> list[LabelledSentence]:
    """Return the records with what the corpus says of the claims of each."""
    found: list[LabelledSentence] = []
    for batch in _batches(records):
        asked = [(record.sentence, ExtractionContext(record.question)) for record in batch]
        found += [
            LabelledSentence(
                record.sentence,
                report.claims_p_wrong,
                is_wrong=not record.label,
                group=record.group or record.question or record.sentence,
            )
            for record, report in zip(batch, verifier.check_sentences(asked), strict=True)
        ]
        if progress:
            progress(len(found), len(records))
    return found
