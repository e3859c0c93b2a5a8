from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_engine.errors import BuildError, IndexFormatError
from corpus_engine.layout import WORDS_STARTS
from corpus_engine.vocabulary import SEPARATOR, UNKNOWN, UnitRanges, Vocabulary, write_vocabulary


@pytest.mark.parametrize("size", [0, 1, 65534, 65535, 65536, 70_000, 300_000, 2_000_000])
def test_units_are_distinct_and_in_their_ranges(size: int) -> None:
    ranges = UnitRanges.of(size)
    first, second = ranges.unit_arrays(size)
    codes = first.astype("u8") * 65536 + second
    assert len(set(codes.tolist())) == size
    if size:
        assert first.max() < 65534
        numbers = [0, size // 2, size - 1]
        for number in numbers:
            units = ranges.units(number)
            expected = first[number].tobytes()
            if second[number] != 65535:
                expected += second[number].tobytes()
                assert ranges.trail_units[0] <= second[number] < ranges.trail_units[1]
            assert units == expected


def test_frequent_words_take_one_unit() -> None:
    ranges = UnitRanges.of(1_000_000)
    assert ranges.n_singles > 60_000
    assert len(ranges.units(0)) == 2
    assert len(ranges.units(999_999)) == 4


def test_a_vocabulary_can_be_too_large() -> None:
    UnitRanges.of(1_073_676_289)
    with pytest.raises(BuildError, match="more than the format can hold"):
        UnitRanges.of(1_073_676_290)


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
