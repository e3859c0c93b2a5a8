"""Fits the slot model: which name around a head fits a relation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from quco.calibration.fitting import Floats, fit_boosting, fit_patterns
from quco.calibration.labels import LabelledClaim
from quco.verdict.meaning import FEATURES
from quco.verdict.prepared import PreparedClaim, prepare
from quco.verdict.scoring import BIAS, SlotModel
from quco.verdict.slots import slot_features
from quco.verdict.trees import Boosting
from quco.verdict.vectors import WordVectors

_RIVAL_WEIGHT = 0.3
_OTHER_KIND_WEIGHT = 0.15
_LEAST_POSITIVES = 4
_LEAST_ROWS = 20


@dataclass(slots=True)
class SlotRows:
    """The slots of one claim that teach something."""

    claim: LabelledClaim
    """The claim."""

    prepared: PreparedClaim
    """The same, read."""

    meanings: list[Floats] = field(default_factory=list)
    """Semantic features of each slot."""

    patterns: list[list[str]] = field(default_factory=list)
    """Named features of each slot."""

    labels: list[bool] = field(default_factory=list)
    """Whether the slot holds the right tail."""

    weights: list[float] = field(default_factory=list)
    """Importance of each slot; those of one tail sum to 1."""


def slot_rows(claim: LabelledClaim, vectors: WordVectors) -> SlotRows:
    """Return what the windows of a labelled claim teach.

    The slots of a right tail are examples, those of a wrong one and the rivals of a right one are
    counter-examples. A wrong tail's rivals teach nothing: the right one may be among them.
    """
    prepared = prepare(claim.evidence, vectors)
    found = SlotRows(claim, prepared)
    tails = [item for item in prepared.candidates if item.is_tail]
    if claim.is_random or claim.is_auxiliary or not tails:
        return found
    readings = prepared.readings
    tail_kinds = {readings[item.reading].words[item.slot.at].text for item in tails}
    with_tail = {item.reading for item in tails}
    for item, row in zip(prepared.candidates, prepared.meanings, strict=True):
        reading = readings[item.reading]
        if item.is_tail:
            weight = 1 / len(tails)
        elif claim.is_wrong or not (reading.about_head or item.reading in with_tail):
            continue
        else:
            fits = reading.words[item.slot.at].text in tail_kinds
            weight = _RIVAL_WEIGHT if fits else _OTHER_KIND_WEIGHT
        found.meanings.append(row)
        found.patterns.append(slot_features(reading, item.slot))
        found.labels.append(item.is_tail and not claim.is_wrong)
        found.weights.append(weight)
    return found


def fit_slots(rows: Sequence[SlotRows], *, lexicon: bool = True, n_trees: int = 120) -> SlotModel:
    """Fit the slot model.

    Parameters
    ----------
    rows : sequence of SlotRows
        What each claim teaches.
    lexicon : bool, default=True
        Whether to learn the patterns of each relation too.
    n_trees : int
        Trees of the general scorer.
    """
    by_relation: dict[str, list[SlotRows]] = defaultdict(list)
    for item in rows:
        if item.labels:
            by_relation[_name(item)].append(item)
    general = _fit_general(by_relation, n_trees)
    weights = {}
    phrases: dict[str, str] = {}
    for name, items in sorted(by_relation.items()) if lexicon else ():
        if not items[0].claim.relation:
            continue
        labels = np.array([label for item in items for label in item.labels])
        if labels.sum() < _LEAST_POSITIVES or len(labels) < _LEAST_ROWS or labels.all():
            continue
        patterns = [features for item in items for features in item.patterns]
        importance = np.array([weight for item in items for weight in item.weights])
        weights[name] = fit_patterns(patterns, labels, importance, BIAS)
        for key in sorted({key for item in items for key in item.claim.lexicon_keys()}):
            phrases.setdefault(key, name)
    return SlotModel(general=general, phrases=phrases, lexicon=weights)


def _name(item: SlotRows) -> str:
    return item.claim.relation or item.claim.evidence.triplet.relation


def _fit_general(by_relation: dict[str, list[SlotRows]], n_trees: int) -> Boosting:
    """Fit the general scorer; a relation counts by the square root of its labels."""
    meanings: list[Floats] = []
    labels: list[bool] = []
    weights: list[float] = []
    for items in by_relation.values():
        total = sum(sum(item.weights) for item in items)
        for item in items:
            meanings += item.meanings
            labels += item.labels
            weights += [weight / total**0.5 for weight in item.weights]
    importance: NDArray[np.float64] = np.array(weights)
    importance *= len(importance) / importance.sum()
    return fit_boosting(
        np.array(meanings),
        np.array(labels),
        FEATURES,
        weights=importance,
        n_trees=n_trees,
        depth=4,
        least_leaf=30,
    )
