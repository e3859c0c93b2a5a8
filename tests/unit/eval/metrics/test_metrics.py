"""Metrics against what the official scripts give for the same pairs, worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import exact_match, normalize_answer, token_f1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  Danube!", "danube"),
        ("an A-team", "ateam"),
        ("St. Paul's", "st pauls"),
        ("theatre", "theatre"),
        ("¿Qué?", "¿qué"),
        ("the", ""),
        ("", ""),
    ],
)
def test_answers_are_made_comparable(text: str, expected: str) -> None:
    assert normalize_answer(text) == expected


def test_any_alias_may_match() -> None:
    assert exact_match("donau", ["Danube", "Donau"])
    assert not exact_match("Rhine", ["Danube", "Donau"])
    assert not exact_match("Rhine", [])


@pytest.mark.parametrize(
    ("answer", "reference", "f1", "precision", "recall"),
    [
        ("river Danube", "the Danube", 2 / 3, 1 / 2, 1.0),
        ("new new york", "york new", 0.8, 2 / 3, 1.0),
        ("yes", "Yes.", 1.0, 1.0, 1.0),
        ("yes indeed", "yes", 0.0, 0.0, 0.0),
        ("no", "no answer", 0.0, 0.0, 0.0),
        ("", "Danube", 0.0, 0.0, 0.0),
        ("the", "a", 0.0, 0.0, 0.0),
    ],
)
def test_token_overlap(
    answer: str, reference: str, f1: float, precision: float, recall: float
) -> None:
    result = token_f1(answer, [reference])
    assert (result.f1, result.precision, result.recall) == pytest.approx((f1, precision, recall))


@given(st.text(), st.lists(st.text(), min_size=1))
def test_an_exact_match_has_full_overlap(answer: str, references: list[str]) -> None:
    overlap = token_f1(answer, references)
    assert 0 <= overlap.f1 <= 1
    if exact_match(answer, references) and normalize_answer(answer):
        assert overlap.f1 == 1
