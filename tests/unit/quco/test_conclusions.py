"""What follows from what an answer has said."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quco.conclusions import Conclusion, Gap, compares, conclude, unanswered
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


def missing(question: str, names: list[str], claims: list[Triplet]) -> str | None:
    drawn = conclude(question, names, claims)
    return drawn.begins if isinstance(drawn, Gap) else None


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
        assert found == "Ada" if first else "Bob"
    elif max(days_b) < min(days_a):
        assert found == "Bob" if first else "Ada"
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
        ("Ida Roe was born on", Triplet("Ida Roe", "born in", "1920")),
        ("The director of A Town Called Nine is", DIRECTORS[1]),
        ("Ann Poe was born on", Triplet("Ann Poe", "born in", "1907")),
    ):
        assert missing(OLDER, FILMS, claims) == begins
        claims.append(claim)
    assert answer(OLDER, FILMS, claims) == FILMS[1]


def test_a_life_needs_both_ends() -> None:
    question, names = "Who lived longer, Ada or Bob?", ["Ada", "Bob"]
    claims = said(("Ada", "born in", "1900"), ("Ada", "died on", "1 May 1980"))
    assert missing(question, names, claims) == "Bob was born on"
    claims += said(("Bob", "born on", "2 June 1900"))
    assert missing(question, names, claims) == "Bob died on"
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
        ("Are Ada and Bob located in the same country?", "Ada is in the country of"),
        ("Are the directors of Ada and Bob from the same country?", "The director of Ada is"),
    ):
        assert missing(question, ["Ada", "Bob"], []) == begins


def test_names_with_commas_and_words_of_comparisons() -> None:
    question = "Which film was released first, Born Later or Rain, Rain, Go: 3,000 Days?"
    claims = said(("Born Later", "released in", "1980"), ("Rain", "released in", "1950"))
    assert answer(question, ["Born Later", "Rain"], claims) == "Rain, Rain, Go: 3,000 Days"
    question = "Which came out first, Meet Me at Noon or Home?"
    claims = said(("Meet Me at Noon", "came out in", "1960"), ("Home", "came out in", "1950"))
    assert answer(question, ["Home"], claims) == "Home"
    question = "Which film was released first, Rain, Snow of Ice or Home?"
    names = ["Snow of Ice", "Home"]
    assert missing(question, names, []) == "Rain, Snow of Ice was released in"
    claims = said(("Snow of Ice", "released in", "1950"), ("Home", "released in", "1960"))
    assert answer(question, names, claims) == "Rain, Snow of Ice"


@pytest.mark.parametrize(
    ("done", "begins"),
    [("published", "was published in"), ("Formed", "was formed in"), ("opened", "was founded in")],
)
def test_an_event_is_asked_for_in_the_words_of_the_question(done: str, begins: str) -> None:
    question = f"Which was {done} first, Ada or Bob?"
    assert missing(question, ["Ada", "Bob"], []) == f"Ada {begins}"


def test_denials_and_other_questions_say_nothing() -> None:
    denied = [
        Triplet("Ada", "born in", "1900", negated=True),
        Triplet("Bob", "born in", "1950"),
    ]
    assert missing("Who was born first, Ada or Bob?", ["Ada", "Bob"], denied) == "Ada was born on"
    for question in ("Who is Ada?", "Is Ada or Bob first?", "Who was first, Ada or Bob?", ""):
        assert conclude(question, ["Ada", "Bob"], denied) is None


LABELS = ["Ada", "Bob & Co"]
MEMBERS = "Which has {} members, Ada or Bob & Co?"


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.booleans(), st.data())
def test_the_larger_of_two_numbers_however_they_are_written(
    one: int, other: int, fewer: bool, data: st.DataObject
) -> None:
    def written(number: int) -> str:
        forms = [f"{number}", f"{number:,}", *(["two"] if number == 2 else [])]
        if number and number % 1_000_000 == 0:
            forms.append(f"{number // 1_000_000} million")
        return data.draw(st.sampled_from(forms))

    ada = f"In 1999 Ada had about {written(one)} paying members"
    sentences = [f"{ada}, while Bob & Co has only {written(other)} members."]
    question = MEMBERS.format("fewer" if fewer else "more")
    drawn = conclude(question, LABELS, [], sentences)
    if one == other:
        assert drawn is None
    else:
        assert isinstance(drawn, Conclusion)
        assert drawn.answer == LABELS[0 if (one < other) == fewer else 1]


@pytest.mark.parametrize(
    ("question", "sentences", "expected"),
    [
        (
            "Who has won more Grand Slam titles, Ada or Bob?",
            ["Ada has won eleven Grand Slam titles.", "Bob has won twenty-one titles."],
            "Bob",
        ),
        (
            "In which genus number of species are more, Ada or Bob?",
            ["Ada is a genus of 20–30 species.", "Bob has 118 species."],
            "Bob",
        ),
        ("Which band has the most members, Ada or Bob?", ["Ada has 3 members."], "lacks Bob has"),
        (
            "Which club had more founding-members, Ada or Bob?",
            ["Ada was founded in 1991 by four members.", "Bob has six members; Ada none."],
            "Bob",
        ),
        ("Which band had more members, Ada or Bob?", ["Bob is one of two clubs."], "lacks Ada has"),
        (
            "Who has released fewer albums, Ada or Bob?",
            ["Bob has released two albums."],
            "lacks Ada has released",
        ),
    ],
)
def test_numbers_of_things(question: str, sentences: list[str], expected: str) -> None:
    assert compares(question)
    drawn = conclude(question, ["Ada", "Bob"], [], sentences)
    assert drawn is not None
    found = drawn.answer if isinstance(drawn, Conclusion) else f"lacks {drawn.begins}"
    assert found == expected


@pytest.mark.parametrize(
    "sentences",
    [
        [],
        ["Ada is one of the members.", "Bob is one of two members."],
        ["Ada has 20–30 members.", "Bob has 25 members."],
        ["Ada has 2.5 million members.", "Bob has 1.5 million members."],
        ["Ada was founded in 1900.", "Bob was founded in 1950 and is a club."],
    ],
)
def test_numbers_that_are_missing_or_vague_decide_nothing(sentences: list[str]) -> None:
    assert conclude("Which got more members, Ada or Bob?", ["Ada", "Bob"], [], sentences) is None


def test_hostile_numbers_take_no_time() -> None:
    question = "Which has more members, Ada or Bob?"
    for many in ("1 " * 200_000, "9" * 5_000 + " members", "two million " * 50_000):
        said = [f"Ada has {many}.", f"Bob has {many}."]
        assert not isinstance(conclude(question, ["Ada", "Bob"], [], said), Conclusion)
    assert not compares("the number of hens " * 50_000)


@pytest.mark.parametrize(
    "question",
    [
        "Who is more famous, Ada or Bob?",
        "Who has more scope of profession, Ada or Bob?",
    ],
)
def test_more_of_what_cannot_be_counted_compares_no_numbers(question: str) -> None:
    sentences = ["Ada has 3 films.", "Bob has 4 films."]
    assert conclude(question, ["Ada", "Bob"], [], sentences) is None


@pytest.mark.parametrize(
    ("question", "stated", "begins"),
    [
        ("Ada and Bob are what kind of musicians?", "both", "The kind of musicians is"),
        ("Ada and Bob are what kind of musicians?", "musicians", "The kind of musicians is"),
        ("What are Ada and Bob?", "yes", "More exactly, it is"),
        (
            "At which airport of Roe County, Ohio, did Ada land?",
            "Roe County",
            "The name of the air",
        ),
        ("Which poet wrote it?", "the poet", "The name of the poet is"),
        ("How many hotels does Ada own?", "hotels", "The number of hotels is"),
        ("Who was known as Ada Roe?", "Ada Roe", "The name of the person is"),
        ("Where was Ada in 1980?", "1980", "The place is"),
        ("Where did Ada live?", "May 1950", "The place is"),
        ("Who sang it?", "2 May 1950", "The name of the person is"),
        ("When did Ada win?", "Ada", "The date is"),
        (
            "What was the nationality of Bob's teacher?",
            "Bob",
            "The nationality of Bob's teacher is",
        ),
    ],
)
def test_an_answer_that_says_no_more_than_its_question(
    question: str, stated: str, begins: str
) -> None:
    gap = unanswered(question, stated)
    assert gap is not None
    assert gap.begins.startswith(begins)


@pytest.mark.parametrize(
    ("question", "stated"),
    [
        ("Ada and Bob are what kind of musicians?", "drummers"),
        ("Which is older, Ada or Bob?", "Ada"),
        ("Which of them was it, Ada and Bob?", "both"),
        ("Are Ada and Bob both singers?", "yes"),
        ("Did Ada, who knew Bob, sing?", "no"),
        ("When Ada sang, was Bob there?", "yes"),
        ("Songs of Ada: does it matter which are sung?", "yes"),
        ("Who is the father of Ada Roe?", "Bob Roe"),
        ("Where did Ada live in 1950?", "May, Idaho"),
        ("When did Ada sing?", "2 May 1950"),
        ("Name the town.", "town"),
        ("", "yes"),
    ],
)
def test_an_answer_that_answers(question: str, stated: str) -> None:
    assert unanswered(question, stated) is None


@given(st.text(max_size=80), st.text(max_size=20))
def test_any_answer_to_any_question(question: str, stated: str) -> None:
    for asked in (question, f"What {question}?", f"Who has more {question} or {question}s?"):
        assert isinstance(unanswered(asked, stated), Gap | None)
        assert isinstance(conclude(asked, [question], [], [stated]), Conclusion | Gap | None)


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
