"""A judge beside a rule: whom it is asked about, and what its word counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from quco.errors import GenerationError
from quco.ports import Judge
from quco.types import Evidence, Triplet, Verdict
from quco.verdict import ClaimEvidence, ClaimRule, Judged, Judgement, ZeroCooccurrence

WINDOW = Evidence("Move was directed by Stuart Rosenberg.", "1", "Move")
CLAIM = ClaimEvidence(
    Triplet("Move", "directed by", "Stuart Rosenberg"), 1000, 5, 3, 1, together=(WINDOW,)
)


@dataclass
class Says:
    """A judge that always says one thing."""

    said: float | None
    asked: list[tuple[Triplet, Sequence[Evidence]]] = field(default_factory=list)

    def support(self, claim: Triplet, windows: Sequence[Evidence]) -> float | None:
        self.asked.append((claim, windows))
        return self.said


class Broken:
    def support(self, claim: Triplet, windows: Sequence[Evidence]) -> float | None:
        raise GenerationError("the model is down")


@dataclass(frozen=True)
class Gives:
    """A rule with one probability."""

    p_wrong: float
    threshold: float = 0.5
    reads_windows = False

    def judge(self, evidence: ClaimEvidence) -> Judgement:
        is_wrong = self.p_wrong > self.threshold
        verdict = Verdict.UNSUPPORTED if is_wrong else Verdict.SUPPORTED
        return Judgement(verdict, "so", self.p_wrong, threshold=self.threshold)


def test_they_are_what_they_claim_to_be() -> None:
    assert isinstance(Says(0.5), Judge)
    assert isinstance(Judged(Gives(0.5), Says(0.5)), ClaimRule)
    assert Judged(Gives(0.5), Says(0.5)).reads_windows


@pytest.mark.parametrize(
    ("p_wrong", "said", "expected"),
    [
        (0.6, 0.9, Verdict.SUPPORTED),
        (0.6, 0.1, Verdict.UNSUPPORTED),
        (0.4, 0.1, Verdict.UNSUPPORTED),
        (0.9, 0.9, Verdict.UNSUPPORTED),  # the rule is surer
    ],
)
def test_a_doubt_is_settled_by_both(p_wrong: float, said: float, expected: Verdict) -> None:
    found = Judged(Gives(p_wrong), Says(said)).judge(CLAIM)
    assert found.verdict is expected
    assert found.p_wrong is not None
    assert (found.p_wrong > p_wrong) == (said < 0.5)


def test_the_threshold_of_the_rule_stays() -> None:
    assert Judged(Gives(0.6, 0.8), Says(0.45)).judge(CLAIM).verdict is Verdict.SUPPORTED


def test_a_judge_without_a_view_changes_nothing() -> None:
    first = Gives(0.6).judge(CLAIM)
    assert Judged(Gives(0.6), Says(None)).judge(CLAIM) == first
    even = Judged(Gives(0.6), Says(0.5)).judge(CLAIM)
    assert even.p_wrong == pytest.approx(0.6)
    failed = Judged(Gives(0.6), Broken()).judge(CLAIM)
    assert (failed.verdict, failed.p_wrong) == (first.verdict, first.p_wrong)
    assert "the model is down" in failed.reason


@pytest.mark.parametrize(
    ("p_wrong", "claim"),
    [
        (0.01, CLAIM),
        (0.99, CLAIM),
        (0.6, replace(CLAIM, together=())),
        (0.6, replace(CLAIM, triplet=replace(CLAIM.triplet, negated=True))),
    ],
)
def test_the_judge_is_asked_about_doubts_with_windows_alone(
    p_wrong: float, claim: ClaimEvidence
) -> None:
    judge = Says(0.1)
    assert Judged(Gives(p_wrong), judge).judge(claim) == Gives(p_wrong).judge(claim)
    assert not judge.asked


def test_a_rule_without_probabilities_leaves_it_to_the_judge() -> None:
    judge = Says(0.2)
    found = Judged(ZeroCooccurrence(), judge, n_windows=1).judge(
        replace(CLAIM, alone=(replace(WINDOW, document_id="2"),))
    )
    assert found.verdict is Verdict.UNSUPPORTED
    assert found.p_wrong == pytest.approx(0.8)
    assert judge.asked == [(CLAIM.triplet, (WINDOW,))]
