"""What each kind of evidence is worth, and what the verdict knows of relations it never learned.

    python -m eval.benchmarks.bench_verdict_evidence --cache DIR

Fitted on the development half, judged on 2WikiMultihopQA's claims of the validation half. For
relations never seen, a fifth of the relations is left out of all fitting at a time; the claims of
other sources that shape the shipped policy are fitted on too, as they are there. The ablation is
fitted on 2WikiMultihopQA's claims alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.benchmarks import fit_verdict, verdict_data
from eval.benchmarks.record import record
from quco.calibration.fitting import fit_boosting
from quco.calibration.labels import LabelledClaim
from quco.calibration.reliability import auroc
from quco.calibration.rule import claim_table, folds
from quco.calibration.slots import SlotRows, fit_slots, slot_rows
from quco.verdict.claims import FEATURES, GROUPS
from quco.verdict.prepared import PreparedClaim
from quco.verdict.scoring import SlotModel
from quco.verdict.trees import Ensemble
from quco.verdict.vectors import WordVectors

Floats = NDArray[np.float64]
Json = dict[str, Any]


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
        "relations_never_seen_without_other_sources": never_seen(
            development, validation, [], vectors
        ),
        "ablation": ablation(development, validation, vectors),
    }
    data = {
        "claims": "claims_2wiki.jsonl; for relations never seen also fitted on "
        "claims_counterfact.jsonl, claims_refchecker.jsonl",
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
    """Judge claims by models that were fitted without their relation.

    Trees and threshold of a fifth rest on features of the other relations' claims that were made
    without these relations in turn.
    """
    relations = sorted({*development.relations, *validation.relations})
    parts = [frozenset(relations[i] for i in held) for _, held in folds(relations)]
    table = np.zeros((len(development.rows), len(FEATURES)))
    own = np.zeros((len(validation.rows), len(FEATURES)))
    beside: list[Floats] = []
    for part in parts:
        slots = fit_slots(
            [row for row in development.rows if row.claim.relation not in part], lexicon=False
        )
        for claims, out in ((development, table), (validation, own)):
            held = [i for i, relation in enumerate(claims.relations) if relation in part]
            if held:
                out[held] = claim_table([claims.rows[i].prepared for i in held], slots, vectors)
        beside.append(_table([row.prepared for row in others], slots, vectors))
    scores, judged = np.zeros(len(table)), np.zeros(len(own))
    for part, extra in zip(parts, beside, strict=True):
        outside = np.array([relation not in part for relation in development.relations])
        trees = fit_boosting(
            np.vstack([table[outside], extra]),
            np.array([*development.is_wrong[outside], *(row.claim.is_wrong for row in others)]),
            FEATURES,
            weights=np.array([*np.ones(outside.sum()), *(row.claim.weight for row in others)]),
        )
        scores[~outside] = Ensemble(trees, FEATURES)(table[~outside])
        held = [i for i, relation in enumerate(validation.relations) if relation in part]
        judged[held] = Ensemble(trees, FEATURES)(own[held])
    threshold = float(
        np.quantile(scores[~development.is_wrong], 1 - fit_verdict.FALSE_ALARMS_UNKNOWN)
    )
    shares = {
        kind: float((judged[validation.kinds == kind] > threshold).mean())
        for kind in ("swapped", "cooccurring", "true")
    }
    return {
        "n_relations": len(relations),
        "left_out_at_a_time": [len(part) for part in parts],
        "unsupported": shares,
        "auroc": auroc(judged, validation.is_wrong),
    }


def _table(claims: Sequence[PreparedClaim], slots: SlotModel, vectors: WordVectors) -> Floats:
    return claim_table(claims, slots, vectors).reshape(len(claims), len(FEATURES))


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
    trees = fit_boosting(table[:, columns], development.is_wrong, features)
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
