from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_engine.errors import BuildError, IndexFormatError
from corpus_engine.layout import WORDS_STARTS
from corpus_engine.vocabulary import (
    MOST_WORDS,
    SEPARATOR,
    TRAIL_UNITS,
    UNKNOWN,
    GrowingVocabulary,
    Vocabulary,
    numbers,
    units,
    units_a_word,
    write_vocabulary,
)

NUMBERS = st.integers(0, MOST_WORDS - 1)
EDGES = [0, 53_229, 53_230, 33_607_661, 33_607_662, 33_615_854, 40_000_000, MOST_WORDS - 1]


@given(st.lists(NUMBERS | st.sampled_from(EDGES), unique=True))
def test_units_tell_words_apart(some: list[int]) -> None:
    codes = [units(number) for number in some]
    assert len(set(codes)) == len(codes)
    for code in codes:
        first, *rest = np.frombuffer(code, "<u2").tolist()
        assert first < TRAIL_UNITS[0]
        assert all(TRAIL_UNITS[0] <= unit < TRAIL_UNITS[1] for unit in rest)
        assert code != UNKNOWN
    stream = np.frombuffer(SEPARATOR.join(codes), "<u2")
    expected = [n for number in some for n in (number, -1)][:-1]
    assert numbers(stream) == expected


@given(st.lists(NUMBERS, min_size=1, max_size=5), st.integers(1, 3))
def test_cut_words_are_left_out(some: list[int], cut: int) -> None:
    stream = np.frombuffer(b"".join(map(units, some)), "<u2")
    shown = numbers(stream[cut:])
    assert shown == some[len(some) - len(shown) :]


def test_a_vocabulary_can_be_too_large() -> None:
    assert [len(units(n)) for n in (53_229, 53_230, 33_607_662)] == [2, 4, 6]
    assert units_a_word(MOST_WORDS) == 3
    with pytest.raises(BuildError, match="more than the"):
        units(MOST_WORDS)


def test_the_first_words_are_numbered_by_frequency() -> None:
    vocabulary = GrowingVocabulary()
    vocabulary.seed([b"c", b"a", b"b", b"b"])
    assert vocabulary.words() == [b"b", b"a", b"c"]
    assert vocabulary[b"d"] == units(3)
    assert (vocabulary.size, vocabulary.word(3), vocabulary.words(2)) == (4, b"d", [b"c", b"d"])


@given(st.lists(st.binary(min_size=1), unique=True, max_size=60), st.lists(st.binary(min_size=1)))
def test_words_are_found_again(tmp_path_factory, words: list[bytes], others: list[bytes]) -> None:
    folder = tmp_path_factory.mktemp("vocabulary")
    write_vocabulary(folder, words)
    vocabulary = Vocabulary(folder, len(words), {})
    try:
        assert [vocabulary.number(word) for word in words] == list(range(len(words)))
        assert [vocabulary.word(i) for i in range(len(words))] == words
        for other in others:
            if other not in words and other != b"\xff":
                assert vocabulary[other] == UNKNOWN
        assert vocabulary[b"\xff"] == SEPARATOR
    finally:
        vocabulary.close()


def test_files_of_another_vocabulary_are_refused(tmp_path: Path) -> None:
    write_vocabulary(tmp_path, [b"a", b"b"])
    with pytest.raises(IndexFormatError, match=WORDS_STARTS):
        Vocabulary(tmp_path, 3, {})
