"""Suspect sentences put right by the corpus, without asking the model again."""

from __future__ import annotations

import re
from collections.abc import Generator

from quco.controller.asking import ask_sentence
from quco.controller.effects import Effect, Reply
from quco.controller.ledger import Ledger
from quco.types import ClaimReport, SentenceReport, Verdict

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


def revision(ledger: Ledger, report: SentenceReport) -> str:
    """Return a suspect sentence as the policy lets the corpus put it; empty where it does not."""
    return reworded(report) if ledger.policy.revise_below > 0 else ""


def revise(
    ledger: Ledger, report: SentenceReport
) -> Generator[Effect, Reply, SentenceReport | None]:
    """Return a suspect sentence put right; None where the corpus is not sure of that."""
    text = revision(ledger, report)
    if not text or text in ledger.text:
        return None
    better = yield from ask_sentence(ledger, text)
    wrong = better.p_wrong
    if better.verdict is not Verdict.SUPPORTED or wrong is None:
        return None
    if wrong >= ledger.policy.revise_below:
        return None
    ledger.note("revise", report, f"the corpus says: {better.text.strip()}")
    return better


def reworded(report: SentenceReport) -> str:
    """Return a suspect sentence with what fits better in place of the tails that do not.

    Empty where one of its claims is doubted that the corpus has nothing else for, or whose tail
    does not stand in it once, as it was claimed.

    Examples
    --------
    >>> from quco.types import Triplet
    >>> claim = Triplet("Ada Roe", "born in", "Rome")
    >>> wrong = ClaimReport(claim, Verdict.UNSUPPORTED, instead="Oslo")
    >>> reworded(SentenceReport(" Ada Roe was born in Rome.", Verdict.UNSUPPORTED, (wrong,)))
    ' Ada Roe was born in Oslo.'
    """
    text = report.text
    wrong = [claim for claim in report.claims if claim.verdict is Verdict.UNSUPPORTED]
    for claim in {claim.triplet.tail: claim for claim in wrong}.values():
        text = _with_instead(text, claim)
    return text if wrong else ""


def _with_instead(text: str, claim: ClaimReport) -> str:
    """Return a text with what fits better than the tail of a claim; empty where that cannot be."""
    tail, instead = claim.triplet.tail or "", claim.instead
    places = list(re.finditer(rf"(?<!\w){re.escape(tail)}(?!\w)", text)) if tail else []
    if len(places) != 1 or not instead or instead in text:
        return ""
    if _YEAR.search(tail) and not _YEAR.search(instead):  # "1922" is no worse than "30 September"
        return ""
    start, end = places[0].span()
    return text[:start] + instead + text[end:]
