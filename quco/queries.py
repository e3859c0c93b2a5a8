"""What the retriever is asked about a suspect sentence."""

from __future__ import annotations

from collections.abc import Iterable

from quco.config import QueryMaker, QueryStyle
from quco.types import ClaimReport, SentenceReport, Verdict


def make_queries(
    report: SentenceReport, question: str, style: QueryStyle | QueryMaker
) -> list[str]:
    """Return the queries for a suspect sentence, without duplicates.

    One for each suspect claim where `style` asks for claims (QuCo-RAG, arXiv 2512.19134, section
    3.3, uses ``head_relation``); one for the sentence or question otherwise. A sentence without
    claims falls back on itself. A callable is asked instead.

    Examples
    --------
    >>> from quco.types import Triplet
    >>> claim = ClaimReport(Triplet("Gertie", "directed by", "Winsor McCay"), Verdict.UNSUPPORTED)
    >>> report = SentenceReport("Winsor McCay directed Gertie.", Verdict.UNSUPPORTED, (claim,))
    >>> make_queries(report, "Who directed Gertie?", "head_relation")
    ['Gertie directed by']
    """
    if callable(style):
        return _unique(query for query in style(report, question) if query.strip())
    if style == "question":
        return [question]
    suspects = [claim for claim in report.claims if claim.verdict is not Verdict.SUPPORTED]
    if style == "sentence" or not suspects:
        return [report.text.strip()]
    return _unique(_claim_query(claim, question, style) for claim in suspects)


def _claim_query(claim: ClaimReport, question: str, style: QueryStyle) -> str:
    triplet = claim.triplet
    if style == "question_relation":
        return f"{question} {triplet.relation}"
    parts = [triplet.head, triplet.relation]
    if style == "triplet" and triplet.tail:
        parts.append(triplet.tail)
    return " ".join(parts)


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
