"""Answer metrics by the rules of the official scripts: one metric a file."""

from eval.metrics.accuracy import contains_answer, label_accuracy
from eval.metrics.exact_match import exact_match
from eval.metrics.normalize import normalize_answer
from eval.metrics.paired import Interval, bootstrap, randomization_p
from eval.metrics.token_f1 import TokenOverlap, token_f1
from eval.metrics.trigger import TriggerQuality, auroc, trigger_quality

__all__ = [
    "Interval",
    "TokenOverlap",
    "TriggerQuality",
    "auroc",
    "bootstrap",
    "contains_answer",
    "exact_match",
    "label_accuracy",
    "normalize_answer",
    "randomization_p",
    "token_f1",
    "trigger_quality",
]
