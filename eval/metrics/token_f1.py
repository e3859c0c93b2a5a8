"""Token overlap: F1, precision and recall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from eval.metrics.normalize import normalize_answer

_CLOSED = {"yes", "no", "noanswer"}


@dataclass(frozen=True, slots=True)
class TokenOverlap:
    """How much of an answer and a reference is the same."""

    f1: float
    """Harmonic mean of precision and recall, in [0, 1]."""

    precision: float
    """Share of the answer's tokens that the reference has, in [0, 1]."""

    recall: float
    """Share of the reference's tokens that the answer has, in [0, 1]."""


_NOTHING = TokenOverlap(0.0, 0.0, 0.0)


def token_f1(answer: str, references: Iterable[str]) -> TokenOverlap:
    """Return the best token-multiset overlap of an answer with any reference.

    As in HotpotQA's script, a reference or answer of yes, no or noanswer is right or wrong as a
    whole. Unrounded.

    Examples
    --------
    >>> round(token_f1("river Danube", ["the Danube"]).f1, 3)
    0.667
    >>> token_f1("yes it is", ["yes"]).f1
    0.0
    """
    return max(
        (_overlap(answer, each) for each in references), key=lambda o: o.f1, default=_NOTHING
    )


def _overlap(answer: str, reference: str) -> TokenOverlap:
    given, gold = normalize_answer(answer), normalize_answer(reference)
    if given != gold and _CLOSED & {given, gold}:
        return _NOTHING
    given_tokens, gold_tokens = given.split(), gold.split()
    common = (Counter(given_tokens) & Counter(gold_tokens)).total()
    if common == 0:
        return _NOTHING
    precision, recall = common / len(given_tokens), common / len(gold_tokens)
    return TokenOverlap(2 * precision * recall / (precision + recall), precision, recall)
