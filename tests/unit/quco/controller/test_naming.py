"""Passages that name what a suspect sentence is about."""

from __future__ import annotations

import pytest

from quco.controller.naming import is_read_whole, naming
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


def counted(counts: dict[str, int | None]) -> SentenceReport:
    claims = tuple(
        ClaimReport(Triplet(head, "is", "old"), Verdict.UNKNOWN, head_count=count)
        for head, count in counts.items()
    )
    return SentenceReport("It is old.", Verdict.UNKNOWN, claims)


@pytest.mark.parametrize(
    ("counts", "read_whole"),
    [
        ({"Ada": 0}, True),
        ({"Ada": 0, "Bob": 0}, True),
        ({"Ada": 0, "Bob": 3}, False),
        ({"Ada": None}, False),
        ({"director of Gertie": 0}, False),
        ({"?": 0}, True),
        ({}, False),
    ],
)
def test_without_a_passage_only_what_is_never_named_is_read_whole(
    counts: dict[str, int | None], read_whole: bool
) -> None:
    assert is_read_whole(counted(counts), []) is read_whole


@pytest.mark.parametrize(
    ("count", "passages", "read_whole"),
    [
        (2, [("Ada Roe", "Ada Roe sang. She slept.")], True),
        (3, [("Ada Roe", "Ada Roe sang. She slept.")], False),
        (3, [("Ada Roe", "Ada Roe sang."), ("Bob", "Bob met ADA ROE.")], True),
        (4, [("Ada Roe", "Ada Roe sang."), ("Ada Roe", "Ada Roe slept.")], False),
        (1, [("", "Adä Roe's hat"), ("", "Nevada Roe and Ada Roebuck")], True),
        (1, [("", "Nevada Roe and Ada Roebuck")], False),
        (0, [("", "Bob sang.")], True),
    ],
)
def test_mentions_are_compared_with_those_of_the_corpus(
    count: int, passages: list[tuple[str, str]], read_whole: bool
) -> None:
    visible = [Passage(str(i), text, title) for i, (title, text) in enumerate(passages)]
    assert is_read_whole(counted({"Ada Roe": count}), visible) is read_whole
