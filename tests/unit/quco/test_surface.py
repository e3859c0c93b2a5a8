"""Surface variants of an entity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quco.aliases import AliasRecord, collect
from quco.surface import MOST_VARIANTS, clean, variants


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


@pytest.mark.parametrize(
    ("name", "variant"),
    [
        ("19 June 2013", "June 19, 2013"),
        ("J. R. R. Tolkien", "JRR Tolkien"),
        ("John W. Noble", "John Noble"),
        ("Sir Elton John", "Elton John"),
        ("Robert Downey Jr.", "Robert Downey"),
        ("Louis II, Count of Blois", "Louis II"),
        ("Medford, Massachusetts", "Medford"),
        ("Saint Louis", "St. Louis"),
        ("Ręce do góry", "Rece do gory"),
        ("Małgorzata", "Malgorzata"),
        ("12,000", "12000"),
        ("seven", "7"),
        ("7", "seven"),
        ("French", "France"),
    ],
)
def test_a_variant_of(name: str, variant: str) -> None:
    assert variant in variants(name)


def test_a_title_with_a_comma_is_not_cut() -> None:
    assert variants("Believe Me, Xantippe") == ("Believe Me, Xantippe",)


def test_aliases_and_their_variants_count() -> None:
    table = {"nyc": ("New York City (city)",)}
    assert variants("NYC", table) == ("NYC", "New York City (city)", "New York City")


def test_a_case_sensitive_corpus_wants_more() -> None:
    assert set(variants("iPod", cased=True)) == {"iPod", "ipod", "Ipod", "IPOD"}


NAMES = st.text(alphabet="AbSt. ,()'19é-", min_size=1, max_size=16)


@given(NAMES, st.lists(st.tuples(NAMES, st.lists(NAMES, max_size=4)), max_size=6), st.booleans())
def test_variants_end_stay_few_and_keep_the_name(
    name: str, table: list[tuple[str, list[str]]], cased: bool
) -> None:
    records = [AliasRecord(name=known, aliases=tuple(others)) for known, others in table]
    records.append(AliasRecord(name=name, aliases=(name, f"{name} {name}")))
    found = variants(name, collect(records), cased=cased)
    assert len(found) <= MOST_VARIANTS
    if any(map(str.isalnum, clean(name))):
        assert found[0] == clean(name)


def test_a_table_of_thousands_of_aliases_is_cut() -> None:
    table = collect([AliasRecord(name="UN", aliases=tuple(f"Org {i}" for i in range(5000)))])
    found = variants("UN", table)
    assert len(found) == MOST_VARIANTS
    assert found[:2] == ("UN", "Org 0")
