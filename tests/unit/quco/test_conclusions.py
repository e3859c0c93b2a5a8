"""What follows from what an answer has said."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quco.conclusions import Conclusion, Gap, compares, conclude
from quco.dates import MONTHS
from quco.types import Triplet

FILMS = ["Stranger Than Snow (1931 film)", "A Town Called Nine"]
OLDER = "Which film has the director who was born first, {} or {}?".format(*FILMS)
DIRECTORS = [
    Triplet(FILMS[0], "directed by", "Ida Roe"),
    Triplet("Ann Poe", "is director of", FILMS[1]),
]


def said(*claims: tuple[str, str, str]) -> list[Triplet]:
    return [Triplet(*claim) for claim in claims]


def answer(question: str, names: list[str], claims: list[Triplet]) -> str | None:
    drawn = conclude(question, names, claims)
    return drawn.answer if isinstance(drawn, Conclusion) else None


@given(st.dates(date(1000, 1, 1)), st.dates(date(1000, 1, 1)), st.booleans(), st.data())
def test_the_earlier_of_two_dates_however_exactly_they_are_stated(
    one: date, other: date, first: bool, data: st.DataObject
) -> None:
    def written(day: date) -> tuple[str, set[int]]:
        """Return a date in some form, and the ordinals of the days that it may mean."""
        form = data.draw(st.sampled_from(("day", "american", "iso", "month", "year")))
        name = MONTHS[day.month - 1]
        text = {
            "day": f"{day.day} {name} {day.year}",
            "american": f"{name} {day.day}, {day.year}",
            "iso": day.isoformat(),
            "month": f"{name} {day.year}",
            "year": f"{day.year}",
        }[form]
        exact = form not in {"month", "year"}
        months = range(1, 13) if form == "year" else [day.month]
        days = [day.day] if exact else range(1, 32)
        return text, {day.year * 400 + month * 32 + d for month in months for d in days}

    (a, days_a), (b, days_b) = written(one), written(other)
    question = f"Who was born {'first' if first else 'last'}, Ada or Bob?"
    found = answer(question, ["Ada", "Bob"], said(("Ada", "born on", a), ("Bob", "was born in", b)))
    if max(days_a) < min(days_b):
        assert found == ("Ada" if first else "Bob")
    elif max(days_b) < min(days_a):
        assert found == ("Bob" if first else "Ada")
    else:
        assert found is None


@pytest.mark.parametrize(
    ("question", "relation", "expected"),
    [
        ("Who died earlier, Ada or Bob?", "died in", "Ada"),
        ("Who died later, Ada or Bob?", "died on", "Bob"),
        ("Which film came out most recently, Ada or Bob?", "released in", "Bob"),
        ("Which magazine was founded first, Ada or Bob?", "established in", "Ada"),
        ("Was Ada or Bob born first?", "born", "Ada"),
        ("Who is younger, Ada or Bob?", "born in", "Bob"),
        ("Which film is older, Ada or Bob?", "was published in", "Ada"),
    ],
)
def test_events_and_directions(question: str, relation: str, expected: str) -> None:
    claims = said(("Ada", relation, "1901"), ("Bob", relation, "about 1950"))
    assert compares(question)
    assert answer(question, ["Ada", "Bob"], claims) == expected


def test_what_is_asked_of_a_director_is_said_of_a_person() -> None:
    claims = [*DIRECTORS, *said(("Ida Roe", "born in", "1920"), ("Ann Poe", "born in", "1907"))]
    assert conclude(OLDER, FILMS, claims) == Conclusion(FILMS[1], "1907 is before 1920")
    later = OLDER.replace("first", "later")
    assert answer(later, FILMS, claims) == "Stranger Than Snow"  # without the year in brackets


def test_gaps_come_in_the_order_of_the_steps() -> None:
    claims: list[Triplet] = []
    for begins, claim in (
        ("The director of Stranger Than Snow (1931 film) is", DIRECTORS[0]),
        ("Ida Roe was born", Triplet("Ida Roe", "born in", "1920")),
        ("The director of A Town Called Nine is", DIRECTORS[1]),
        ("Ann Poe was born", Triplet("Ann Poe", "born in", "1907")),
    ):
        assert conclude(OLDER, FILMS, claims) == Gap(begins)
        claims.append(claim)
    assert answer(OLDER, FILMS, claims) == FILMS[1]


def test_a_life_needs_both_ends() -> None:
    question, names = "Who lived longer, Ada or Bob?", ["Ada", "Bob"]
    claims = said(("Ada", "born in", "1900"), ("Ada", "died on", "1 May 1980"))
    assert conclude(question, names, claims) == Gap("Bob was born")
    claims += said(("Bob", "born on", "2 June 1900"))
    assert conclude(question, names, claims) == Gap("Bob died")
    assert answer(question, names, [*claims, Triplet("Bob", "died in", "1950")]) == "Ada"
    assert answer(question, names, [*claims, Triplet("Bob", "died in", "1980")]) is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("French", "Paris, France", "yes"),
        ("American director", "the United States", "yes"),
        ("English", "Scottish painter", "yes"),
        ("Iran", "Turkey", "no"),
    ],
)
def test_countries(one: str, other: str, expected: str) -> None:
    claims = said(("Ada", "was", one), ("Bob", "is from", other))
    for question in (
        "Do Ada and Bob have the same nationality?",
        "Has Ada the same country as Bob?",
    ):
        assert answer(question, ["Ada", "Bob"], claims) == expected


def test_missing_countries_are_asked_for_in_fitting_words() -> None:
    for question, begins in (
        ("Do Ada and Bob have the same nationality?", "Ada was"),
        ("Are Ada and Bob from the same country?", "Ada is from"),
        ("Are Ada and Bob located in the same country?", "Ada is located in"),
        ("Are the directors of Ada and Bob from the same country?", "The director of Ada is"),
    ):
        assert conclude(question, ["Ada", "Bob"], []) == Gap(begins)


def test_names_with_commas_and_words_of_comparisons() -> None:
    question = "Which film was released first, Born Later or Rain, Rain, Go: 3,000 Days?"
    claims = said(("Born Later", "released in", "1980"), ("Rain", "released in", "1950"))
    assert answer(question, ["Born Later", "Rain"], claims) == "Rain, Rain, Go: 3,000 Days"
    question = "Which came out first, Meet Me at Noon or Home?"
    claims = said(("Meet Me at Noon", "came out in", "1960"), ("Home", "came out in", "1950"))
    assert answer(question, ["Home"], claims) == "Home"


def test_denials_and_other_questions_say_nothing() -> None:
    denied = [
        Triplet("Ada", "born in", "1900", negated=True),
        Triplet("Bob", "born in", "1950"),
    ]
    assert conclude("Who was born first, Ada or Bob?", ["Ada", "Bob"], denied) == Gap(
        "Ada was born"
    )
    for question in ("Who is Ada?", "Is Ada or Bob first?", "Who was first, Ada or Bob?", ""):
        assert conclude(question, ["Ada", "Bob"], denied) is None


@given(st.text(max_size=80), st.lists(st.text(max_size=12), max_size=4))
def test_any_text_has_an_answer(question: str, names: list[str]) -> None:
    claims = [Triplet(name, "born in", other) for name in names for other in names]
    for asked in (question, f"Who was born first, {question} or {question}?"):
        assert isinstance(conclude(asked, names, claims), Conclusion | Gap | None)


def test_an_answer_in_more_words_agrees() -> None:
    assert Conclusion("St. Étienne", "").agrees("St Etienne is older")
    assert not Conclusion("Ada", "").agrees("Adam")


def test_an_answer_is_spelt_as_the_question_spells_it() -> None:
    claims = said(("Maid Of Ghent", "born in", "1900"), ("Bob", "born in", "1950"))
    names = ["Maid of Ghent", "Bob"]
    assert answer("Who was born first, Maid of Ghent or Bob?", names, claims) == names[0]
