"""What the model is shown: passages for the question, and for a sentence what may mend it."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from quco.answer import Decision
from quco.config import QueryMaker, QueryStyle
from quco.controller.effects import Effect, FindNeighbours, Reply, Retrieve
from quco.controller.ledger import Ledger
from quco.controller.showing import against
from quco.errors import QuCoError
from quco.queries import make_queries
from quco.types import Passage, QuestionReport, SentenceReport, Verdict

Search = Generator[Effect, Reply, bool]
"""Yields retrievals; returns whether the model now sees what it has not seen."""


class Searcher:
    """Asks nothing twice, and leaves a retriever that fails alone until the next sentence.

    Parameters
    ----------
    ledger : Ledger
        Where passages, decisions and costs are noted.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._policy = ledger.policy
        self._asked: set[str] = set()
        self._is_down = False

    def for_question(self, report: QuestionReport) -> Search:
        """Retrieve for a question, before anything is written."""
        question = self._ledger.question
        query = " ".join((question, *(yield from self._beside(report))))
        found = yield from self._retrieve([query], report.reason, report.verdict, None)
        self._asked.add(question)
        return found

    def _beside(self, report: QuestionReport) -> Generator[Effect, Reply, tuple[str, ...]]:
        """Return the names that join a question in its query."""
        known = report.verdict is Verdict.UNSUPPORTED
        if self._policy.question_query != "neighbours" or not known:
            return ()
        try:
            return (yield from self._ledger.perform(FindNeighbours(report), tuple[str, ...]))
        except QuCoError:  # the question will do
            return ()

    def for_sentence(
        self, report: SentenceReport, styles: Sequence[QueryStyle | QueryMaker], reason: str
    ) -> Search:
        """Show what speaks against a sentence; else retrieve, style by style, until some is new."""
        self._is_down = False
        if self._show_evidence(report):
            self._again(report, "the places of the corpus that speak against it are shown")
            return True
        for style in styles:
            made = make_queries(report, self._ledger.question, style)
            queries = [query for query in made if query not in self._asked]
            if not queries:
                continue
            if (yield from self._retrieve(queries, reason, report.verdict, report)):
                self._again(report, "new passages were found")
                return True
            if self._is_down or self._ledger.exhausted(Retrieve):
                break
        return False

    def _show_evidence(self, report: SentenceReport) -> bool:
        """Show the model what speaks against a sentence; return whether any of it is new."""
        if self._policy.show_evidence == "none":
            return False
        places = against(report)
        if self._policy.show_evidence == "unseen":
            read = [passage.text for passage in self._ledger.visible]
            places = [place for place in places if not any(place.text in text for text in read)]
        return self._ledger.show(places)

    def _again(self, report: SentenceReport, reason: str) -> None:
        """Note that a sentence is drafted anew."""
        self._ledger.decide(
            Decision(
                "regenerate",
                reason,
                verdict=report.verdict,
                sentence=report.text.strip(),
                passages=tuple(self._ledger.shown),
            )
        )

    def _retrieve(
        self,
        queries: Sequence[str],
        reason: str,
        verdict: Verdict,
        report: SentenceReport | None,
    ) -> Search:
        """Run the queries the budget allows, and show what they find."""
        found: list[Passage] = []
        asked: list[str] = []
        for query in queries:
            effect = Retrieve(query, self._policy.k)
            if refusal := self._ledger.exhausted(Retrieve):
                reason = f"{reason}; {refusal}"
                break
            asked.append(query)
            try:
                found.extend((yield from self._ledger.perform(effect, list[Passage])))
                self._asked.add(query)
            except QuCoError as error:
                reason = f"{reason}; retrieval failed: {error}"
                self._is_down = True
                break
        self._ledger.decide(
            Decision(
                "retrieve",
                reason,
                verdict=verdict,
                sentence=report.text.strip() if report else None,
                report=report,
                queries=tuple(asked),
                passages=tuple(dict.fromkeys(passage.id for passage in found)),
            )
        )
        return self._ledger.show(found)
