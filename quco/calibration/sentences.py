"""Fits the score of a sentence as a whole on sentences that people labelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quco.calibration.fitting import Floats, require_sklearn
from quco.calibration.reliability import Reliability, reliability
from quco.calibration.stages import N_FOLDS, Labels, folds
from quco.errors import InputError
from quco.verdict.sentence import FEATURES, SentenceModel, sentence_features

LEAST_SENTENCES = 50
_DECIMALS = 4
_C = 0.1
"""Inverse strength of the penalty on weights of standardised features."""


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A sentence of which people say whether all of it is right."""

    text: str
    """The sentence."""

    p_wrong: tuple[float, ...]
    """Probabilities of its claims, by a rule that was not fitted on them."""

    is_wrong: bool
    """Whether anything in it is."""

    group: str
    """Sentences of one group (a topic, an answer) are never both fitted on and judged."""

    weight: float = 1.0
    """Importance of the sentence, where sources of unlike size are mixed."""


@dataclass(frozen=True, slots=True)
class FittedSentences:
    """A model of sentences with what is known of its quality."""

    model: SentenceModel
    """For the policy."""

    reliability: Reliability
    """On sentences that were not fitted on."""


def fit_sentences(
    sentences: Sequence[LabelledSentence], *, even_odds: bool = False
) -> FittedSentences:
    """Fit a logistic regression on the features of sentences; those without a word are left out.

    Parameters
    ----------
    sentences : sequence of LabelledSentence
        At least `LEAST_SENTENCES`, of both labels.
    even_odds : bool, default=False
        Whether probabilities are to be those of texts with as many right sentences as wrong ones,
        whatever the share among the labels.

    Raises
    ------
    InputError
        If there are too few, or none has a claim with a probability.
    MissingExtraError
        If scikit-learn is not installed.
    """
    require_sklearn()
    read = [(s, sentence_features(s.text, s.p_wrong)) for s in sentences]
    usable = [(sentence, values) for sentence, values in read if values is not None]
    _check([sentence for sentence, _ in usable])
    table = np.array([values for _, values in usable], np.float64)
    is_wrong = np.array([sentence.is_wrong for sentence, _ in usable], bool)
    weights = np.array([sentence.weight for sentence, _ in usable])
    groups = [sentence.group for sentence, _ in usable]
    data = Labels(is_wrong, weights, np.ones(len(usable), bool), groups)
    if even_odds:
        data = data.at_even_odds()
    judged = np.zeros(len(usable))
    for fitted_on, held in folds(groups):
        model = _fit(table[fitted_on], data.of(fitted_on))
        judged[held] = [model.probability(usable[i][1]) for i in held]
    return FittedSentences(_fit(table, data), reliability(judged, is_wrong))


def _check(sentences: Sequence[LabelledSentence]) -> None:
    n_wrong = sum(sentence.is_wrong for sentence in sentences)
    n_right = len(sentences) - n_wrong
    n_groups = len({sentence.group for sentence in sentences})
    if len(sentences) < LEAST_SENTENCES or min(n_wrong, n_right, n_groups) < N_FOLDS:
        raise InputError(
            f"{n_right} right and {n_wrong} wrong sentences in {n_groups} groups; expected at "
            f"least {LEAST_SENTENCES} in all, and {N_FOLDS} of each"
        )
    if not any(sentence.p_wrong for sentence in sentences):
        raise InputError(
            f"none of the {len(sentences)} sentences has a claim with a probability; use a corpus "
            "that knows what they are about, and a policy whose rule gives probabilities"
        )


def _fit(table: Floats, data: Labels) -> SentenceModel:
    from sklearn.linear_model import LogisticRegression

    mean = np.average(table, axis=0, weights=data.weights)
    spread = np.sqrt(np.average((table - mean) ** 2, axis=0, weights=data.weights))
    spread[spread == 0] = 1.0
    model = LogisticRegression(C=_C).fit(
        (table - mean) / spread, data.is_wrong, sample_weight=data.weights
    )
    slopes: Floats = model.coef_[0] / spread
    base = float(model.intercept_[0] - slopes @ mean)
    weights = dict(zip(FEATURES, np.round(slopes, _DECIMALS).tolist(), strict=True))
    return SentenceModel(base=round(base, _DECIMALS), weights=weights)
