"""Countries and their people."""

import pytest

from quco.geography import country_forms, is_country


@pytest.mark.parametrize(
    "name", ["France", "french", "the Netherlands", "U.S.", "USA", "Hong Kong"]
)
def test_countries(name: str) -> None:
    assert is_country(name)
    assert name.casefold().removeprefix("the ") in {f.casefold() for f in country_forms(name)}


def test_forms_that_mean_something_else_in_small_letters_are_no_variants() -> None:
    assert is_country("US")
    assert "US" not in country_forms("American")


def test_a_city_is_none() -> None:
    assert not is_country("Paris")
    assert country_forms("Paris") == ()
