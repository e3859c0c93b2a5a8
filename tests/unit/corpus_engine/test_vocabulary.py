import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_engine.errors import BuildError, IndexFormatError
from corpus_engine.kernels import words
from corpus_engine.layout import WORDS_STARTS
from corpus_engine.vocabulary import (
    MOST_WORDS,
    SEPARATOR,
    SEPARATOR_WORD,
    TRAIL_UNITS,
    UNKNOWN_UNIT,
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
        assert UNKNOWN_UNIT not in (first, *rest)
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
    vocabulary.seed([SEPARATOR_WORD, b"c", b"a", b"b", SEPARATOR_WORD, b"b"])
    assert vocabulary.words() == [b"b", b"a", b"c"]
    assert vocabulary[b"d"] == units(3)
    assert (vocabulary.size, vocabulary.word(3), vocabulary.words(2)) == (4, b"d", [b"c", b"d"])


def look_up(vocabulary: Vocabulary, texts: list[bytes]) -> list[bytes]:
    """Return the stream bytes of cleaned texts."""
    data = np.frombuffer(b"".join(texts) + bytes(8), np.uint8)
    ends = np.cumsum(list(map(len, texts)), dtype=np.int64)
    out = np.zeros(words.most_bytes(len(data), len(texts)), np.uint8)
    addresses = data.ctypes.data, ends.ctypes.data, len(texts), out.ctypes.data
    n_bytes = words.encode(vocabulary.address, *addresses)
    assert n_bytes == ends[-1]
    return [out[a:b].tobytes() for a, b in itertools.pairwise([0, *ends.tolist()])]


# Few letters make equal words, and words that begin others; 0xff is in no UTF-8.
WORD = st.text("ab9\u00e9\u6f22", min_size=1, max_size=9).map(str.encode)


@given(st.lists(WORD, unique=True, max_size=60), st.lists(st.lists(WORD, max_size=80), min_size=1))
def test_words_are_found_again(tmp_path_factory, known: list[bytes], texts) -> None:
    folder = tmp_path_factory.mktemp("vocabulary")
    write_vocabulary(folder, known)
    vocabulary = Vocabulary(folder, len(known), {})
    codes = {word: units(number) for number, word in enumerate(known)}
    unknown = (65534).to_bytes(2, "little")
    try:
        assert [vocabulary.word(i) for i in range(len(known))] == known
        found = look_up(vocabulary, [b"-- ".join(text).upper() + b"." for text in texts])
        assert found == [b"".join(codes.get(w, unknown) for w in text) for text in texts]
    finally:
        vocabulary.close()


def test_numbers_of_any_size_take_the_units_of_the_specification() -> None:
    from corpus_engine.kernels.words import _put

    out = np.zeros(8, np.uint8)
    for number in [*EDGES, *range(1, MOST_WORDS - 1, MOST_WORDS // 999)]:
        end = _put(number, out.ctypes.data, 0)
        assert out[:end].tobytes() == units(number)


def test_files_of_another_vocabulary_are_refused(tmp_path: Path) -> None:
    write_vocabulary(tmp_path, [b"a", b"b"])
    with pytest.raises(IndexFormatError, match=WORDS_STARTS):
        Vocabulary(tmp_path, 3, {})
