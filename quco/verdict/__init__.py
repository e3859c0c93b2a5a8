"""Rules that turn what the corpus says of a claim into a verdict, and the policy that picks one."""

from quco.verdict.calibrated import Calibrated, CalibratedOptions
from quco.verdict.evidence import ClaimEvidence
from quco.verdict.judged import Judged
from quco.verdict.policy import VerdictPolicy
from quco.verdict.rules import ClaimRule, Judgement, ZeroCooccurrence

__all__ = [
    "Calibrated",
    "CalibratedOptions",
    "ClaimEvidence",
    "ClaimRule",
    "Judged",
    "Judgement",
    "VerdictPolicy",
    "ZeroCooccurrence",
]
