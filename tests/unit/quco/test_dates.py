"""Dates and their formats."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quco.dates import Date, date_forms, parse_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("19 June 2013", Date(2013, 6, 19)),
        ("June 19th, 2013", Date(2013, 6, 19)),
        ("2013-06-19", Date(2013, 6, 19)),
        ("Sept 3, 1990", Date(1990, 9, 3)),
        ("June 2013", Date(2013, 6, None)),
        ("5 May", Date(None, 5, 5)),
        ("the year 871", Date(871)),
        ("45 June 2013", None),
        ("Juno 2013", None),
        ("2013-13-01", None),
        ("soon", None),
    ],
)
def test_parse_date(text: str, expected: Date | None) -> None:
    assert parse_date(text) == expected


@given(st.integers(100, 2999), st.integers(1, 12), st.integers(1, 31))
def test_every_form_of_a_date_is_that_date(year: int, month: int, day: int) -> None:
    date = Date(year, month, day)
    forms = date_forms(f"{year:04}-{month:02}-{day:02}" if year > 999 else f"{day} May {year}")
    expected = date if year > 999 else Date(year, 5, day)
    assert {parse_date(form) for form in forms if not form.startswith(f"{year}-")} == {expected}


def test_a_year_has_no_other_form() -> None:
    assert date_forms("1990") == ()
