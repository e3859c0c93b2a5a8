"""Passages that name what a suspect sentence is about."""

from __future__ import annotations

import pytest

from quco.controller.naming import is_unheard_of, naming
from quco.types import ClaimReport, Passage, SentenceReport, Triplet, Verdict


def about(*heads: str, verdict: Verdict = Verdict.UNSUPPORTED) -> SentenceReport:
    claims = tuple(ClaimReport(Triplet(head, "is", "old"), verdict) for head in heads)
    return SentenceReport("It is old.", verdict, claims)


@pytest.mark.parametrize(
    ("head", "text", "named"),
    [
        ("Ada", "They met Ada, who wrote.", True),
        ("Ada", "Adamant was his aunt.", False),
        ("Jules Méline", "jules meline led the cabinet.", True),
        ("Gertie (1914 film)", "Gertie is a dinosaur.", True),
        ("director of Gertie", "Gertie is a dinosaur.", True),
        ("House of Sand", "A castle of sand fell.", False),
    ],
)
def test_a_passage_names_a_head_however_it_is_written(head: str, text: str, named: bool) -> None:
    assert bool(naming([Passage("1", text)], about(head))) is named


def test_titles_name_what_passages_call_she() -> None:
    assert naming([Passage("1", "She wrote.", "Ada")], about("Ada"))


def test_without_a_suspect_claim_every_passage_will_do() -> None:
    found = [Passage("1", "Rome is old.")]
    assert naming(found, about()) == found
    assert naming(found, about("Ada", verdict=Verdict.SUPPORTED)) == found
    assert naming(found, about("?")) == found


@pytest.mark.parametrize(
    ("counts", "unheard_of"),
    [
        ({"Ada": 0}, True),
        ({"Ada": 0, "Bob": 0}, True),
        ({"Ada": 0, "Bob": 3}, False),
        ({"Ada": None}, False),
        ({"director of Gertie": 0}, False),
        ({}, False),
    ],
)
def test_no_passage_of_a_corpus_names_what_it_does_not_hold(
    counts: dict[str, int | None], unheard_of: bool
) -> None:
    claims = tuple(
        ClaimReport(Triplet(head, "is", "old"), Verdict.UNKNOWN, head_count=count)
        for head, count in counts.items()
    )
    assert is_unheard_of(SentenceReport("It is old.", Verdict.UNKNOWN, claims)) is unheard_of
