"""Final answers to comparisons: put right where they do not follow from what was said before."""

from __future__ import annotations

from dataclasses import replace

from quco.answer import Decision
from quco.controller.effects import Generate
from quco.controller.ledger import Ledger
from quco.demonstrations import CLOSING
from quco.prompts import final_answer
from quco.surface import fold, words
from quco.types import SentenceReport, Verdict


class Concluder:
    """Knows what an answer lacks, and asks for each missing sentence once.

    Parameters
    ----------
    ledger : Ledger
        The question, the policy, and where decisions are noted.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._asked: set[str] = set()

    def missing(self, report: SentenceReport) -> str:
        """Return the beginning of the sentence to ask for before a final answer; else empty."""
        begins = report.lacks
        is_open = self._ledger.policy.check_conclusion and begins and begins not in self._asked
        if not is_open or self._ledger.exhausted(Generate):
            return ""
        self._asked.add(begins)
        self._ledger.decide(
            Decision(
                "premise",
                report.reason,
                verdict=report.verdict,
                sentence=report.text.strip(),
                report=report,
            )
        )
        return f" {begins}" if self._ledger.sentences else begins

    def concluded(self, sentence: str, report: SentenceReport) -> tuple[str, SentenceReport]:
        """Return a sentence and its report; a final answer as it follows, in the question's words.

        Where the policy looks at no conclusions, one that does not follow is left unknown.
        """
        if not report.follows:
            return sentence, report
        if not self._ledger.policy.check_conclusion:
            return sentence, replace(report, verdict=Verdict.UNKNOWN)
        if _same(final_answer(sentence), report.follows):
            return sentence, report
        self._ledger.decide(
            Decision(
                "conclude",
                report.reason,
                verdict=report.verdict,
                sentence=sentence.strip(),
                report=report,
            )
        )
        space = " " if self._ledger.sentences else ""
        mended = f"{space}{CLOSING} {report.follows}."
        return mended, replace(report, text=mended, verdict=Verdict.SUPPORTED)


def _same(stated: str, follows: str) -> bool:
    return words(fold(stated)) == words(fold(follows))
