"""Names and dates by spelling."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quco.mentions import find_dates, find_mentions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Chatterbox (1936 film) was directed by David Carb.",
            ["Chatterbox (1936 film)", "David Carb"],
        ),
        ("There's One Born Every Minute opened.", ["There's One Born Every Minute"]),
        ("He met Hugh Ward, 7th Earl of Eglinton.", ["Hugh Ward, 7th Earl of Eglinton"]),
        ("It is in the U.S. now.", ["U.S."]),
        ("Tony was born in Medford, Massachusetts.", ["Tony", "Medford, Massachusetts"]),
        ("Who directed “the night”?", []),
        ("She wrote “A long walk” in 1946.", ["A long walk", "1946"]),
        ("Philip of Spain's father died on 3 May 1901.", ["Philip of Spain", "3 May 1901"]),
        ("Star Wars: Episode IV was first.", ["Star Wars: Episode IV"]),
        ("John Smith (born 4 May 1950) sings.", ["John Smith", "4 May 1950"]),
        ("Class of 1984 is a film.", ["Class of 1984"]),
        ("Diana “Dinah” Forbes sang.", ["Diana “Dinah” Forbes"]),
        ("The music of Oklahoma! is by Rodgers.", ["Oklahoma!", "Rodgers"]),
        ("Old St. Paul's (film) is old.", ["Old St. Paul's (film)"]),
        ("He is from Antigua and Barbuda.", ["Antigua and Barbuda"]),
        ("Nara and Icardi married.", ["Nara", "Icardi"]),
        ("", []),
    ],
)
def test_mentions(text: str, expected: list[str]) -> None:
    assert [m.text for m in find_mentions(text)] == expected


@pytest.mark.parametrize(
    "date",
    [
        "19 June 2013",
        "June 19, 2013",
        "2013-06-19",
        "June 2013",
        "2013",
        "the late 1950s",
        "3rd May 871",
    ],
)
def test_dates(date: str) -> None:
    assert [m.text for m in find_dates(f"It was {date}, they say.")] == [date]


@given(st.text(alphabet="Aab1 .,'()\"-of", max_size=60))
def test_spans_are_ordered_apart_and_true_to_the_text(text: str) -> None:
    found = find_mentions(text)
    assert all(text[m.start : m.end] == m.text and m.text for m in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
