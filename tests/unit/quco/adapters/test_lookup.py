from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quco.adapters.generator.lookup import LONGEST, SHORTEST, look_up


def obvious(tokens: list[int], n: int) -> list[int]:
    """Try every place for every length, the longest first and the latest of each."""
    for length in range(LONGEST, SHORTEST - 1, -1):
        for end in range(len(tokens) - 1, length - 1, -1):
            if tokens[end - length : end] == tokens[-length:]:
                return tokens[end : end + n]
    return []


@given(st.lists(st.integers(0, 2), max_size=24), st.integers(0, 5))
def test_the_longest_match_counts_then_the_latest(tokens: list[int], n: int) -> None:
    assert look_up(tokens, n) == obvious(tokens, n)


def test_where_nothing_was_the_same_nothing_is_guessed() -> None:
    assert look_up([1, 2, 3], 3) == look_up([], 3) == []


def test_what_followed_is_guessed_up_to_the_end() -> None:
    assert look_up([1, 2, 1, 2], 4) == [1, 2]
