"""Scores slots: how likely does a slot hold the tail of a relation?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from quco.verdict.meaning import FEATURES
from quco.verdict.prepared import Candidate, PreparedClaim
from quco.verdict.reading import DATE, NUMBER, Reading, placeholder
from quco.verdict.relation import Relation
from quco.verdict.slots import Slot, slot_features
from quco.verdict.trees import Boosting, Ensemble

BIAS = "any"
"""The feature that every slot has."""


class SlotModel(BaseModel):
    """What was learned of slots."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    general: Boosting
    """From the meaning of the words around a slot; serves any relation."""

    phrases: Mapping[str, str]
    """Name of the relation that a phrase stands for; keys are made by `phrase_key`."""

    lexicon: Mapping[str, Mapping[str, float]]
    """Weights of the named features of slots, by relation."""


def phrase_key(relation: Relation, tail: str) -> str:
    """Return the key of a relation's phrase: "born in" a year is not "born in" a town."""
    kind = "date" if placeholder(tail) in (DATE, NUMBER) else "name"
    return f"{relation.phrase}|{kind}"


@dataclass(frozen=True, slots=True)
class ScoredSlot:
    """A slot with its scores, as log-odds."""

    reading: int
    """Number of the window."""

    slot: Slot
    """The slot."""

    is_tail: bool
    """Whether the claim's tail stands there."""

    about_head: bool
    """Whether the window's document is about the head."""

    general: float
    """By meaning."""

    lexical: float
    """By the relation's own patterns; 0 where the relation is not known."""


class SlotScorer:
    """Scores the slots of windows for one claim after the other."""

    def __init__(self, model: SlotModel) -> None:
        self._model = model
        self._general = Ensemble(model.general, FEATURES)

    def weights(self, relation: Relation, tail: str) -> Mapping[str, float] | None:
        """Return the learned patterns of a relation; None where it was not among the labels."""
        name = self._model.phrases.get(phrase_key(relation, tail))
        return self._model.lexicon.get(name) if name is not None else None

    def score(self, claim: PreparedClaim, weights: Mapping[str, float] | None) -> list[ScoredSlot]:
        """Return the candidates of a claim with their scores."""
        if not claim.candidates:
            return []
        general = self._general(claim.meanings).tolist()
        return [
            _scored(claim.readings[item.reading], item, value, weights)
            for item, value in zip(claim.candidates, general, strict=True)
        ]


def _scored(
    reading: Reading, item: Candidate, general: float, weights: Mapping[str, float] | None
) -> ScoredSlot:
    lexical = 0.0
    if weights is not None:
        lexical = sum(weights.get(name, 0.0) for name in slot_features(reading, item.slot))
    return ScoredSlot(item.reading, item.slot, item.is_tail, reading.about_head, general, lexical)
