"""A rule whose doubtful verdicts a judge looks at once more: the slot for a model of entailment."""

from __future__ import annotations

from dataclasses import replace

from quco.errors import QuCoError
from quco.odds import log_odds, probability
from quco.ports import Judge
from quco.types import Verdict
from quco.verdict.evidence import ClaimEvidence
from quco.verdict.rules import ClaimRule, Judgement

_MOST_CERTAIN = 0.95


class Judged:
    """Asks a judge about claims of which a rule is not sure, and combines what both say.

    The log-odds of the rule and, times `weight`, those of the judge add up, as for independent
    witnesses. Denials, and claims of which the corpus shows no window, are left to the rule.

    Parameters
    ----------
    rule : ClaimRule
        Judges first. Of a rule that gives no probability every claim with a window is asked, and
        the judge decides.
    judge : Judge
        Reads the windows. Where it fails or cannot say, the rule's verdict stands.
    weight : float, default=0.5
        What the judge counts beside the rule.
    doubt : float, default=0.05
        The judge is asked where the rule's probability is at least so far from 0 and from 1.
    n_windows : int, default=2
        Windows that it reads, those with head and tail first.
    """

    def __init__(
        self,
        rule: ClaimRule,
        judge: Judge,
        *,
        weight: float = 0.5,
        doubt: float = 0.05,
        n_windows: int = 2,
    ) -> None:
        self._rule = rule
        self._judge = judge
        self._weight = weight
        self._doubt = doubt
        self._n_windows = n_windows

    @property
    def reads_windows(self) -> bool:
        """The judge does."""
        return True

    def judge(self, evidence: ClaimEvidence) -> Judgement:
        """Return the verdict on one claim."""
        first = self._rule.judge(evidence)
        windows = (*evidence.together, *evidence.alone)[: self._n_windows]
        if evidence.triplet.negated or not windows or self._is_sure(first):
            return first
        try:
            support = self._judge.support(evidence.triplet, windows)
        except QuCoError as exc:
            return replace(first, reason=f"{first.reason}; the judge failed: {exc}")
        return first if support is None else self._combined(first, support)

    def _is_sure(self, first: Judgement) -> bool:
        p = first.p_wrong
        return p is not None and not self._doubt <= p <= 1 - self._doubt

    def _combined(self, first: Judgement, support: float) -> Judgement:
        wrong = 1 - min(max(support, 1 - _MOST_CERTAIN), _MOST_CERTAIN)
        if first.p_wrong is None:
            p_wrong = wrong
        else:
            p_wrong = probability(log_odds(first.p_wrong) + self._weight * log_odds(wrong))
        verdict = Verdict.UNSUPPORTED if p_wrong > first.threshold else Verdict.SUPPORTED
        said = "supports" if support > 0.5 else "does not support"
        reason = f"{first.reason}; the judge {said} it ({support:.2f})"
        return replace(first, verdict=verdict, p_wrong=p_wrong, reason=reason)
