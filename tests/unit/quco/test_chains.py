"""Questions about somebody whom they only describe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quco.conclusions import Conclusion, Gap
from quco.conclusions.chain import describes, follow, read_chain
from quco.conclusions.facts import asked_for
from quco.types import Triplet


def said(*claims: tuple[str, str, str]) -> list[Triplet]:
    return [Triplet(*claim) for claim in claims]


def begins(question: str, names: list[str], claims: list[Triplet]) -> str | None:
    """Return how the sentence begins that an answer needs next."""
    chain = read_chain(question, names)
    gap = follow(chain, claims) if chain else None
    return gap.begins if isinstance(gap, Gap) else None


@pytest.mark.parametrize(
    ("question", "names", "name", "roles"),
    [
        ("Where was the director of film Up born?", ["Up"], "Up", ["director"]),
        ("Who sang with the author of the 1990 novel Up?", ["Up"], None, None),
        ("Who sang with the author of the novel Up?", ["Up"], "Up", ["author"]),
        ("Which country is Ada's husband from?", ["Ada"], "Ada", ["husband"]),
        ("When did James' wife die?", ["James"], "James", ["wife"]),
        ("Who is the spouse of the director of Up?", ["Up"], "Up", ["director", "spouse"]),
        ("Who is Ada's husband's father?", ["Ada"], "Ada", ["husband", "father"]),
        ("Who is the paternal grandmother of Ada?", ["Ada"], "Ada", ["father", "mother"]),
        ("Who was Ada's stepfather?", ["Ada"], "Ada", ["mother", "husband"]),
        (
            "Who is Ada (born 1300)'s father-in-law?",
            ["Ada"],
            "Ada (born 1300)",
            ["spouse", "father"],
        ),
        (
            "Where did Ada V, Prince of Oz's mother die?",
            ["Ada V", "Prince of Oz's"],
            "Ada V, Prince of Oz",
            ["mother"],
        ),
    ],
)
def test_steps(question: str, names: list[str], name: str | None, roles: list[str] | None) -> None:
    assert describes(question)
    chain = read_chain(question, names)
    found = (chain.name, list(chain.roles)) if chain else (None, None)
    assert found == (name, roles)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Who is the director of Up?", ["Up"]),
        ("Who is Ada's father?", ["Ada"]),
        ("Where was Father of Mine filmed?", ["Father of Mine"]),
        ("Where was Bob Roe, the father of Ada Roe, born?", ["Bob Roe", "Ada Roe"]),
        ("Where was the director born?", []),
        ("", []),
    ],
)
def test_no_steps(question: str, names: list[str]) -> None:
    assert read_chain(question, names) is None


def test_each_step_is_asked_for_in_turn() -> None:
    question, names = "Who is the paternal grandfather of Ada?", ["Ada"]
    first = said(("Ada", "father", "Bob"))
    second = said(("Cy", "is father of", "Bob"))
    assert begins(question, names, []) == "The father of Ada is"
    assert begins(question, names, second) == "The father of Ada is"
    assert begins(question, names, first) == "The father of Bob is"
    chain = read_chain(question, names)
    assert chain is not None
    drawn = follow(chain, first + second)
    assert isinstance(drawn, Conclusion)
    assert (drawn.answer, drawn.is_whole) == ("Cy", False)
    assert drawn.because == "the father of Ada is Bob, the father of Bob is Cy"


def test_a_mother_is_no_father_and_a_wife_is_a_spouse() -> None:
    claims = said(("Ada", "mother", "Eve"), ("Ada", "married", "Bob"))
    assert begins("Where was Ada's father born?", ["Ada"], claims) == "The father of Ada is"
    assert begins("Who is Ada's father-in-law?", ["Ada"], claims) == "The father of Bob is"


@pytest.mark.parametrize(
    ("question", "relation", "tail", "fact"),
    [
        ("Where was the director of Up born?", "was born on", "2 May 1950", "place of birth"),
        ("Where was the director of Up born?", "was born in", "Rome", None),
        ("In which city was the director of Up born?", "was born in", "1950", "place of birth"),
        ("When was the director of Up born?", "was born in", "Rome", "date of birth"),
        ("When was the director of Up born?", "was born in", "941/42", None),
        ("What is the birthday of the director of Up?", "was born in", "Rome", "date of birth"),
        ("Where did the director of Up die?", "was born in", "Rome", "place of death"),
        ("When did the director of Up die?", "died in", "1950", None),
        ("Why did the director of Up die?", "died on", "2 May 1950", "cause of death"),
        ("Why did the director of Up die?", "died of", "pneumonia", None),
        ("What did the director of Up study?", "was born in", "Rome", None),
    ],
)
def test_what_is_asked_of_that_person(
    question: str, relation: str, tail: str, fact: str | None
) -> None:
    claims = said(("Up", "director", "Ada"), ("Ada", relation, tail))
    expected = f"The {fact} of Ada is" if fact else None
    assert begins(question, ["Up"], claims) == expected


@given(st.text(max_size=80), st.lists(st.text(max_size=12), max_size=4))
def test_any_text_has_an_answer(question: str, names: list[str]) -> None:
    claims = [Triplet(name, "father", other) for name in names for other in names]
    for asked in (question, f"Who is {question}'s paternal grandfather?", f"father of {question}"):
        chain = read_chain(asked, names)
        assert chain is None or isinstance(follow(chain, claims), Conclusion | Gap | None)


def test_hostile_questions_take_no_time() -> None:
    for part in (
        "where ",
        "father of ",
        "the ",
        "<0>'s father ",
        "Ada's ",
        "A, ",
        "(",
        "father of a ",
    ):
        question = part * (1_000_000 // len(part))
        assert read_chain(question, ["Ada", "A"]) is None
        assert asked_for(question) is None
