"""Fits the calibrated rule on labelled claims, and says how reliable it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quco.calibration.fitting import Floats, fit_boosting, fit_curve, require_sklearn
from quco.calibration.labels import LabelledClaim
from quco.calibration.reliability import Reliability, reliability
from quco.calibration.slots import SlotRows, fit_slots, slot_rows
from quco.errors import InputError
from quco.verdict.calibrated import CalibratedModel, CalibratedOptions, Stage
from quco.verdict.claims import FEATURES, ClaimReader
from quco.verdict.prepared import PreparedClaim
from quco.verdict.scoring import SlotModel, SlotScorer
from quco.verdict.trees import Boosting, Ensemble
from quco.verdict.vectors import WordVectors

Bools = NDArray[np.bool_]
Progress = Callable[[str, int, int], None]
"""Called with the stage, the steps done and their number."""

N_FOLDS = 5
LEAST_CLAIMS = 50


@dataclass(frozen=True, slots=True)
class FittedRule:
    """A calibrated rule with what is known of its quality."""

    options: CalibratedOptions
    """For the policy."""

    known: Reliability | None
    """On claims that were not fitted on, of relations that were; None where none was learned."""

    unknown: Reliability
    """On claims of relations that were not fitted on."""


@dataclass(frozen=True, slots=True)
class _Labels:
    is_wrong: Bools
    weights: Floats
    is_main: Bools
    groups: list[str]

    def of(self, rows: list[int]) -> _Labels:
        return _Labels(
            self.is_wrong[rows],
            self.weights[rows],
            self.is_main[rows],
            [self.groups[i] for i in rows],
        )


@dataclass(frozen=True, slots=True)
class _FittedStage:
    stage: Stage
    p_wrong: Floats
    labels: Bools


def fit_rule(
    claims: Sequence[LabelledClaim],
    *,
    false_alarms: float = 0.05,
    false_alarms_unknown: float | None = None,
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
    step = _Steps(progress, 2 * N_FOLDS + 2)
    rows = [slot_rows(claim, table) for claim in usable]
    slots = fit_slots(rows)
    step.done("slots")
    main = np.array([not claim.is_auxiliary for claim in usable])
    named = [
        i
        for i, claim in enumerate(usable)
        if main[i] and claim.lexicon_keys() & slots.phrases.keys()
    ]
    groups = [claim.group for claim in usable]
    relations = [claim.relation or claim.evidence.triplet.relation for claim in usable]
    unknown = _held_out(rows, relations, list(range(len(rows))), table, step, lexicon=False)
    labels = np.array([claim.is_wrong for claim in usable])
    weights = np.array([claim.weight for claim in usable])
    # A claim of another source has no named relation: its topic stands in.
    apart = [claim.relation or claim.group for claim in usable]
    data = _Labels(labels, weights, main, groups)
    allowed = false_alarms if false_alarms_unknown is None else false_alarms_unknown
    fitted_unknown = _fit_stage(unknown, replace(data, groups=apart), features, allowed)
    fitted_known = None
    if len(named) >= LEAST_CLAIMS and 0 < labels[named].sum() < len(named):
        own = data.of(named)
        known = _held_out(rows, own.groups, named, table, step, lexicon=True)
        fitted_known = _fit_stage(known, own, features, false_alarms)
    step.done("probabilities")
    model = CalibratedModel(
        slots=slots,
        known=(fitted_known or fitted_unknown).stage,
        unknown=fitted_unknown.stage,
    )
    return FittedRule(
        CalibratedOptions(model=model),
        reliability(fitted_known.p_wrong, fitted_known.labels) if fitted_known else None,
        reliability(fitted_unknown.p_wrong, fitted_unknown.labels),
    )


class _Steps:
    """Counts steps for a progress bar."""

    def __init__(self, progress: Progress | None, n_steps: int) -> None:
        self._progress = progress
        self._n_steps = n_steps
        self._n_done = 0

    def done(self, stage: str) -> None:
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


def folds(groups: Sequence[str], n_folds: int = N_FOLDS) -> Iterator[tuple[list[int], list[int]]]:
    """Yield (fitted on, judged) so that no group is in both; the folds are of like size."""
    sizes: dict[str, int] = {}
    for group in groups:
        sizes[group] = sizes.get(group, 0) + 1
    load = [0] * n_folds
    fold_of: dict[str, int] = {}
    for group, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        smallest = load.index(min(load))
        fold_of[group] = smallest
        load[smallest] += size
    for fold in range(n_folds):
        held = [i for i, group in enumerate(groups) if fold_of[group] == fold]
        if held and len(held) < len(groups):
            yield [i for i, group in enumerate(groups) if fold_of[group] != fold], held


def _held_out(
    rows: Sequence[SlotRows],
    groups: Sequence[str],
    chosen: Sequence[int],
    vectors: WordVectors,
    step: _Steps,
    *,
    lexicon: bool,
) -> Floats:
    """Return the features of the chosen claims by slot models that were not fitted on them."""
    found = np.zeros((len(chosen), len(FEATURES)))
    for fitted_on, held in folds(groups):
        slots = fit_slots([rows[chosen[i]] for i in fitted_on], lexicon=lexicon)
        found[held] = claim_table([rows[chosen[i]].prepared for i in held], slots, vectors)
        step.done("claims")
    return found


def claim_table(claims: Sequence[PreparedClaim], slots: SlotModel, vectors: WordVectors) -> Floats:
    """Return the features of claims, shape (n_claims, len(FEATURES))."""
    reader = ClaimReader(SlotScorer(slots), vectors)
    return np.array([reader.finish(claim).features for claim in claims], np.float64)


def _fit_stage(
    table: Floats, data: _Labels, features: Sequence[str], false_alarms: float
) -> _FittedStage:
    given = table[:, [FEATURES.index(name) for name in features]]
    log_odds = np.zeros(len(given))
    for fitted_on, held in folds(data.groups):
        trees = _fit_trees(given[fitted_on], data.of(fitted_on), features)
        log_odds[held] = Ensemble(trees, features)(given[held])
    knots, values = fit_curve(log_odds, data.is_wrong, data.weights)
    p_wrong = np.interp(log_odds, knots, values)
    stage = Stage(
        trees=_fit_trees(given, data, features),
        log_odds=knots,
        p_wrong=values,
        threshold=_threshold(p_wrong[data.is_main & ~data.is_wrong], false_alarms),
    )
    return _FittedStage(stage, p_wrong[data.is_main], data.is_wrong[data.is_main])


def _fit_trees(rows: Floats, data: _Labels, features: Sequence[str]) -> Boosting:
    return fit_boosting(rows, data.is_wrong, features, weights=data.weights)


def _threshold(p_wrong_of_right: Floats, false_alarms: float) -> float:
    """Return the least probability above which no more than this share of right claims lies."""
    ordered = np.sort(p_wrong_of_right)
    if not len(ordered):
        return 0.5
    place = min(len(ordered) - 1, int(np.ceil((1 - false_alarms) * len(ordered))) - 1)
    return float(ordered[max(place, 0)])
