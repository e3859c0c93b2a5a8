"""Claim rules: one small class each, behind one protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from quco.types import Evidence, Verdict
from quco.verdict.evidence import ClaimEvidence


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule says of a claim."""

    verdict: Verdict
    """What the corpus says."""

    reason: str
    """One line for people."""

    p_wrong: float | None = None
    """Probability in [0, 1] that the claim is wrong; None where the rule gives none."""

    evidence: tuple[Evidence, ...] = ()
    """Windows that it rests on, best first."""

    threshold: float = 0.5
    """The claim is UNSUPPORTED where `p_wrong` is above this."""

    instead: str = ""
    """What fits better than the tail of a claim that is UNSUPPORTED; empty where nothing does."""


@runtime_checkable
class ClaimRule(Protocol):
    """Judges a claim whose head, tail and co-occurrence were counted.

    A rule never sees a claim without a tail, nor one whose head the corpus does not hold, nor one
    for which the statistics failed: these are UNKNOWN before any rule is asked.
    """

    @property
    def reads_windows(self) -> bool:
        """Whether it needs the text around head and tail, or the counts alone."""
        ...

    def judge(self, evidence: ClaimEvidence) -> Judgement:
        """Return the verdict on one claim."""
        ...


@dataclass(frozen=True, slots=True)
class ZeroCooccurrence:
    """The paper's rule: a claim is suspect where head and tail meet too seldom.

    QuCo-RAG (arXiv 2512.19134, section 3.3) with `tau_cooc` = 1. It differs in two points: a head
    that the corpus does not hold, and a denial, are UNKNOWN.
    """

    at_least: int = 1
    """Meetings that support a claim."""

    @property
    def reads_windows(self) -> bool:
        """Counts are enough."""
        return False

    def judge(self, evidence: ClaimEvidence) -> Judgement:
        """Return the verdict on one claim."""
        if evidence.triplet.negated:
            return Judgement(Verdict.UNKNOWN, "a denial cannot be checked by co-occurrence")
        times = evidence.cooccurrence
        if times < self.at_least:
            reason = "head and tail never meet" if times == 0 else f"they meet only {times} times"
            return Judgement(Verdict.UNSUPPORTED, reason, evidence=evidence.together)
        return Judgement(Verdict.SUPPORTED, "head and tail meet", evidence=evidence.together)
