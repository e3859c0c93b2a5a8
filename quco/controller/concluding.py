"""Final answers that follow from what was said: put right where they do not, given at once."""

from __future__ import annotations

from dataclasses import replace

from quco.controller.ledger import Ledger
from quco.demonstrations import CLOSING
from quco.prompts import final_answer
from quco.surface import plain_words
from quco.types import SentenceReport, Verdict


def concluded(ledger: Ledger, sentence: str, report: SentenceReport) -> tuple[str, SentenceReport]:
    """Return a sentence and its report; a final answer as it follows, in the question's words.

    Where the policy looks at no conclusions, one that does not follow is left unknown.
    """
    if not report.follows:
        return sentence, report
    if not ledger.policy.check_conclusion:
        return sentence, replace(report, verdict=Verdict.UNKNOWN)
    if plain_words(final_answer(sentence)) == plain_words(report.follows):
        return sentence, report
    ledger.note("conclude", report, report.reason)
    mended = ledger.after(f"{CLOSING} {report.follows}.")
    return mended, replace(report, text=mended, verdict=Verdict.SUPPORTED)


def closing(ledger: Ledger, report: SentenceReport) -> str:
    """Return the final answer where nothing more need be said before it; else empty."""
    if not (ledger.policy.check_conclusion and report.concludes):
        return ""
    return ledger.after(f"{CLOSING} {report.concludes}.")
