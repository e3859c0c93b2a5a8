"""Stage one: rates of the question's entities."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quco.triggers import MeanRate, MinRate, rate_per_million


def test_a_tiny_corpus_proves_no_high_rate() -> None:
    assert rate_per_million(1, 30_000) < 1 < 1e6 / 30_000


@given(st.integers(0, 10**6), st.integers(0, 10**12))
def test_the_rate_is_shrunk_never_stretched(count: int, n_tokens: int) -> None:
    assert 0 <= rate_per_million(count, n_tokens) <= count * 1e6 / max(n_tokens, 1)


@pytest.mark.parametrize(("rule", "rare"), [(MeanRate(5.0), False), (MinRate(5.0), True)])
def test_mean_and_min_differ_for_one_rare_entity(rule: MeanRate | MinRate, rare: bool) -> None:
    found = rule.judge([1, 100], 9_000_000)
    assert found.rare is rare
    assert "per million" in found.reason


def test_the_threshold_itself_is_not_rare() -> None:
    assert not MeanRate(2.0).judge([20], 9_000_000).rare
    assert MeanRate(2.0).judge([19], 9_000_000).rare
