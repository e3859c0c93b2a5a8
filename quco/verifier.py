"""Asks the corpus about questions, sentences and claims; generates nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from quco.conclusions import Gap, draw, implied, unanswered
from quco.errors import StatisticsError
from quco.extraction import claims_of, subjects
from quco.ports import (
    CorpusStatistics,
    ExtractionContext,
    Extractor,
    SentenceInContext,
    TermCount,
)
from quco.prompts import final_answer
from quco.surface import Aliases
from quco.surroundings import look_around
from quco.types import (
    ClaimReport,
    Entity,
    EntityCount,
    QuestionReport,
    Report,
    SentenceReport,
    Surroundings,
    Triplet,
    Verdict,
    worst,
)
from quco.verdict import ClaimEvidence, ClaimRule, VerdictPolicy
from quco.verdict.gather import Gatherer

NO_CLAIM = "no checkable claim"
"""Reason of a sentence that says nothing that could be looked up; its `claims` are empty."""

_BATCH = 64
"""Sentences whose terms are counted in one call."""

_REMEMBERED = 8
"""Earlier sentences that an extractor is shown."""

MOST_PLACES = 200
"""Occurrences up to which an entity is rare enough for a few places to stand for all."""

NO_ENTITY = "no entity in the question"
"""Reason of a question that names nothing."""


class Verifier:
    """Verdicts on questions, texts, sentences and claims.

    Parameters
    ----------
    statistics : CorpusStatistics
        The corpus.
    extractor : Extractor
        Finds entities and claims.
    policy : VerdictPolicy, optional
        Rules and thresholds; the shipped one when not given.
    rule : ClaimRule, optional
        A rule of your own, in place of the policy's for claims.
    aliases : mapping, optional
        Other names of entities, by case-folded name; see `quco.aliases.read_aliases`.
    """

    def __init__(
        self,
        statistics: CorpusStatistics,
        extractor: Extractor,
        policy: VerdictPolicy | None = None,
        *,
        rule: ClaimRule | None = None,
        aliases: Aliases | None = None,
    ) -> None:
        self.statistics = statistics
        self.extractor = extractor
        self.policy = policy or VerdictPolicy.shipped()
        self.aliases = aliases or {}
        self._gatherer = Gatherer(statistics, self.policy, self.aliases)
        self._question_rule = self.policy.question.build()
        self._claim_rule = rule or self.policy.claim.build()

    @classmethod
    def default(cls, statistics: CorpusStatistics) -> Verifier:
        """Return a verifier with the spaCy extractor and the shipped policy."""
        from quco.adapters.extractor.spacy import SpacyExtractor

        return cls(statistics, SpacyExtractor())

    def load(self) -> None:
        """Load now what the extractor and the corpus can load before they are asked.

        The first check is as fast as others then, and an event loop beside it as free: some of
        what is loaded lets nothing else of this process run for a tenth of a second.

        Raises
        ------
        QuCoError
            If something cannot be loaded.
        """
        for part in (self.extractor, self.statistics):
            load = getattr(part, "load", None)
            if load is not None:
                load()

    def split(self, text: str) -> list[str]:
        """Return the sentences of `text`; joined, they give `text` back to the character."""
        return self.extractor.split(text)

    # ------------------------------------------------------------ stage one

    def check_question(self, question: str) -> QuestionReport:
        """Return whether the corpus knows the entities of `question` well."""
        return self.check_questions([question])[0]

    def check_questions(self, questions: Sequence[str]) -> list[QuestionReport]:
        """Return the report of each question; all entities are counted in one call."""
        entities = [subjects(self.extractor, question) for question in questions]
        try:
            counts = self.count(entity.text for found in entities for entity in found)
            n_tokens = self.statistics.n_tokens
        except StatisticsError as exc:
            return [QuestionReport(text, (), Verdict.UNKNOWN, _failure(exc)) for text in questions]
        return [
            self._question_report(question, found, counts, n_tokens)
            for question, found in zip(questions, entities, strict=True)
        ]

    def _question_report(
        self,
        question: str,
        entities: list[Entity],
        counts: dict[str, TermCount],
        n_tokens: int,
    ) -> QuestionReport:
        entities = [entity for entity in entities if entity.text in counts]
        if not entities:
            return QuestionReport(question, (), Verdict.UNKNOWN, NO_ENTITY)
        found = tuple(
            EntityCount(
                entity,
                counts[entity.text].value,
                counts[entity.text].value * 1e6 / max(n_tokens, 1),
                counts[entity.text].exact,
            )
            for entity in entities
        )
        rarity = self._question_rule.judge([item.count for item in found], n_tokens)
        verdict = Verdict.UNSUPPORTED if rarity.rare else Verdict.SUPPORTED
        first = draw(question, [entity.text for entity in entities], (), ())
        leads_to = first.begins if isinstance(first, Gap) else ""
        return QuestionReport(question, found, verdict, rarity.reason, leads_to)

    def look_around(self, report: QuestionReport, *, articles: bool = True) -> Surroundings:
        """Return what stands around the rare entities of a question; see `surroundings`.

        Raises
        ------
        StatisticsError
            If the corpus could not be asked.
        """
        rare = [item for item in report.entities if 0 < item.count <= MOST_PLACES]
        rare.sort(key=lambda item: item.count)
        entities = [item.entity.text for item in rare]
        return look_around(report.question, entities, self._gatherer, articles=articles)

    # ------------------------------------------------------------ stage two

    def check(
        self,
        text: str,
        question: str = "",
        preceding: Sequence[str] = (),
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> Report:
        """Return the verdict on every sentence of `text`.

        Parameters
        ----------
        text : str
            Any text; the last sentence may be unfinished.
        question : str, optional
            The question that it answers: pronouns may refer to its entities.
        preceding : sequence of str, optional
            Sentences that came before.
        progress : callable, optional
            Called with the number of sentences that are checked, and of all.
        """
        sentences = self.extractor.split(text)
        said = [*preceding, *sentences]
        reports: list[SentenceReport] = []
        for start in range(0, len(sentences), _BATCH):
            batch = [
                (sentences[i], ExtractionContext(question, _before(said, len(preceding) + i)))
                for i in range(start, min(start + _BATCH, len(sentences)))
            ]
            reports += self.check_sentences(batch)
            if progress:
                progress(len(reports), len(sentences))
        return Report(text, tuple(reports))

    def check_sentence(
        self, sentence: str, context: ExtractionContext | None = None
    ) -> SentenceReport:
        """Return the verdict on one sentence."""
        return self.check_sentences([(sentence, context or ExtractionContext())])[0]

    def check_sentences(self, sentences: Sequence[SentenceInContext]) -> list[SentenceReport]:
        """Return the report of each sentence; all terms are counted in one call."""
        found = claims_of(self.extractor, sentences)
        reports = iter(self.judge([triplet for triplets in found for triplet in triplets]))
        result = []
        for (text, context), triplets in zip(sentences, found, strict=True):
            claims = tuple(next(reports) for _ in triplets)
            result.append(
                self._said(text, claims, context) if claims else self._conclusion(text, context)
            )
        return result

    def _said(
        self, text: str, claims: tuple[ClaimReport, ...], context: ExtractionContext
    ) -> SentenceReport:
        """Return the report of a sentence with claims, and what follows once it is said."""
        verdict = worst(claim.verdict for claim in claims)
        report = self._scored(SentenceReport(text, verdict, claims))
        drawn = implied(self.extractor, context.question, (*context.preceding, text))
        if isinstance(drawn, Gap):
            return replace(report, leads_to=drawn.begins)
        return replace(report, concludes=drawn.answer) if drawn and drawn.is_whole else report

    def _conclusion(self, text: str, context: ExtractionContext) -> SentenceReport:
        """Return the report of a sentence without a claim: it may draw a conclusion of others."""
        report = SentenceReport(text, Verdict.UNKNOWN, reason=NO_CLAIM)
        stated, question = final_answer(text), context.question
        if not stated:
            return self._scored(report)
        if not question:
            return report
        drawn = implied(self.extractor, question, context.preceding) or unanswered(question, stated)
        if drawn is None:
            return report
        if isinstance(drawn, Gap):
            return replace(report, reason=drawn.because, lacks=drawn.begins)
        verdict = Verdict.SUPPORTED if drawn.agrees(stated) else Verdict.UNSUPPORTED
        return replace(report, verdict=verdict, reason=drawn.because, follows=drawn.answer)

    def _scored(self, report: SentenceReport) -> SentenceReport:
        """Return a report with the score of the whole, where policy and corpus can tell."""
        model, p_wrong = self.policy.sentence, report.claims_p_wrong
        if model is None or (report.claims and not p_wrong):
            return report
        return replace(report, hallucination_score=model.score(report.text, p_wrong))

    def score(self, head: str, relation: str, tail: str) -> ClaimReport:
        """Return the verdict on one claim."""
        return self.judge([Triplet(head, relation, tail)])[0]

    def judge(self, triplets: Sequence[Triplet]) -> list[ClaimReport]:
        """Return the report of each claim; all terms are counted in one call."""
        try:
            counts = self._gatherer.count_terms(triplets)
            n_tokens = self.statistics.n_tokens if triplets else 0
        except StatisticsError as exc:
            return [_failed(item, exc) for item in triplets]
        return [self._judge(item, counts, n_tokens) for item in triplets]

    def _judge(
        self, triplet: Triplet, counts: Mapping[str, TermCount], n_tokens: int
    ) -> ClaimReport:
        head, tail = counts.get(triplet.head), counts.get(triplet.tail or "")
        report = ClaimReport(
            triplet,
            Verdict.UNKNOWN,
            head_count=head.value if head else None,
            tail_count=tail.value if tail else None,
        )
        if head is None or tail is None:
            which = "head" if head is None else "tail"
            return replace(report, reason=f"the claim has no {which} that could be looked up")
        if head.value == 0:
            return replace(
                report, cooccurrence=0, reason=f"the corpus does not hold {triplet.head!r}"
            )
        try:
            evidence = self._gatherer.gather(
                triplet, counts, n_tokens, reads_windows=self._claim_rule.reads_windows
            )
        except StatisticsError as exc:
            return replace(report, reason=_failure(exc))
        judgement = self._claim_rule.judge(evidence)
        return replace(
            report,
            verdict=judgement.verdict,
            p_wrong=judgement.p_wrong,
            cooccurrence=evidence.cooccurrence,
            reason=judgement.reason,
            evidence=judgement.evidence[: self.policy.n_windows],
            instead=judgement.instead,
        )

    def gather_many(self, triplets: Sequence[Triplet]) -> list[ClaimEvidence | None]:
        """Return all that the corpus says of claims; None for one without a head or a tail.

        Raises
        ------
        StatisticsError
            If the corpus could not be asked.
        """
        counts = self._gatherer.count_terms(triplets)
        n_tokens = self.statistics.n_tokens
        return [
            self._gatherer.gather(item, counts, n_tokens, reads_windows=True)
            if item.head in counts and (item.tail or "") in counts
            else None
            for item in triplets
        ]

    def count(self, terms: Iterable[str]) -> dict[str, TermCount]:
        """Count each distinct term once, in any of its surface variants.

        Terms without a word are left out. A failure is raised and leaves nothing behind.
        """
        return self._gatherer.count(terms)


def _before(said: Sequence[str], at: int) -> tuple[str, ...]:
    """Return the sentences before one, as far as it may refer to them."""
    return tuple(said[max(0, at - _REMEMBERED) : at])


def _failed(triplet: Triplet, exc: StatisticsError) -> ClaimReport:
    return ClaimReport(triplet, Verdict.UNKNOWN, reason=_failure(exc))


def _failure(exc: StatisticsError) -> str:
    return f"the corpus could not be asked: {exc}"
