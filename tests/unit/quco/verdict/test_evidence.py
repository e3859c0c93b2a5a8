"""Statistics of a pair."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quco.types import Triplet
from quco.verdict import ClaimEvidence
from quco.verdict.evidence import NEAR


def make(head: int, tail: int, met: int, n_tokens: int = 1_000_000) -> ClaimEvidence:
    return ClaimEvidence(Triplet("a", "r", "b"), n_tokens, head, tail, met)


def test_expectation_of_rare_terms_is_that_of_independence() -> None:
    assert make(10, 20, 0).expected == pytest.approx(10 * 20 * 201 / 1e6, rel=0.01)


def test_a_pair_that_meets_as_chance_has_it_is_no_evidence() -> None:
    evidence = make(1000, 5000, 634)
    assert evidence.npmi == pytest.approx(0, abs=0.01)
    assert evidence.log_likelihood_ratio == pytest.approx(0, abs=0.5)


def test_meeting_more_often_than_chance_is_positive_and_less_often_negative() -> None:
    assert make(10, 20, 8).npmi == pytest.approx(
        math.log(8 / make(10, 20, 8).expected) / math.log(1e6 / 8)
    )
    assert make(10, 20, 8).npmi > 0.4
    assert make(10, 20, 8).log_likelihood_ratio > 10
    assert make(1000, 5000, 100).log_likelihood_ratio < -10
    assert make(10, 20, 0).npmi == -1


def test_the_ratio_is_dunning_s() -> None:
    evidence = make(100, 50, 20)
    p, rate = 0.4, evidence.expected / 50
    by_hand = 2 * (20 * math.log(p / rate) + 30 * math.log((1 - p) / (1 - rate)))
    assert evidence.log_likelihood_ratio == pytest.approx(by_hand)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 20), st.integers(0, 10**6))
def test_no_counts_break_them(head: int, tail: int, met: int, n_tokens: int) -> None:
    evidence = make(head, tail, met, n_tokens)
    assert -1 <= evidence.npmi <= 1
    assert math.isfinite(evidence.log_likelihood_ratio)
    assert 0 <= evidence.expected <= min(head, tail)


def test_association_is_the_ratio_on_a_gentle_scale() -> None:
    evidence = make(10, 20, 8)
    assert evidence.association == pytest.approx(math.log1p(evidence.log_likelihood_ratio))
    rare = make(1000, 5000, 100)
    assert rare.association == pytest.approx(-math.log1p(-rare.log_likelihood_ratio))


def test_a_tail_that_never_occurs_is_associated_by_its_words() -> None:
    words = {"cable": (300, 0), "hbo": (40, 9)}
    evidence = replace(
        make(10, 0, 0),
        word_counts={word: n for word, (n, _) in words.items()},
        near_words={word: met for word, (_, met) in words.items()},
    )
    alone = [replace(make(10, n, met), window=NEAR).association for n, met in words.values()]
    assert alone[0] < 0 < alone[1]
    assert evidence.association == pytest.approx(sum(alone) / 2)
    assert evidence.log_likelihood_ratio == make(10, 0, 0).association == 0
    assert replace(evidence, tail_count=5).association == make(10, 5, 0).association
