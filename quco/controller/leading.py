"""Leads an answer from fact to fact: how its next sentence begins, and drafts that go astray."""

from __future__ import annotations

import re

from quco.controller.effects import Generate
from quco.controller.ledger import Ledger
from quco.types import SentenceReport

_EVENT = re.compile(r" (?:was \w+|died) (?:in|on)$")
"""The end of a beginning such as "Ada was born on"."""


class Leader:
    """Knows which fact an answer takes next, and asks for each once.

    Parameters
    ----------
    ledger : Ledger
        The accepted sentences, the policy, and where decisions are noted.
    exact : bool
        Whether the generator goes on from exactly what it is given; one that does not is asked for
        what a final answer lacks, and led to nothing before.
    """

    def __init__(self, ledger: Ledger, *, exact: bool) -> None:
        self._ledger = ledger
        self._exact = exact
        self._asked: set[str] = set()
        self._due = ""
        self.opening = ""
        """How the first sentence begins that the answer takes; empty where it is not known."""

    def start(self) -> None:
        """Look at what comes after the accepted text."""
        said = self._ledger.sentences
        self._due = said[-1].report.leads_to if said else self.opening

    def upcoming(self) -> str:
        """Return how the next sentence begins, where that is known and was not tried before."""
        return self._once(self._due) if self._exact else ""

    def missing(self, report: SentenceReport) -> str:
        """Return the beginning of the sentence to ask for before a final answer; else empty."""
        if begins := self._once(report.lacks):
            self._ledger.note("premise", report, report.reason)
        return begins

    def is_astray(self, report: SentenceReport) -> bool:
        """Return whether a sentence leaves out what was due, and look at what comes after it."""
        due, self._due = self._due, report.leads_to
        return self._due == due and self._is_open(due)

    def leaves(self, sentence: str) -> bool:
        """Return whether a sentence says of what is spoken of something else than what is due."""
        due, said = self._due, sentence.strip()
        event = _EVENT.search(due)
        if event is None or due.startswith(said) or said.startswith(due):
            return False
        return said.startswith(f"{due[: event.start()]} ") and self._is_open(due)

    def _once(self, begins: str) -> str:
        """Return the beginning of a sentence as it is asked for; empty where it was before."""
        if not self._may_ask(begins):
            return ""
        self._asked.add(begins)
        return f" {begins}"

    def _is_open(self, due: str) -> bool:
        """Return whether a draft may be given up for what is due."""
        return self._exact and self._may_ask(due)

    def _may_ask(self, begins: str) -> bool:
        ledger = self._ledger
        is_wanted = bool(begins) and ledger.policy.check_conclusion and begins not in self._asked
        return is_wanted and ledger.room > 0 and not ledger.exhausted(Generate)
