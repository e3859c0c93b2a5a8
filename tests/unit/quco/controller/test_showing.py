"""Passages within a budget, against what the words of the contract say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quco.controller.showing import fit, unseen
from quco.types import Passage

passages = st.lists(
    st.builds(
        Passage, st.sampled_from("abcd"), st.text("xy ", max_size=12), st.text("T", max_size=3)
    ),
    max_size=6,
)


@given(passages, passages)
def test_unseen_passages_share_neither_id_nor_text(
    found: list[Passage], shown: list[Passage]
) -> None:
    new = unseen(found, shown)
    for number, passage in enumerate(new):
        assert passage in found
        for other in [*shown, *new[:number]]:
            assert passage.id != other.id
            assert passage.text.split() != other.text.split()
    for passage in found:
        assert any(
            passage.id == known.id or passage.text.split() == known.text.split()
            for known in [*shown, *found[: found.index(passage)], *new]
        )


@given(passages, st.integers(0, 60), st.integers(1, 20))
def test_what_is_shown_fits_and_is_the_newest(
    given_: list[Passage], room: int, longest: int
) -> None:
    def size(passage: Passage) -> int:
        return len(passage.title) + min(len(passage.text), longest)

    kept = fit(given_, room, longest=longest)
    assert sum(map(size, kept)) <= room
    if kept == given_[len(given_) - len(kept) :]:
        older = given_[: len(given_) - len(kept)]
        assert not older or sum(map(size, kept)) + size(older[-1]) > room
    else:
        (shortened,) = kept
        assert given_[-1].text.startswith(shortened.text)
        assert shortened.text
