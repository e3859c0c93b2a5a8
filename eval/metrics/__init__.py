"""Answer metrics by the rules of the official scripts: one metric a file."""

from eval.metrics.exact_match import exact_match
from eval.metrics.normalize import normalize_answer
from eval.metrics.token_f1 import TokenOverlap, token_f1

__all__ = ["TokenOverlap", "exact_match", "normalize_answer", "token_f1"]
