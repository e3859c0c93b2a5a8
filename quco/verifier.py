"""Asks the corpus about questions, sentences and claims; generates nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from quco import surface
from quco.errors import StatisticsError
from quco.ports import CorpusStatistics, ExtractionContext, Extractor, TermCount
from quco.types import (
    ClaimReport,
    Entity,
    EntityCount,
    QuestionReport,
    Report,
    SentenceReport,
    Triplet,
    Verdict,
    worst,
)
from quco.verdict import ClaimEvidence, VerdictPolicy

NO_CLAIM = "no checkable claim"
"""Reason of a sentence that says nothing that could be looked up; its `claims` are empty."""

NO_ENTITY = "no entity in the question"
"""Reason of a question that names nothing."""

SentenceInContext = tuple[str, ExtractionContext]
"""A sentence with what was said before it."""


class Verifier:
    """Verdicts on questions, texts, sentences and claims.

    Parameters
    ----------
    statistics : CorpusStatistics
        The corpus.
    extractor : Extractor
        Finds entities and claims.
    policy : VerdictPolicy, optional
        Rules and thresholds.
    """

    def __init__(
        self,
        statistics: CorpusStatistics,
        extractor: Extractor,
        policy: VerdictPolicy | None = None,
    ) -> None:
        self.statistics = statistics
        self.extractor = extractor
        self.policy = policy or VerdictPolicy()
        self._question_rule = self.policy.question.build()
        self._claim_rule = self.policy.claim.build()

    @classmethod
    def default(cls, statistics: CorpusStatistics) -> Verifier:
        """Return a verifier with the spaCy extractor and the shipped policy."""
        from quco.adapters.extractor.spacy import SpacyExtractor

        return cls(statistics, SpacyExtractor())

    def split(self, text: str) -> list[str]:
        """Return the sentences of `text`; joined, they give `text` back to the character."""
        return self.extractor.split(text)

    # ------------------------------------------------------------ stage one

    def check_question(self, question: str) -> QuestionReport:
        """Return whether the corpus knows the entities of `question` well."""
        return self.check_questions([question])[0]

    def check_questions(self, questions: Sequence[str]) -> list[QuestionReport]:
        """Return the report of each question; all entities are counted in one call."""
        entities = [self.extractor.entities(question) for question in questions]
        try:
            counts = self._count(entity.text for found in entities for entity in found)
            n_tokens = self.statistics.n_tokens
        except StatisticsError as exc:
            reason = f"the corpus could not be asked: {exc}"
            return [QuestionReport(text, (), Verdict.UNKNOWN, reason) for text in questions]
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
        return QuestionReport(question, found, verdict, rarity.reason)

    # ------------------------------------------------------------ stage two

    def check(self, text: str, question: str = "", preceding: Sequence[str] = ()) -> Report:
        """Return the verdict on every sentence of `text`.

        Parameters
        ----------
        text : str
            Any text; the last sentence may be unfinished.
        question : str, optional
            The question that it answers: pronouns may refer to its entities.
        preceding : sequence of str, optional
            Sentences that came before.
        """
        sentences = self.extractor.split(text)
        said = [*preceding, *sentences]
        n_before = len(preceding)
        contexts = [
            ExtractionContext(question, tuple(said[: n_before + i])) for i in range(len(sentences))
        ]
        return Report(
            text, tuple(self.check_sentences(list(zip(sentences, contexts, strict=True))))
        )

    def check_sentence(
        self, sentence: str, context: ExtractionContext | None = None
    ) -> SentenceReport:
        """Return the verdict on one sentence."""
        return self.check_sentences([(sentence, context or ExtractionContext())])[0]

    def check_sentences(self, sentences: Sequence[SentenceInContext]) -> list[SentenceReport]:
        """Return the report of each sentence; all terms are counted in one call."""
        found = [self.extractor.triplets(text, context) for text, context in sentences]
        reports = iter(self.judge([triplet for triplets in found for triplet in triplets]))
        result = []
        for (text, _), triplets in zip(sentences, found, strict=True):
            claims = tuple(next(reports) for _ in triplets)
            verdict = worst(claim.verdict for claim in claims)
            result.append(SentenceReport(text, verdict, claims, "" if claims else NO_CLAIM))
        return result

    def score(self, head: str, relation: str, tail: str) -> ClaimReport:
        """Return the verdict on one claim."""
        return self.judge([Triplet(head, relation, tail)])[0]

    def judge(self, triplets: Sequence[Triplet]) -> list[ClaimReport]:
        """Return the report of each claim; all terms are counted in one call."""
        try:
            counts = self._count(
                term for item in triplets for term in (item.head, item.tail) if term
            )
            n_tokens = self.statistics.n_tokens if triplets else 0
        except StatisticsError as exc:
            return [_failed(item, exc) for item in triplets]
        return [self._judge(item, counts, n_tokens) for item in triplets]

    def _judge(self, triplet: Triplet, counts: dict[str, TermCount], n_tokens: int) -> ClaimReport:
        head_count = counts[triplet.head].value if triplet.head in counts else None
        tail_count = counts[triplet.tail].value if triplet.tail in counts else None
        if head_count is None or tail_count is None:
            which = "head" if head_count is None else "tail"
            reason = f"the claim has no {which} that could be looked up"
            return ClaimReport(triplet, Verdict.UNKNOWN, None, head_count, tail_count, None, reason)
        try:
            evidence = self._gather(triplet, head_count, tail_count, n_tokens)
        except StatisticsError as exc:
            return _failed(triplet, exc, head_count, tail_count)
        judgement = self._claim_rule.judge(evidence)
        return ClaimReport(
            triplet=triplet,
            verdict=judgement.verdict,
            p_wrong=judgement.p_wrong,
            head_count=head_count,
            tail_count=tail_count,
            cooccurrence=evidence.cooccurrence,
            reason=judgement.reason,
            evidence=evidence.together,
        )

    def _gather(
        self, triplet: Triplet, head_count: int, tail_count: int, n_tokens: int
    ) -> ClaimEvidence:
        """Ask for what the rule needs; nothing meets a term that is absent."""
        if not (head_count and tail_count and triplet.tail):
            return ClaimEvidence(triplet, n_tokens, head_count, tail_count, 0)
        policy = self.policy
        pair = (surface.variants(triplet.head), surface.variants(triplet.tail))
        met = self.statistics.cooccurrence(
            *pair, window=policy.window, at_least=policy.cooccurrence_at_least
        )
        windows = (
            self.statistics.windows(*pair, window=policy.window, k=policy.n_windows)
            if met.value and policy.n_windows
            else []
        )
        return ClaimEvidence(triplet, n_tokens, head_count, tail_count, met.value, tuple(windows))

    def _count(self, terms: Iterable[str]) -> dict[str, TermCount]:
        """Count each distinct term once; terms without a word are left out."""
        wanted = {term: names for term in terms if (names := surface.variants(term))}
        if not wanted:
            return {}
        counts = self.statistics.count_many(list(wanted.values()))
        return dict(zip(wanted, counts, strict=True))


def _failed(
    triplet: Triplet,
    exc: StatisticsError,
    head_count: int | None = None,
    tail_count: int | None = None,
) -> ClaimReport:
    reason = f"the corpus could not be asked: {exc}"
    return ClaimReport(
        triplet, Verdict.UNKNOWN, head_count=head_count, tail_count=tail_count, reason=reason
    )
