"""The calibrated rule: a probability that the claim is wrong, from counts and from the text."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from quco.types import Verdict
from quco.verdict.claims import FEATURES, ClaimReader, ReadClaim
from quco.verdict.evidence import ClaimEvidence
from quco.verdict.rules import Judgement
from quco.verdict.scoring import SlotModel, SlotScorer
from quco.verdict.trees import Boosting, Ensemble
from quco.verdict.vectors import WordVectors

_ASSOCIATION = FEATURES.index("association")
_EVEN = 0.5
"""A claim is as likely right as wrong."""


class Stage(BaseModel):
    """From a claim's features to a probability."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trees: Boosting
    """Log-odds that the claim is wrong."""

    association: float = Field(default=0.0, le=0)
    """Log-odds added for each unit of the feature of that name."""

    log_odds: tuple[float, ...]
    """Knots of the calibration curve, ascending."""

    p_wrong: tuple[float, ...]
    """Probability at each knot, ascending; between two knots it is interpolated."""

    threshold: float = Field(default=0.5, ge=0, le=1)
    """A claim is UNSUPPORTED where `p_wrong` is above this."""

    @model_validator(mode="after")
    def _is_a_curve(self) -> Stage:
        knots, values = self.log_odds, self.p_wrong
        if not knots or len(knots) != len(values):
            raise ValueError(
                f"{len(knots)} knots and {len(values)} probabilities; expected as many"
            )
        if list(knots) != sorted(knots) or list(values) != sorted(values):
            raise ValueError("the calibration curve does not rise")
        return self


class CalibratedModel(BaseModel):
    """Everything that was fitted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slots: SlotModel
    """Which name fits a relation."""

    known: Stage
    """For relations that were among the labels."""

    unknown: Stage
    """For any other."""

    passing: Stage | None = None
    """For any other where no document is about the head; None: `unknown` serves."""


class Calibrated:
    """Boosted trees over named features, then isotonic regression.

    Parameters
    ----------
    model : CalibratedModel
        What was fitted.
    threshold : float, optional
        Stands in for the thresholds of both stages.
    vectors : WordVectors, optional
        Meaning of words; the shipped table when not given.
    """

    def __init__(
        self,
        model: CalibratedModel,
        threshold: float | None = None,
        vectors: WordVectors | None = None,
    ) -> None:
        self.model = model
        self._threshold = threshold
        self._vectors = vectors
        self._known, self._unknown, self._passing = (
            (Ensemble(stage.trees, FEATURES), stage)
            for stage in (model.known, model.unknown, model.passing or model.unknown)
        )

    @property
    def reads_windows(self) -> bool:
        """It reads the text around head and tail."""
        return True

    @cached_property
    def _reader(self) -> ClaimReader:
        vectors = self._vectors or WordVectors.shipped()
        return ClaimReader(SlotScorer(self.model.slots), vectors)

    def judge(self, evidence: ClaimEvidence) -> Judgement:
        """Return the verdict on one claim."""
        claim = self._reader.read(evidence)
        p_wrong = self.probability(claim)
        threshold = self.threshold(claim, evidence)
        is_wrong = p_wrong > threshold
        if evidence.triplet.negated:
            return _judge_denial(claim, p_wrong, is_wrong=is_wrong)
        windows = [claim.tail_window, claim.rival_window]
        verdict = Verdict.SUPPORTED
        reason = (
            "the text around them fits" if p_wrong <= _EVEN else "the text around them is unclear"
        )
        if is_wrong:
            windows.reverse()
            verdict, reason = Verdict.UNSUPPORTED, _why_not(evidence, claim)
        shown = tuple(window for window in windows if window)[:1]
        instead = claim.rival if is_wrong else ""
        return Judgement(verdict, reason, p_wrong, shown, threshold, instead)

    def probability(self, claim: ReadClaim) -> float:
        """Return the probability that a claim with these features is wrong."""
        trees, stage = self._stage(claim)
        log_odds = float(trees([claim.features])[0])
        log_odds += stage.association * claim.features[_ASSOCIATION]
        return float(np.interp(log_odds, stage.log_odds, stage.p_wrong))

    def threshold(self, claim: ReadClaim, evidence: ClaimEvidence) -> float:
        """Return the probability above which the claim is UNSUPPORTED.

        At most 0.5 where the corpus does not hold the tail: nothing can speak for the claim.
        """
        if self._threshold is not None:
            return self._threshold
        threshold = self._stage(claim)[1].threshold
        return threshold if evidence.tail_count else min(threshold, _EVEN)

    def _stage(self, claim: ReadClaim) -> tuple[Ensemble, Stage]:
        if claim.is_known:
            return self._known
        return self._unknown if claim.is_described else self._passing


def _judge_denial(claim: ReadClaim, p_wrong: float, *, is_wrong: bool) -> Judgement:
    """Judge a denial: wrong where the corpus supports what it denies, else unknown."""
    if is_wrong:
        return Judgement(Verdict.UNKNOWN, "nothing speaks for what is denied", 1 - p_wrong)
    shown = (claim.tail_window,) if claim.tail_window else ()
    reason = "the corpus speaks for what is denied"
    return Judgement(Verdict.UNSUPPORTED, reason, 1 - p_wrong, shown)


def _why_not(evidence: ClaimEvidence, claim: ReadClaim) -> str:
    instead = f"; {claim.rival!r} fits better" if claim.rival else ""
    if evidence.cooccurrence == 0:
        return f"head and tail never meet{instead}"
    return f"they meet, but not in this relation{instead}"


class CalibratedOptions(BaseModel):
    """Stage two by the calibrated rule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: Literal["calibrated"] = "calibrated"
    """Name of the rule."""

    threshold: float | None = Field(default=None, ge=0, le=1)
    """Where it is given, a claim is UNSUPPORTED where its probability of being wrong is above."""

    model: CalibratedModel
    """What was fitted."""

    def build(self) -> Calibrated:
        """Return the rule."""
        return Calibrated(self.model, self.threshold)
