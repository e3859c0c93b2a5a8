"""What the model is shown: passages for the question, and for a sentence what may mend it."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from quco.answer import Decision
from quco.config import QueryMaker, QueryStyle
from quco.controller.effects import Effect, LookAround, Reply, Retrieve
from quco.controller.ledger import Ledger
from quco.controller.naming import is_read_whole, naming
from quco.controller.showing import against, as_passages, unseen
from quco.errors import QuCoError
from quco.queries import make_queries
from quco.types import Passage, QuestionReport, SentenceReport, Surroundings, Verdict

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
        """Show articles of the corpus around a question, else retrieve for it."""
        question = self._ledger.question
        around = yield from self._around(report)
        if around.articles:
            return self._show_articles(report, around)
        query = " ".join((question, *around.names))
        found = yield from self._retrieve([query], report.reason, report.verdict, None)
        self._asked.add(question)
        return found

    def _around(self, report: QuestionReport) -> Generator[Effect, Reply, Surroundings]:
        """Return what stands around a rare question, as far as the policy has a use for it."""
        articles = self._policy.question_passages == "articles"
        named = articles or self._policy.question_query == "neighbours"
        if not named or report.verdict is not Verdict.UNSUPPORTED:
            return Surroundings()
        try:
            return (yield from self._ledger.perform(LookAround(report, articles), Surroundings))
        except QuCoError:  # the question will do
            return Surroundings()

    def _show_articles(self, report: QuestionReport, around: Surroundings) -> bool:
        passages = as_passages(around.articles)
        reason = f"{report.reason}; the corpus has articles about what it names"
        ids = tuple(passage.id for passage in passages)
        self._ledger.decide(Decision("look", reason, verdict=report.verdict, passages=ids))
        return self._ledger.look(passages)

    def for_sentence(
        self, report: SentenceReport, styles: Sequence[QueryStyle | QueryMaker], reason: str
    ) -> Search:
        """Show what speaks against a sentence; else retrieve, style by style, until some is new."""
        self._is_down = False
        if self._ledger.look(self._evidence(report)):
            self._again(report, "the places of the corpus that speak against it are shown")
            return True
        if self._has_read_all(report):
            self._note(f"{reason}; no other passage names it", report.verdict, report)
            return False
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

    def may_help(self, report: SentenceReport) -> bool:
        """Return whether `for_sentence` has anything to show, or to look for."""
        if unseen(self._evidence(report), self._ledger.visible):
            return True
        return not self._has_read_all(report) and not self._ledger.exhausted(Retrieve)

    def _evidence(self, report: SentenceReport) -> list[Passage]:
        """Return what speaks against a sentence, as far as the policy shows it."""
        if self._policy.show_evidence == "none":
            return []
        places = against(report)
        if self._policy.show_evidence == "unseen":
            read = [passage.text for passage in self._ledger.visible]
            places = [place for place in places if not any(place.text in text for text in read)]
        return places

    def _has_read_all(self, report: SentenceReport) -> bool:
        """Return whether the model sees all passages that could be found for a sentence."""
        counted = self._policy.sentence_passages == "counted"
        return counted and is_read_whole(report, self._ledger.visible)

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
        kept = self._bearing_on(report, found)
        if found and not kept:
            reason = f"{reason}; no passage names what the sentence is about"
        ids = tuple(dict.fromkeys(passage.id for passage in kept))
        self._note(reason, verdict, report, asked, ids)
        return self._ledger.show(kept)

    def _note(
        self,
        reason: str,
        verdict: Verdict,
        report: SentenceReport | None,
        queries: Sequence[str] = (),
        passages: tuple[str, ...] = (),
    ) -> None:
        """Note what was retrieved, or why nothing was."""
        self._ledger.decide(
            Decision(
                "retrieve",
                reason,
                verdict=verdict,
                sentence=report.text.strip() if report else None,
                report=report,
                queries=tuple(queries),
                passages=passages,
            )
        )

    def _bearing_on(self, report: SentenceReport | None, found: list[Passage]) -> list[Passage]:
        """Return those of the passages that the policy lets a sentence be written again with."""
        if report is None or self._policy.sentence_passages == "any":
            return found
        return naming(found, report)
