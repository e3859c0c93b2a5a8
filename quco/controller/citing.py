"""Which of the passages that the model saw bear out a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from quco.controller.naming import any_in
from quco.surface import variants, words
from quco.types import Passage, SentenceReport


def cite(report: SentenceReport, shown: Iterable[Passage]) -> tuple[str, ...]:
    """Return the ids of the passages that name head and tail of a claim of the sentence.

    In any of their surface variants; the title belongs to the text. A denial is borne out by
    nothing that is looked up.

    Examples
    --------
    >>> from quco.types import ClaimReport, Triplet, Verdict
    >>> claim = ClaimReport(Triplet("Tosca", "composed by", "Puccini"), Verdict.SUPPORTED)
    >>> report = SentenceReport("Puccini wrote Tosca.", Verdict.SUPPORTED, (claim,))
    >>> cite(report, [Passage("1", "An opera by Giacomo Puccini.", "Tosca"), Passage("2", "Tosca")])
    ('1',)
    """
    pairs = [
        (_names(claim.triplet.head), _names(claim.triplet.tail))
        for claim in report.claims
        if claim.triplet.tail and not claim.triplet.negated
    ]
    cited = []
    for passage in shown if pairs else ():
        text = words(f"{passage.title} {passage.text}")
        if any(any_in(head, text) and any_in(tail, text) for head, tail in pairs):
            cited.append(passage.id)
    return tuple(cited)


def _names(term: str | None) -> list[str]:
    return [name for name in map(words, variants(term or "")) if name.strip()]
