"""The shipped verdict on claims that it was not fitted on.

    python -m eval.benchmarks.bench_verdict --cache DIR

2WikiMultihopQA's claims, from (head, relation, tail) and from the sentence alone, and what people
said of RefChecker's claims and FActScore's sentences; each beside the plain zero test and single
statistics.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.benchmarks import verdict_data
from eval.benchmarks.record import record
from quco.calibration.fitting import Floats
from quco.calibration.reliability import auroc, reliability
from quco.ports import ExtractionContext
from quco.types import SentenceReport, Verdict
from quco.verdict import ClaimEvidence, ZeroCooccurrence
from quco.verdict.sentence import FEATURES, sentence_features
from quco.verifier import Verifier

KINDS = ("swapped", "cooccurring", "true")
Json = dict[str, Any]


def main() -> None:
    """Judge, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="Folder for indexes.")
    cache = parser.parse_args().cache
    asked = verdict_data.verifier("2wiki", cache)
    wiki = verdict_data.verifier("wiki", cache)
    results = {
        "triples": triples(asked),
        "sentences": sentences(asked),
        "refchecker": refchecker(wiki),
        "factscore": factscore(wiki),
    }
    data = {
        "claims": "validation half (sha256(id) % 2 of question, id, topic) of claims_2wiki.jsonl, "
        "claims_refchecker.jsonl, claims_factscore.jsonl",
        "corpora": "corpus_2wiki.jsonl.gz; corpus_wiki.jsonl.gz for RefChecker, FActScore",
        "fitted_on": asked.policy.fitted_on,
    }
    print(record("verdict", results, data=data, packages=("spacy", "scikit-learn")), results)


def triples(asked: Verifier) -> Json:
    """Judge claims of which head, relation and tail are given."""
    records, claims = verdict_data.wiki_claims(asked, validation=True)
    rule, zero = asked.policy.claim.build(), ZeroCooccurrence()
    held = [bool(claim.evidence.head_count) for claim in claims]
    judged = [rule.judge(c.evidence) if h else None for c, h in zip(claims, held, strict=True)]
    verdicts = [j.verdict if j else Verdict.UNKNOWN for j in judged]
    plain = [
        zero.judge(c.evidence).verdict if h else Verdict.UNKNOWN
        for c, h in zip(claims, held, strict=True)
    ]
    p = np.array([j.p_wrong for j in judged if j])
    wrong = np.array([c.is_wrong for c, h in zip(claims, held, strict=True) if h])
    found = reliability(p, wrong)
    return {
        "where_the_corpus_holds_the_head": _shares(records, verdicts, held),
        "all": _shares(records, verdicts, [True] * len(held)),
        "zero_test_where_the_corpus_holds_the_head": _shares(records, plain, held),
        "calibration_error": found.calibration_error,
        "auroc": found.auroc,
    }


def sentences(asked: Verifier) -> Json:
    """Judge the same claims from their sentences."""
    records = [
        r
        for r in verdict_data.read("claims_2wiki.jsonl")
        if verdict_data.is_validation(r["question_id"])
    ]
    reports = asked.check_sentences([(r["sentence"], ExtractionContext()) for r in records])
    shares = _shares(records, [r.verdict for r in reports], [True] * len(records))
    return {**shares, "no_claim_found": float(np.mean([not r.claims for r in reports]))}


def _shares(records: Sequence[Json], verdicts: Sequence[Verdict], chosen: Sequence[bool]) -> Json:
    """Return how many of each kind are called UNSUPPORTED."""
    found: Json = {}
    for kind in KINDS:
        of_kind = [
            verdict is Verdict.UNSUPPORTED
            for record, verdict, taken in zip(records, verdicts, chosen, strict=True)
            if taken and record["kind"] == kind
        ]
        found[kind] = {"n": len(of_kind), "unsupported": float(np.mean(of_kind))}
    return found


def refchecker(wiki: Verifier) -> Json:
    """Rank claims that people found entailed before those that they found contradicted."""
    claims = verdict_data.refchecker(wiki, validation=True)
    rule = wiki.policy.claim.build()
    p = np.array([rule.judge(claim.evidence).p_wrong or 0.0 for claim in claims])
    wrong = np.array([claim.is_wrong for claim in claims])
    return _ranked("p_wrong", p, [_single(claim.evidence) for claim in claims], wrong)


def factscore(wiki: Verifier) -> Json:
    """Rank sentences of supported facts before those with a fact that is not; topics that occur.

    By the score of the whole sentence, beside its single features and the statistics of its best
    claim; of sentences with a claim whose head occurs, and by the score alone of all that have one.
    """
    records = verdict_data.factscore_sentences(validation=True)
    topics = wiki.count(record.group for record in records)
    records = [record for record in records if topics[record.group].value]
    reports = wiki.check_sentences([(r.sentence, ExtractionContext(r.question)) for r in records])
    scored = [
        (report.hallucination_score, not record.label, _of_sentence(report, wiki))
        for record, report in zip(records, reports, strict=True)
        if report.hallucination_score is not None
    ]
    whole = np.array([score for score, _, _ in scored])
    wrong = np.array([is_wrong for _, is_wrong, _ in scored])
    single = [row for _, _, row in scored]
    held = np.array([row is not None for row in single])
    return {
        **_ranked("hallucination_score", whole[held], [row for row in single if row], wrong[held]),
        "all": {"n": len(wrong), "wrong": int(wrong.sum()), "auroc": auroc(whole, wrong)},
    }


def _of_sentence(report: SentenceReport, wiki: Verifier) -> Json | None:
    """Return the single features of a sentence; None where no claim has a head that occurs."""
    gathered = wiki.gather_many([claim.triplet for claim in report.claims])
    rows = [_single(evidence) for evidence in gathered if evidence and evidence.head_count]
    features = sentence_features(report.text, report.claims_p_wrong)
    if not rows or features is None:
        return None
    best = {name: min(row[name] for row in rows) for name in rows[0]}
    return {**best, "worst_claim": report.p_wrong, **dict(zip(FEATURES, features, strict=True))}


def _single(evidence: ClaimEvidence) -> Json:
    return {
        "zero_test": float(evidence.cooccurrence == 0),
        "npmi": -evidence.npmi,
        "log_likelihood_ratio": -evidence.log_likelihood_ratio,
        "head_frequency": -float(evidence.head_count),
        "tail_frequency": -float(evidence.tail_count),
    }


def _ranked(name: str, score: Floats, single: Sequence[Json], wrong: NDArray[np.bool_]) -> Json:
    columns = {key: np.array([row[key] for row in single], float) for key in single[0]}
    return {
        "n": len(score),
        "wrong": int(wrong.sum()),
        "auroc": {
            name: auroc(score, wrong),
            **{key: auroc(column, wrong) for key, column in columns.items()},
        },
    }


if __name__ == "__main__":
    main()
