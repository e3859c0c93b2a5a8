"""Asks the corpus; where it cannot say, the verdict is unknown, with the reason."""

from __future__ import annotations

from collections.abc import Generator, Mapping

from quco.controller.effects import CheckQuestion, CheckSentence, Effect, Reply
from quco.controller.ledger import Ledger
from quco.errors import QuCoError
from quco.ports import ExtractionContext
from quco.types import QuestionReport, SentenceReport, Verdict


def ask_question(ledger: Ledger) -> Generator[Effect, Reply, QuestionReport]:
    """Ask about the question itself."""
    try:
        return (yield from ledger.perform(CheckQuestion(ledger.question), QuestionReport))
    except QuCoError as error:
        return QuestionReport(ledger.question, (), Verdict.UNKNOWN, str(error))


def ask_sentence(
    ledger: Ledger,
    sentence: str,
    known: Mapping[CheckSentence, Reply],
    following: tuple[str, ...] = (),
) -> Generator[Effect, Reply, SentenceReport]:
    """Ask about a sentence that comes after the accepted text.

    Parameters
    ----------
    ledger : Ledger
        The accepted text, and where costs are noted.
    sentence : str
        As drafted.
    known : mapping
        Replies to questions that were asked while the draft was written.
    following : tuple of str, optional
        What the draft says after it.
    """
    if not ledger.policy.check_sentences:
        return SentenceReport(sentence, Verdict.UNKNOWN, reason="not checked")
    effect = CheckSentence(sentence, context(ledger, following))
    try:
        return (yield from ledger.perform(effect, SentenceReport, known.get(effect)))
    except QuCoError as error:
        return SentenceReport(sentence, Verdict.UNKNOWN, reason=str(error))


def context(ledger: Ledger, following: tuple[str, ...] = ()) -> ExtractionContext:
    """Return what stands around the next sentence."""
    preceding = tuple(sentence.text for sentence in ledger.sentences)
    return ExtractionContext(ledger.question, preceding, following)
