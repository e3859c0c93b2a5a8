"""The tries of one sentence: how many there were, and which to go back to."""

from __future__ import annotations

from typing import NamedTuple

from quco.config import KeepDraft
from quco.drafts import CutDraft
from quco.types import ClaimReport, SentenceReport


class Try(NamedTuple):
    """A draft of a suspect sentence, and what comes after it there."""

    sentence: str
    report: SentenceReport
    cut: CutDraft
    rest: tuple[str, ...]
    shown: tuple[str, ...]


class Tries:
    """Drafts of the sentence that is being worked on.

    Parameters
    ----------
    keep : str
        Which draft stays where none is supported; see `ControllerPolicy.keep_draft`.
    """

    def __init__(self, keep: KeepDraft) -> None:
        self._keep = keep
        self._best: Try | None = None
        self.n = 1
        """Which draft this is, from 1."""

    def again(self, suspect: Try | None) -> None:
        """Begin another; a suspect sentence is remembered where none before it is better."""
        if suspect and self.better_than(suspect.report) is None:
            self._best = suspect
        self.n += 1

    def better_than(self, report: SentenceReport) -> Try | None:
        """Return the earlier draft that goes before a suspect sentence, if one does."""
        best = self._best
        if best is None or self._keep == "last":
            return None
        is_better = self._keep == "first" or doubt(best.report) <= doubt(report)
        return best if is_better else None


def doubt(report: SentenceReport | ClaimReport) -> float:
    """Return how sure it is that a sentence or a claim is wrong; where nobody says, entirely."""
    return 1.0 if report.p_wrong is None else report.p_wrong
