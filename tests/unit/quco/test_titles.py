"""Titles by their spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quco.titles import cued_titles, leading_title


@pytest.mark.parametrize(
    "title",
    [
        "Love and Death",
        "My Own United States",
        "They Only Kill Their Masters",
        "On Top of the World",
        "Harvest: 3,000 Years",
        "Awesome; I Never Shot That",
        "Ladies' Night in a Turkish Bath",
        "Leaving Home – the Life & Music of Indian Ocean",
        "Oro bajo",
        "Ręce do góry",
        "Escape from L.A.",
    ],
)
def test_a_title_ends_before_the_verb(title: str) -> None:
    text = f"{title} was directed by Tom Smith."
    found = leading_title(text)
    assert found is not None
    assert text[slice(*found)] == title


@pytest.mark.parametrize(
    "text",
    [
        "The director of Metropolis is Fritz Lang.",
        "He was directed by Tom Smith.",
        "In Paris Tom was born.",
        "Tom and Mary are actors.",
        "Additional music was composed by Tom.",
        "Tom's film was directed by Mary.",
        "Critics praised it.",
        "Thus Metropolis was directed by Fritz Lang.",
        "It rains.",
        "",
    ],
)
def test_no_title(text: str) -> None:
    assert leading_title(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who made the film My Own United States?", ["My Own United States"]),
        ("He made the film Metropolis in Berlin.", []),
        ("The music of Right to Dream was by Tom.", ["Right to Dream"]),
        ("Did he make the films Love Story and Red Dust?", ["Love Story"]),
        ("He saw a film of hers.", []),
    ],
)
def test_titles_after_what_they_are_titles_of(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in cued_titles(text)] == expected


@given(st.text(alphabet="Aab1 .,'!()\"-of:;Iwas", max_size=60))
def test_extents_lie_within_the_text(text: str) -> None:
    extents = [*cued_titles(text), *filter(None, [leading_title(text)])]
    assert all(0 <= a < b <= len(text) and not text[a].isspace() for a, b in extents)
