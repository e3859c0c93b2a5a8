"""Suspect sentences put right by the corpus, without asking the model again."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping

from quco.controller.asking import ask_sentence
from quco.controller.effects import AskAgain, CheckSentence, Effect, Reply
from quco.controller.ledger import Ledger
from quco.controller.trying import doubt
from quco.surface import plain_words
from quco.types import ClaimReport, SentenceReport, Verdict

_KINDS = {"PERSON": "person", "NORP": "people", "GPE": "place", "LOC": "place", "FAC": "place"}
"""Kinds of names by their labels; those that recognisers mix up with others are left out."""

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


def will_revise(ledger: Ledger, report: SentenceReport, ask: AskAgain) -> bool:
    """Return whether `revise` will put a suspect sentence right."""
    text = _revision(ledger, report)
    better = ask(text) if text else None
    return better is not None and _is_sure(ledger, report, better)


def revise(
    ledger: Ledger, report: SentenceReport, known: Mapping[CheckSentence, Reply]
) -> Generator[Effect, Reply, SentenceReport | None]:
    """Return a suspect sentence put right; None where the corpus is not sure of that.

    `known` are replies to questions that were asked while the draft was written.
    """
    text = _revision(ledger, report)
    if not text:
        return None
    better = yield from ask_sentence(ledger, text, known)
    if not _is_sure(ledger, report, better):
        return None
    ledger.note("revise", report, f"the corpus says: {better.text.strip()}")
    return better


def _revision(ledger: Ledger, report: SentenceReport) -> str:
    """Return a suspect sentence as the policy lets the corpus put it; empty where it does not.

    What the question names is not said in place of something else: "a film with Ada, by whom?".
    """
    asked = plain_words(ledger.question)
    if any(plain_words(claim.instead) in asked for claim in report.claims if claim.instead):
        return ""
    text = reworded(report) if ledger.policy.revise_below > 0 else ""
    return "" if text in ledger.text else text


def _is_sure(ledger: Ledger, report: SentenceReport, better: SentenceReport) -> bool:
    """Return whether the corpus supports a sentence put right, and is sure of what is new in it."""
    said = {claim.triplet for claim in report.claims}
    new = [claim for claim in better.claims if claim.triplet not in said]
    kinds = {claim.instead: _kind(claim) for claim in report.claims}
    return (
        better.verdict is Verdict.SUPPORTED
        and bool(new)
        and all(doubt(claim) < ledger.policy.revise_below for claim in new)
        and all(_agree(_kind(claim), kinds.get(claim.triplet.tail or "", "")) for claim in new)
    )


def _kind(claim: ClaimReport) -> str:
    """Return what kind of name the tail of a claim is; empty where the extractor does not say."""
    return _KINDS.get(claim.triplet.tail_label, "")


def _agree(one: str, other: str) -> bool:
    return not one or not other or one == other


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
