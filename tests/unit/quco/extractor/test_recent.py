"""What was worked out lately, against working it out each time."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from quco.adapters.extractor.recent import Recent


@given(st.lists(st.lists(st.integers(0, 9)), max_size=20), st.integers(0, 5))
def test_it_gives_what_working_out_gives_and_keeps_no_more_than_it_may(
    asked: list[list[int]], size: int
) -> None:
    recent: Recent[int, int] = Recent(lambda keys: [key * key for key in keys], size)
    for keys in asked:
        assert recent.get(keys) == [key * key for key in keys]
        assert len(recent) <= size


def test_the_latest_are_kept_and_each_is_worked_out_once() -> None:
    calls: list[Sequence[str]] = []

    def lengths(words: Sequence[str]) -> list[int]:
        calls.append(words)
        return [len(word) for word in words]

    recent = Recent(lengths, 2)
    recent.get(["a", "bb", "a"])
    recent.get(["a", "ccc"])
    recent.get(["a", "ccc", "bb"])
    assert calls == [["a", "bb"], ["ccc"], ["bb"]]


def test_working_out_may_ask_again() -> None:
    recent: Recent[int, int] = Recent(
        lambda keys: [sum(recent.get(list(range(key)))) + 1 for key in keys], 4
    )
    assert recent.get([5]) == [32]
