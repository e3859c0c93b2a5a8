"""Final answers: put right where they do not follow, asked for where they say nothing new."""

from __future__ import annotations

from dataclasses import replace

from quco.controller.effects import Generate
from quco.controller.ledger import Ledger
from quco.demonstrations import CLOSING
from quco.prompts import final_answer
from quco.surface import plain_words
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
        if begins := self._once(report.lacks):
            self._ledger.note("premise", report, report.reason)
        return begins

    def upcoming(self) -> str:
        """Return how the next sentence begins that a comparison takes; empty where none does."""
        said = self._ledger.sentences
        return self._once(said[-1].report.leads_to) if said else ""

    def _once(self, begins: str) -> str:
        """Return the beginning of a sentence as it is asked for; empty where it was before."""
        ledger = self._ledger
        is_open = ledger.policy.check_conclusion and begins and begins not in self._asked
        if not is_open or ledger.room <= 0 or ledger.exhausted(Generate):
            return ""
        self._asked.add(begins)
        return ledger.after(begins)

    def concluded(self, sentence: str, report: SentenceReport) -> tuple[str, SentenceReport]:
        """Return a sentence and its report; a final answer as it follows, in the question's words.

        Where the policy looks at no conclusions, one that does not follow is left unknown.
        """
        if not report.follows:
            return sentence, report
        if not self._ledger.policy.check_conclusion:
            return sentence, replace(report, verdict=Verdict.UNKNOWN)
        if plain_words(final_answer(sentence)) == plain_words(report.follows):
            return sentence, report
        self._ledger.note("conclude", report, report.reason)
        mended = self._ledger.after(f"{CLOSING} {report.follows}.")
        return mended, replace(report, text=mended, verdict=Verdict.SUPPORTED)

    def closing(self, report: SentenceReport) -> str:
        """Return the final answer where nothing more need be said before it; else empty."""
        if not (self._ledger.policy.check_conclusion and report.concludes):
            return ""
        return self._ledger.after(f"{CLOSING} {report.concludes}.")
