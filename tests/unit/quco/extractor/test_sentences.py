"""Splitting into sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quco.adapters.extractor.sentences import split_sentences


@pytest.mark.parametrize(
    "pieces",
    [
        ["Dr. No cost $1.1 million. ", "It made 59.5. ", "Then"],
        ["J. R. R. Tolkien was born in 1892. ", "He wrote."],
        ["He lives in the U.S. ", "He is 40."],
        ["He lives in the U.S. Virgin Islands."],
        ["“Stop!” ", "She stopped. ", "Why? ", "So the answer is: no."],
        ["First line\n", "second line"],
        ["It was on Mt. Etna, e.g. in May. ", "And so on... ", "The end."],
        ["Martin Luther King Jr. was born. ", "Yes."],
    ],
)
def test_pieces(pieces: list[str]) -> None:
    assert split_sentences("".join(pieces)) == pieces


@given(st.text(alphabet="Aa. \n!?\"'1U.S", max_size=60))
def test_pieces_join_to_the_text_and_none_is_blank_beside_others(text: str) -> None:
    pieces = split_sentences(text)
    assert "".join(pieces) == text
    assert len(pieces) <= 1 or all(piece.strip() for piece in pieces)


def test_megabytes_are_split_and_what_is_no_sentence_is_cut() -> None:
    text = "Dr. No met J. R. Ewing in the U.S. He left. " * 10_000
    pieces = split_sentences(text)
    assert "".join(pieces) == text
    assert len(pieces) == 20_000
    for text in ("word " * 400_000, "x" * 2_000_000, "." * 2_000_000 + "x", "\n" * 2_000_000):
        pieces = split_sentences(text)
        assert "".join(pieces) == text
        assert max(len(piece.strip()) for piece in pieces) <= 4000
