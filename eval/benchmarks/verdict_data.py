"""Labelled claims for the verdict: read, split by group, and asked of the corpus they are about.

Development and validation are the halves that the evaluation of answers has too, by question,
topic or subject: no question of its tables has been seen by the shipped policy, which is fitted on
the development half alone (`fit_verdict`). What the benchmarks report is of the validation half.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus_engine import Document, build_index
from eval.benchmarks.retrieval_data import DATA
from eval.datasets.splits import is_development
from quco.adapters.corpus import LocalStatistics
from quco.adapters.extractor.spacy import SpacyExtractor
from quco.calibration.labels import LabelledClaim
from quco.calibration.records import ClaimRecord, SentenceRecord, ask_claims
from quco.ports import ExtractionContext
from quco.reading import DocumentReader
from quco.types import Triplet
from quco.verdict import VerdictPolicy
from quco.verdict.reading import name_words
from quco.verdict.relation import STOP_WORDS
from quco.verifier import Verifier

Record = dict[str, Any]


def is_validation(group: str) -> bool:
    """Whether the claims of a question, topic or subject are for validation."""
    return not is_development(group)


def read(name: str) -> list[Record]:
    """Return the records of a JSON Lines file of the shared data."""
    lines = (DATA / name).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def verifier(corpus: str, cache: Path, policy: VerdictPolicy | None = None) -> Verifier:
    """Return a verifier over a corpus of the shared data, which is indexed where it is not yet."""
    folder = cache / f"verdict_{corpus}"
    if not folder.exists():
        reader = DocumentReader([DATA / f"corpus_{corpus}.jsonl.gz"])
        titled = (
            Document(d.id, f"{d.title}\n{d.text}" if d.title else d.text, {"title": d.title})
            for d in reader
        )
        build_index(titled, folder)
    return Verifier(LocalStatistics.open(folder), SpacyExtractor(), policy)


def wiki_claims(asked: Verifier, *, validation: bool) -> tuple[list[Record], list[LabelledClaim]]:
    """Return 2WikiMultihopQA's claims, as records and with what the corpus says of them."""
    chosen = [
        r for r in read("claims_2wiki.jsonl") if is_validation(r["question_id"]) == validation
    ]
    records = [ClaimRecord.model_validate({**r, "random": r["kind"] == "swapped"}) for r in chosen]
    return chosen, ask_claims(records, asked)


def wiki_sentences(*, validation: bool) -> list[SentenceRecord]:
    """Return the sentences of 2WikiMultihopQA's claims."""
    return [
        SentenceRecord.model_validate(r)
        for r in read("claims_2wiki.jsonl")
        if is_validation(r["question_id"]) == validation
    ]


def refchecker(asked: Verifier, *, validation: bool) -> list[LabelledClaim]:
    """Return RefChecker's claims that people found entailed or contradicted, heads that occur."""
    chosen = [
        r
        for r in read("claims_refchecker.jsonl")
        if r["label"] != "Neutral" and is_validation(r["id"]) == validation
    ]
    triplets = [Triplet(*r["triplet"]) for r in chosen]
    return _known(asked, triplets, [(r["label"] == "Contradiction", r["id"]) for r in chosen])


def counterfact(asked: Verifier, *, validation: bool) -> list[LabelledClaim]:
    """Return CounterFact's statements as claims, heads that occur."""
    chosen = [
        r
        for r in read("claims_counterfact.jsonl")
        if is_validation(r["subject"]) == validation and _sampled(r["subject"])
    ]
    triplets = [
        Triplet(r["subject"], " ".join(r["relation"].replace("{}", " ").split()), r["target"])
        for r in chosen
    ]
    return _known(asked, triplets, [(not r["label"], r["subject"]) for r in chosen])


def _sampled(subject: str) -> bool:
    """Whether a subject is in the third of CounterFact that is used."""
    return int(hashlib.sha256(f"sample {subject}".encode()).hexdigest()[:8], 16) % 3 == 0


def _known(
    asked: Verifier, triplets: Sequence[Triplet], labels: Sequence[tuple[bool, str]]
) -> list[LabelledClaim]:
    gathered = asked.gather_many(triplets)
    return [
        LabelledClaim(evidence, is_wrong, group)
        for evidence, (is_wrong, group) in zip(gathered, labels, strict=True)
        if evidence is not None and evidence.head_count
    ]


def factscore(*, validation: bool) -> list[Record]:
    """Return FActScore's sentences with their facts."""
    return [r for r in read("claims_factscore.jsonl") if is_validation(r["topic"]) == validation]


def factscore_sentences(*, validation: bool) -> list[SentenceRecord]:
    """Return FActScore's sentences with a fact that is judged; right where all of these are."""
    return [
        SentenceRecord.model_validate(
            {
                "sentence": r["sentence"],
                "label": "NS" not in labels,
                "question": biography(r["topic"]).question,
                "topic": r["topic"],
            }
        )
        for r in factscore(validation=validation)
        if (labels := {fact["label"] for fact in r["facts"]} - {"IR"})
    ]


def factscore_claims(asked: Verifier, *, validation: bool) -> list[LabelledClaim]:
    """Return the claims of FActScore's sentences that its facts judge, heads that occur.

    A claim is judged by the facts that hold all words of its tail: wrong where one of them is.
    """
    triplets: list[Triplet] = []
    labels: list[tuple[bool, str]] = []
    for item in factscore(validation=validation):
        for triplet in asked.extractor.triplets(item["sentence"], biography(item["topic"])):
            told = _told(triplet.tail or "", item["facts"])
            if told:
                triplets.append(triplet)
                labels.append(("NS" in told, item["topic"]))
    return _known(asked, triplets, labels)


def _told(tail: str, facts: Sequence[Record]) -> set[str]:
    """Return the labels of the facts that hold all words of a tail."""
    wanted = {word for word in name_words(tail) if word not in STOP_WORDS}
    found = {fact["label"] for fact in facts if wanted <= set(name_words(fact["text"]))}
    return found - {"IR"} if wanted else set()


def biography(topic: str) -> ExtractionContext:
    """Return the context of a sentence from a biography that a model was asked for."""
    return ExtractionContext(question=f"Tell me a bio of {topic}.")
