"""Surface variants of an entity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quco.surface import clean, variants


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Move (1970 film)", ("Move (1970 film)", "Move")),
        ("The Rhine's", ("The Rhine", "Rhine")),
        ("“Jaws”", ("Jaws",)),
        ("James'", ("James",)),
        ("'Til Tuesday", ("Til Tuesday",)),
        ("!!!", ()),
        ("(I)", ("(I)",)),
    ],
)
def test_variants(name: str, expected: tuple[str, ...]) -> None:
    assert variants(name) == expected


@given(st.text(max_size=30))
def test_every_variant_has_a_word_and_none_is_twice(name: str) -> None:
    found = variants(name)
    assert all(any(map(str.isalnum, text)) for text in found)
    assert len(set(found)) == len(found)


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll"]), min_size=1, max_size=12))
def test_a_plain_word_is_left_alone(word: str) -> None:
    assert clean(word) == word
