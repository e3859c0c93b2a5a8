"""Accuracy, as each data set means it."""

from __future__ import annotations

from collections.abc import Iterable

from eval.metrics.normalize import normalize_answer

LABELS = ("yes", "no", "maybe")
"""Answers of PubMedQA and StrategyQA."""


def label_accuracy(answer: str, references: Iterable[str]) -> bool:
    """Return whether the answer begins with the right label, as PubMedQA and StrategyQA score it.

    Examples
    --------
    >>> label_accuracy("Yes, it does", ["yes"]), label_accuracy("yesterday", ["yes"])
    (True, False)
    """
    words = normalize_answer(answer).split()
    return bool(words) and words[0] in LABELS and words[0] in map(normalize_answer, references)


def contains_answer(answer: str, references: Iterable[str]) -> bool:
    """Return whether the answer holds a reference, as PopQA scores it, after normalisation.

    Examples
    --------
    >>> contains_answer("He was a politician.", ["politician"])
    True
    """
    padded = f" {normalize_answer(answer)} "
    gold = [normalize_answer(reference) for reference in references]
    return any(f" {reference} " in padded for reference in gold if reference)
