"""From features to the stages of relations that were never labelled."""

import numpy as np
import pytest

from quco.calibration.reliability import auroc
from quco.calibration.stages import LEAST_CLAIMS, Labels, fit_unknown
from quco.verdict.claims import FEATURES

OWN = FEATURES.index("has_own_document")
ASSOCIATION = FEATURES.index("association")


def labelled(n_near: int, n_far: int, *, main: bool = True) -> tuple[np.ndarray, Labels]:
    """Return claims of which a quarter is wrong, and in which one feature tells."""
    rng = np.random.default_rng(3)
    n = n_near + n_far
    wrong = np.arange(n) % 4 == 0
    table = rng.random((n, len(FEATURES)))
    table[:, OWN] = np.arange(n) < n_near
    table[:, FEATURES.index("npmi")] = rng.normal(size=n) - 2 * wrong
    labels = Labels(wrong, np.ones(n), np.full(n, main), [str(i % 3) for i in range(n)])
    return table, labels


def test_at_even_odds_both_sides_weigh_the_same() -> None:
    _, labels = labelled(80, 0)
    weights = labels.at_even_odds().weights
    assert weights[labels.is_wrong].sum() == pytest.approx(weights[~labels.is_wrong].sum())
    assert len(set(weights[labels.is_wrong])) == 1


def test_heads_without_a_document_are_judged_by_association_alone() -> None:
    table, labels = labelled(200, 200)
    table[:, ASSOCIATION] -= 2.0 * labels.is_wrong
    near, far = fit_unknown(table, labels, FEATURES, 0.1)
    assert near.stage.trees.features == FEATURES
    assert far is not None
    assert far.stage.trees.features == ()
    assert far.stage.association < -1
    assert auroc(far.p_wrong, far.labels) == auroc(-table[200:, ASSOCIATION], far.labels)
    assert len(near.labels) == len(far.labels) == 200
    right = far.p_wrong[~far.labels]
    assert (right > far.stage.threshold).mean() <= 0.1


def test_without_enough_of_them_one_stage_serves_all() -> None:
    near, far = fit_unknown(*labelled(200, LEAST_CLAIMS - 1), FEATURES, 0.1)
    assert far is None
    assert len(near.labels) == 200 + LEAST_CLAIMS - 1


def test_claims_of_other_sources_set_no_threshold() -> None:
    table, labels = labelled(200, 200)
    labels.is_main[200:] = False
    _, far = fit_unknown(table, labels, FEATURES, 0.1)
    assert far is not None
    assert far.stage.threshold == 0.5
    assert len(far.labels) == 200


def test_even_odds_raise_the_probability_of_the_rarer_kind() -> None:
    table, labels = labelled(200, 200)
    as_labelled, even = (
        fit_unknown(table, labels, FEATURES, 0.1, even_odds=odds)[0] for odds in (False, True)
    )
    assert even.p_wrong.mean() > as_labelled.p_wrong.mean() + 0.1


def test_other_sources_say_how_much_association_adds_to_trees() -> None:
    table, labels = labelled(200, 200)
    table[:, ASSOCIATION] -= 2.0 * labels.is_wrong
    assert fit_unknown(table, labels, FEATURES, 0.1)[0].stage.association == 0
    labels.is_main[::2] = False
    assert fit_unknown(table, labels, FEATURES, 0.1)[0].stage.association < -0.3
    assert fit_unknown(-table, labels, FEATURES, 0.1)[0].stage.association == 0


def test_other_sources_say_how_sure_a_stage_is() -> None:
    table, labels = labelled(400, 200)
    labels.is_main[300:] = False
    sure = fit_unknown(table, labels, FEATURES, 0.1)[0]
    labels.is_wrong[300:400] = np.random.default_rng(0).random(100) < 0.5
    unsure = fit_unknown(table, labels, FEATURES, 0.1)[0]
    assert np.ptp(unsure.p_wrong) < np.ptp(sure.p_wrong) - 0.1
    assert len(set(unsure.p_wrong)) > 200
