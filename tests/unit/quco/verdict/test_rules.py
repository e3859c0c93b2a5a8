"""The plain rules."""

import pytest

from quco.types import Triplet, Verdict
from quco.verdict import ClaimEvidence, ZeroCooccurrence

CLAIM = Triplet("Move", "directed by", "Stuart Rosenberg")


@pytest.mark.parametrize(
    ("cooccurrence", "expected"), [(0, Verdict.UNSUPPORTED), (1, Verdict.SUPPORTED)]
)
def test_zero_cooccurrence(cooccurrence: int, expected: Verdict) -> None:
    evidence = ClaimEvidence(CLAIM, 1000, 5, 3, cooccurrence)
    found = ZeroCooccurrence().judge(evidence)
    assert found.verdict is expected
    assert found.p_wrong is None


def test_a_denial_is_not_judged_by_cooccurrence() -> None:
    denial = Triplet("Move", "directed by", "Stuart Rosenberg", negated=True)
    found = ZeroCooccurrence().judge(ClaimEvidence(denial, 1000, 5, 3, 0))
    assert found.verdict is Verdict.UNKNOWN


def test_a_higher_bar() -> None:
    evidence = ClaimEvidence(CLAIM, 1000, 9, 9, 2)
    assert ZeroCooccurrence(3).judge(evidence).verdict is Verdict.UNSUPPORTED
