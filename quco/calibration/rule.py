"""Fits the calibrated rule on labelled claims, and says how reliable it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from quco.calibration.fitting import Floats, require_sklearn
from quco.calibration.labels import LabelledClaim
from quco.calibration.reliability import Reliability, reliability
from quco.calibration.slots import SlotRows, fit_slots, slot_rows
from quco.calibration.stages import (
    LEAST_CLAIMS,
    N_FOLDS,
    RELATION_FOLDS,
    FittedStage,
    fit_stage,
    fit_unknown,
    folds,
    labels_of,
)
from quco.errors import InputError
from quco.verdict.calibrated import CalibratedModel, CalibratedOptions
from quco.verdict.claims import FEATURES, ClaimReader
from quco.verdict.prepared import PreparedClaim
from quco.verdict.scoring import SlotModel, SlotScorer
from quco.verdict.vectors import WordVectors

Progress = Callable[[str, int, int], None]
"""Called with the stage, the steps done and their number."""


@dataclass(frozen=True, slots=True)
class FittedRule:
    """A calibrated rule with what is known of its quality."""

    options: CalibratedOptions
    """For the policy."""

    known: Reliability | None
    """On claims that were not fitted on, of relations that were; None where none was learned."""

    unknown: Reliability
    """On claims that were not fitted on, of relations that were not."""


def fit_rule(
    claims: Sequence[LabelledClaim],
    *,
    false_alarms: float = 0.05,
    false_alarms_unknown: float | None = None,
    even_odds: bool = False,
    vectors: WordVectors | None = None,
    features: Sequence[str] = FEATURES,
    progress: Progress | None = None,
) -> FittedRule:
    """Fit the calibrated rule.

    Claims are judged by models that were fitted on other groups, and for relations that were not
    among the labels by models that were fitted on other relations; the trees, the calibration
    curves and the threshold rest on these judgements.

    Parameters
    ----------
    claims : sequence of LabelledClaim
        At least `LEAST_CLAIMS` with a head that the corpus holds, of both labels.
    false_alarms : float, default=0.05
        Share of the right claims that may be called UNSUPPORTED.
    false_alarms_unknown : float, optional
        The same for relations that are not among the labels; `false_alarms` when not given.
    even_odds : bool, default=False
        Whether probabilities for relations that are not among the labels are to be those of texts
        with as many right claims as wrong ones, whatever the share among the labels.
    vectors : WordVectors, optional
        Meaning of words; the shipped table when not given.
    features : sequence of str, optional
        Names of the claim features to use, for ablations.
    progress : callable, optional
        Told of each step.

    Raises
    ------
    InputError
        If there are too few claims.
    MissingExtraError
        If scikit-learn is not installed.
    """
    require_sklearn()
    usable = [claim for claim in claims if claim.evidence.head_count]
    _check(usable)
    table = vectors or WordVectors.shipped()
    relations = [claim.relation or claim.evidence.triplet.relation for claim in usable]
    step = _Steps(progress, min(RELATION_FOLDS, len(set(relations))) + N_FOLDS + 2)
    rows = [slot_rows(claim, table) for claim in usable]
    slots = fit_slots(rows)
    step("slots")
    data = labels_of(usable)
    unknown = held_out_table(
        rows, relations, table, lexicon=False, n_folds=RELATION_FOLDS, done=step
    )
    # A claim of another source has no named relation: its topic stands in.
    apart = replace(data, groups=[claim.relation or claim.group for claim in usable])
    allowed = false_alarms if false_alarms_unknown is None else false_alarms_unknown
    fitted_unknown, fitted_passing = fit_unknown(
        unknown, apart, features, allowed, even_odds=even_odds
    )
    named = [
        i
        for i, claim in enumerate(usable)
        if data.is_main[i] and claim.lexicon_keys() & slots.phrases.keys()
    ]
    own = data.of(named)
    fitted_known = None
    if own.suffice:
        chosen = [rows[i] for i in named]
        known = held_out_table(chosen, own.groups, table, lexicon=True, done=step)
        fitted_known = fit_stage(known, own, features, false_alarms)
    step("probabilities")
    model = CalibratedModel(
        slots=slots,
        known=(fitted_known or fitted_unknown).stage,
        unknown=fitted_unknown.stage,
        passing=fitted_passing.stage if fitted_passing else None,
    )
    others = [fitted for fitted in (fitted_unknown, fitted_passing) if fitted]
    return FittedRule(
        CalibratedOptions(model=model),
        _quality(fitted_known) if fitted_known else None,
        _quality(*others),
    )


def _quality(*fitted: FittedStage) -> Reliability:
    return reliability(
        np.concatenate([stage.p_wrong for stage in fitted]),
        np.concatenate([stage.labels for stage in fitted]),
    )


class _Steps:
    """Counts steps for a progress bar."""

    def __init__(self, progress: Progress | None, n_steps: int) -> None:
        self._progress = progress
        self._n_steps = n_steps
        self._n_done = 0

    def __call__(self, stage: str) -> None:
        """Note one more step."""
        self._n_done += 1
        if self._progress:
            self._progress(stage, self._n_done, self._n_steps)


def _check(claims: Sequence[LabelledClaim]) -> None:
    n_wrong = sum(claim.is_wrong for claim in claims)
    n_right = len(claims) - n_wrong
    if len(claims) < LEAST_CLAIMS or min(n_wrong, n_right) < N_FOLDS:
        raise InputError(
            f"{n_right} right and {n_wrong} wrong claims have a head that the corpus holds; "
            f"expected at least {LEAST_CLAIMS} in all and {N_FOLDS} of each"
        )


def held_out_table(
    rows: Sequence[SlotRows],
    groups: Sequence[str],
    vectors: WordVectors,
    *,
    lexicon: bool,
    n_folds: int = N_FOLDS,
    done: Callable[[str], None] | None = None,
) -> Floats:
    """Return the features of claims by slot models that were not fitted on their groups."""
    found = np.zeros((len(rows), len(FEATURES)))
    for fitted_on, held in folds(groups, n_folds):
        slots = fit_slots([rows[i] for i in fitted_on], lexicon=lexicon)
        found[held] = claim_table([rows[i].prepared for i in held], slots, vectors)
        if done:
            done("claims")
    return found


def claim_table(claims: Sequence[PreparedClaim], slots: SlotModel, vectors: WordVectors) -> Floats:
    """Return the features of claims, shape (n_claims, len(FEATURES))."""
    reader = ClaimReader(SlotScorer(slots), vectors)
    return np.array([reader.finish(claim).features for claim in claims], np.float64)
