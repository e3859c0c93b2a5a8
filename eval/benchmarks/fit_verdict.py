"""Makes the shipped policy anew, from the development half of the labelled claims.

    python -m eval.benchmarks.fit_verdict --cache DIR

2WikiMultihopQA's claims teach the slots, the learned relations and the thresholds; claims of
CounterFact, FActScore and RefChecker shape the probability for relations that were not learned.
The score of a whole sentence rests on FActScore's sentences and, for what a claim is worth, on
2WikiMultihopQA's. Sources and weights were chosen on folds of the development half.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import quco.verdict
from eval.benchmarks import verdict_data
from quco.calibration.labels import LabelledClaim
from quco.calibration.records import ask_sentences
from quco.calibration.rule import FittedRule, fit_rule
from quco.calibration.sentences import LabelledSentence, fit_sentences
from quco.calibration.stages import folds
from quco.verdict import VerdictPolicy
from quco.verdict.policy import RateOptions

QUESTION = RateOptions(rule="min", threshold_per_million=20.0)
N_SENTENCE_FOLDS = 3
FALSE_ALARMS, FALSE_ALARMS_UNKNOWN = 0.045, 0.065


def main() -> None:
    """Fit, and write the policy into the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="Folder for indexes.")
    cache = parser.parse_args().cache
    claims = development(cache)
    fitted = fit(claims)
    whole = fit_sentences(sentences(cache, claims), even_odds=True)
    n_auxiliary = sum(claim.is_auxiliary for claim in claims)
    told = (
        f"{len(claims) - n_auxiliary:,} claims made from 2WikiMultihopQA's triples, counted in "
        f"19,461 passages of its contexts (1.4 M words); for other relations {n_auxiliary:,} of "
        "CounterFact, FActScore and RefChecker too, counted in 71,529 passages of Wikipedia "
        "(9.2 M words); all of the development half of questions, ids and subjects, those "
        "with sha256(id) % 2 == 0"
    )
    out = Path(quco.verdict.__file__).with_name("policy.json")
    VerdictPolicy(
        question=QUESTION, claim=fitted.options, sentence=whole.model, fitted_on=told
    ).save(out)
    print(out, fitted.known, fitted.unknown, whole, sep="\n")


def development(cache: Path) -> list[LabelledClaim]:
    """Return the claims to fit on."""
    asked = verdict_data.verifier("2wiki", cache)
    return verdict_data.wiki_claims(asked, validation=False)[1] + others(cache)


def others(cache: Path) -> list[LabelledClaim]:
    """Return the claims to fit on that are not 2WikiMultihopQA's, with their weights."""
    wiki = verdict_data.verifier("wiki", cache)
    sources = (
        (verdict_data.refchecker(wiki, validation=False), 1.0),
        (verdict_data.counterfact(wiki, validation=False), 0.3),
        (verdict_data.factscore_claims(wiki, validation=False), 0.3),
    )
    return [
        replace(claim, is_auxiliary=True, weight=weight)
        for claims, weight in sources
        for claim in claims
    ]


def sentences(cache: Path, claims: Sequence[LabelledClaim]) -> list[LabelledSentence]:
    """Return the sentences to fit on; their claims are judged by rules that saw none of a topic."""
    sources = (
        ("wiki", verdict_data.factscore_sentences(validation=False), 1.0),
        ("2wiki", verdict_data.wiki_sentences(validation=False), 0.05),
    )
    given = [(corpus, record, weight) for corpus, found, weight in sources for record in found]
    labelled: list[LabelledSentence] = []
    for _, held in folds([record.group for _, record, _ in given], N_SENTENCE_FOLDS):
        judged = [given[i] for i in held]
        seen = {record.group for _, record, _ in judged}
        rule = fit([claim for claim in claims if claim.group not in seen]).options
        for corpus, _, weight in sources:
            asked = verdict_data.verifier(corpus, cache, VerdictPolicy(claim=rule))
            records = [record for of, record, _ in judged if of == corpus]
            labelled += [replace(s, weight=weight) for s in ask_sentences(records, asked)]
    return labelled


def fit(claims: list[LabelledClaim]) -> FittedRule:
    """Fit as the shipped policy is fitted."""
    return fit_rule(
        claims,
        false_alarms=FALSE_ALARMS,
        false_alarms_unknown=FALSE_ALARMS_UNKNOWN,
        even_odds=True,
    )


if __name__ == "__main__":
    main()
