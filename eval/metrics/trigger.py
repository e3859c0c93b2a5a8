"""How well a method knows when to retrieve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class TriggerQuality:
    """Triggers against labels; None where a value is not defined."""

    precision: float | None
    """Of the questions that triggered, the share that needed it."""

    recall: float | None
    """Of the questions that needed it, the share that triggered."""

    auroc: float | None
    """Probability that a question that needed it scores above one that did not."""


def trigger_quality(
    needed: Sequence[bool], triggered: Sequence[bool], scores: Sequence[float]
) -> TriggerQuality:
    """Return precision and recall of triggers, and the AUROC of the scores behind them.

    Examples
    --------
    >>> trigger_quality([True, True, False], [True, False, False], [0.9, 0.6, 0.2])
    TriggerQuality(precision=1.0, recall=0.5, auroc=1.0)
    """
    both = sum(n and t for n, t in zip(needed, triggered, strict=True))
    return TriggerQuality(
        precision=both / sum(triggered) if any(triggered) else None,
        recall=both / sum(needed) if any(needed) else None,
        auroc=auroc(needed, scores),
    )


def auroc(labels: Sequence[bool], scores: Sequence[float]) -> float | None:
    """Return the area under the ROC curve; None where only one label occurs.

    Examples
    --------
    >>> auroc([True, False, False], [0.5, 0.5, 0.1])
    0.75
    """
    truth, values = np.asarray(labels, dtype=bool), np.asarray(scores, dtype=np.float64)
    positive, negative = values[truth], values[~truth]
    if not (len(positive) and len(negative)):
        return None
    ranked = np.sort(negative)
    below = np.searchsorted(ranked, positive, side="left")
    not_above = np.searchsorted(ranked, positive, side="right")
    return float((below + not_above).sum() / (2 * len(positive) * len(negative)))
