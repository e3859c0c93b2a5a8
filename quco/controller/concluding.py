"""Final answers: put right where they do not follow, asked for where they say nothing new."""

from __future__ import annotations

import re
from dataclasses import replace

from quco.controller.effects import Generate
from quco.controller.ledger import Ledger
from quco.demonstrations import CLOSING
from quco.prompts import final_answer
from quco.surface import plain_words
from quco.types import SentenceReport, Verdict

_EVENT = re.compile(r" (?:was \w+|died) (?:in|on)$")
"""The end of a beginning such as "Ada was born on"."""


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
        self.opening = ""
        """How the first sentence begins that the answer takes; empty where it is not known."""

    def missing(self, report: SentenceReport) -> str:
        """Return the beginning of the sentence to ask for before a final answer; else empty."""
        if begins := self._once(report.lacks):
            self._ledger.note("premise", report, report.reason)
        return begins

    @property
    def due(self) -> str:
        """How the sentence begins that the answer takes next; empty where it takes none."""
        said = self._ledger.sentences
        return said[-1].report.leads_to if said else self.opening

    def upcoming(self) -> str:
        """Return how the next sentence begins, where that is known and was not tried before."""
        return self._once(self.due)

    def leaves(self, sentence: str, due: str) -> bool:
        """Return whether a sentence says of what is spoken of something else than what is due."""
        event, said = _EVENT.search(due), sentence.strip()
        if event is None or due.startswith(said) or said.startswith(due):
            return False
        return said.startswith(f"{due[: event.start()]} ") and self._is_open(due)

    def strays(self, report: SentenceReport, due: str) -> bool:
        """Return whether a sentence leaves out what was due, and the next shall begin with it."""
        return bool(due) and report.leads_to == due and self._is_open(due)

    def _once(self, begins: str) -> str:
        """Return the beginning of a sentence as it is asked for; empty where it was before."""
        if not begins or not self._is_open(begins):
            return ""
        self._asked.add(begins)
        return f" {begins}"

    def _is_open(self, begins: str) -> bool:
        """Return whether a sentence may be asked for."""
        ledger = self._ledger
        may_ask = ledger.policy.check_conclusion and begins not in self._asked
        return may_ask and ledger.room > 0 and not ledger.exhausted(Generate)

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
