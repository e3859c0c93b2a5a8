"""What each kind of evidence is worth, and what the verdict knows of relations it never learned.

    python -m eval.benchmarks.bench_verdict_evidence --cache DIR

Fitted on the development half, judged on 2WikiMultihopQA's claims of the validation half. For
relations never seen, each relation is left out of all fitting in turn; the claims of other sources
that shape the shipped policy are fitted on too, as they are there. The ablation is fitted on
2WikiMultihopQA's claims alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.benchmarks import fit_verdict, verdict_data
from eval.benchmarks.record import record
from quco.calibration.fitting import Floats, fit_boosting
from quco.calibration.labels import LabelledClaim
from quco.calibration.reliability import auroc
from quco.calibration.rule import claim_table, held_out_table
from quco.calibration.slots import SlotRows, fit_slots, slot_rows
from quco.calibration.stages import fit_unknown, folds, labels_of
from quco.types import Verdict
from quco.verdict import Calibrated, Judgement
from quco.verdict.calibrated import CalibratedModel
from quco.verdict.claims import DIRECTIONS, FEATURES, GROUPS
from quco.verdict.trees import Ensemble
from quco.verdict.vectors import WordVectors

Json = dict[str, Any]

N_NESTED = 8
"""Folds of the other relations, for the features of their claims."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Claims of which the corpus holds the head."""

    rows: list[SlotRows]
    """As read."""

    kinds: NDArray[np.str_]
    """``true``, ``swapped`` or ``cooccurring``."""

    @property
    def is_wrong(self) -> NDArray[np.bool_]:
        """The labels."""
        return np.asarray(self.kinds != "true")

    @property
    def relations(self) -> list[str]:
        """Names of their relations."""
        return [row.claim.relation for row in self.rows]


def main() -> None:
    """Fit without this and that, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="Folder for indexes.")
    cache = parser.parse_args().cache
    asked = verdict_data.verifier("2wiki", cache)
    vectors = WordVectors.shipped()
    development, validation = (
        read(*verdict_data.wiki_claims(asked, validation=part), vectors) for part in (False, True)
    )
    others = [slot_rows(claim, vectors) for claim in fit_verdict.others(cache)]
    results = {
        "relations_never_seen": never_seen(development, validation, others, vectors),
        "ablation": ablation(development, validation, vectors),
    }
    data = {
        "claims": "claims_2wiki.jsonl; for relations never seen also fitted on "
        "claims_counterfact.jsonl, claims_factscore.jsonl, claims_refchecker.jsonl",
        "corpora": "corpus_2wiki.jsonl.gz; corpus_wiki.jsonl.gz for the other claims",
        "split": "halves by sha256(id) % 2 of question, subject or id",
        "fitted_on": f"{len(development.rows)} claims and {len(others)} of other sources",
    }
    print(record("verdict_evidence", results, data=data, packages=("scikit-learn",)), results)


def read(records: list[Json], claims: list[LabelledClaim], vectors: WordVectors) -> Claims:
    """Read the windows of the claims whose head occurs."""
    held = [(r, c) for r, c in zip(records, claims, strict=True) if c.evidence.head_count]
    return Claims([slot_rows(c, vectors) for _, c in held], np.array([r["kind"] for r, _ in held]))


def never_seen(
    development: Claims, validation: Claims, others: Sequence[SlotRows], vectors: WordVectors
) -> Json:
    """Judge the claims of each relation by a rule that was fitted without it.

    Whatever the rule rests on, features of other claims and thresholds included, is made anew from
    the other relations alone.
    """
    judged: list[Judgement | None] = [None] * len(validation.rows)
    relations = sorted(set(validation.relations))
    for relation in relations:
        rule = _fit_without(relation, development, others, vectors)
        for i, row in enumerate(validation.rows):
            if row.claim.relation == relation:
                judged[i] = rule.judge(row.claim.evidence)
    found = [judgement for judgement in judged if judgement]
    called = np.array([judgement.verdict is Verdict.UNSUPPORTED for judgement in found])
    return {
        "n_relations": len(relations),
        "unsupported": {
            kind: float(called[validation.kinds == kind].mean())
            for kind in ("swapped", "cooccurring", "true")
        },
        "auroc": auroc(
            np.array([judgement.p_wrong or 0.0 for judgement in found]), validation.is_wrong
        ),
    }


def _fit_without(
    relation: str, development: Claims, others: Sequence[SlotRows], vectors: WordVectors
) -> Calibrated:
    rows = [row for row in development.rows if row.claim.relation != relation]
    slots = fit_slots(rows, lexicon=False)
    names = [row.claim.relation for row in rows]
    table = np.vstack(
        [
            held_out_table(rows, names, vectors, lexicon=False, n_folds=N_NESTED),
            claim_table([row.prepared for row in others], slots, vectors),
        ]
    )
    claims = [row.claim for row in (*rows, *others)]
    labels = replace(labels_of(claims), groups=[claim.relation or claim.group for claim in claims])
    near, far = fit_unknown(
        table, labels, FEATURES, fit_verdict.FALSE_ALARMS_UNKNOWN, even_odds=True
    )
    model = CalibratedModel(
        slots=slots, known=near.stage, unknown=near.stage, passing=far.stage if far else None
    )
    return Calibrated(model, vectors=vectors)


def ablation(development: Claims, validation: Claims, vectors: WordVectors) -> Json:
    """Return quality with each kind of evidence left out, and alone."""
    table = np.zeros((len(development.rows), len(FEATURES)))
    for fitted_on, held in folds([row.claim.group for row in development.rows]):
        slots = fit_slots([development.rows[i] for i in fitted_on])
        table[held] = claim_table([development.rows[i].prepared for i in held], slots, vectors)
    slots = fit_slots(development.rows)
    own = claim_table([row.prepared for row in validation.rows], slots, vectors)
    found = {"all": _quality(table, own, development, validation, FEATURES)}
    for name, group in GROUPS.items():
        rest = [feature for feature in FEATURES if feature not in group]
        found[f"without {name}"] = _quality(table, own, development, validation, rest)
        found[f"{name} alone"] = _quality(table, own, development, validation, group)
    return found


def _quality(
    table: Floats,
    own: Floats,
    development: Claims,
    validation: Claims,
    features: Sequence[str],
) -> Json:
    columns = [FEATURES.index(name) for name in features]
    trees = fit_boosting(table[:, columns], development.is_wrong, features, directions=DIRECTIONS)
    scores = Ensemble(trees, features)(own[:, columns])
    limit = np.quantile(scores[~validation.is_wrong], 0.95)
    return {
        "auroc": auroc(scores, validation.is_wrong),
        "cooccurring_at_5_percent_false_alarms": float(
            (scores[validation.kinds == "cooccurring"] > limit).mean()
        ),
        "swapped_at_5_percent_false_alarms": float(
            (scores[validation.kinds == "swapped"] > limit).mean()
        ),
    }


if __name__ == "__main__":
    main()
