"""Reading windows with placeholders, and what stands around a slot."""

import pytest

from quco.verdict.reading import DATE, GEO, HEAD, NAME, NUMBER, Reading, granularity, read_window
from quco.verdict.slots import Slot, read_slots, slot_features

MOVE = (
    "Move is a 1970 American comedy film directed by Stuart Rosenberg and written by Joel Lieber. "
    "The film stars Elliott Gould, Paula Prentiss and Genevieve Waite."
)
LIFE = "Stuart Rosenberg (August 11, 1927, in Brooklyn – March 15, 2007) was an American director."


def read(text: str, head: str, tail: str, *, about: bool = True) -> Reading:
    return read_window(text, (head,), (tail,), about_head=about)


def slot_of(reading: Reading, raw: str) -> Slot:
    return next(s for s in read_slots(reading) if reading.words[s.at].raw == raw)


def test_names_become_placeholders() -> None:
    reading = read(MOVE, "Move", "Stuart Rosenberg")
    words = [word.text for word in reading.words]
    assert words[:9] == [HEAD, "is", "a", DATE, GEO, "comedy", "film", "directed", "by"]
    (tail,) = [word for word in reading.words if word.is_tail]
    assert (tail.text, tail.raw, tail.sentence) == (NAME, "Stuart Rosenberg", 0)
    assert MOVE[tail.start :].startswith(tail.raw)
    assert reading.words[-1].sentence == 1


def test_variants_and_case_do_not_matter() -> None:
    reading = read_window("MOVE, by S. Rosenberg", ("Move (1970 film)", "Move"), ("S Rosenberg",))
    assert [word.text for word in reading.words] == [HEAD, ",", "by", NAME]


def test_a_part_of_its_name_is_the_head_in_its_own_document() -> None:
    text = "Rosenberg met Paul Newman."
    own = read(text, "Stuart Rosenberg", "Paul Newman")
    other = read(text, "Stuart Rosenberg", "Paul Newman", about=False)
    assert own.words[0].text == HEAD
    assert other.words[0].text == NAME


def test_numbers_are_told_from_dates() -> None:
    reading = read("In 1990 it sold 12 of 300 copies.", "it", "nothing")
    assert [w.text for w in reading.words if w.text in (DATE, NUMBER)] == [DATE, NUMBER, NUMBER]


@pytest.mark.parametrize(
    ("date", "expected"),
    [("3 May 1990", "day"), ("May 1990", "month"), ("1990", "year"), ("the 1990s", "decade")],
)
def test_granularity(date: str, expected: str) -> None:
    assert granularity(date) == expected


def test_a_list_is_skipped_to_the_word_that_governs_it() -> None:
    reading = read(MOVE, "Move", "Genevieve Waite")
    last = slot_of(reading, "Genevieve Waite")
    assert last.left[:2] == ("stars", "film")
    assert last.listed == 2


def test_the_place_in_brackets_implies_birth_and_death() -> None:
    reading = read(LIFE, "Stuart Rosenberg", "Brooklyn")
    implied = {reading.words[s.at].raw: s.implied for s in read_slots(reading)}
    assert implied["August 11, 1927"] == ("born",)
    assert implied["Brooklyn"] == ("born",)
    assert implied["March 15, 2007"] == ("died",)
    assert "nationality" in implied["American"]


def test_a_year_before_a_noun_implies_a_release() -> None:
    reading = read(MOVE, "Move", "1970")
    assert slot_of(reading, "1970").implied == ("released", "published")


@pytest.mark.parametrize(
    ("text", "parents"),
    [
        ("Ann was the daughter of King Paul Newman and Mary Newman.", ("father", "mother")),
        ("Ann was born to Paul Newman and Mary Newman.", ("father", "mother")),
        ("The son of Paul Newman, she met Mary Newman.", ("father", "")),
        ("Ann is the wife of Paul Newman and a friend of Mary Newman.", ("", "")),
    ],
)
def test_a_child_of_two_names_implies_father_and_mother(
    text: str, parents: tuple[str, str]
) -> None:
    reading = read(text, "Ann", "nobody")
    implied = {
        reading.words[s.at].raw.removeprefix("King "): s.implied for s in read_slots(reading)
    }
    for name, parent in zip(("Paul Newman", "Mary Newman"), parents, strict=True):
        assert implied[name] == ((parent, "parent") if parent else ())


def test_features_hold_no_name() -> None:
    reading = read(MOVE, "Move", "Stuart Rosenberg")
    features = {f for slot in read_slots(reading) for f in slot_features(reading, slot)}
    assert "L12=directed by" in features
    assert not any(
        name in f.casefold() for f in features for name in ("rosenberg", "gould", "move")
    )


def test_only_the_kinds_that_are_asked_for() -> None:
    reading = read(MOVE, "Move", "1970")
    assert {reading.words[s.at].text for s in read_slots(reading, {DATE})} == {DATE}


def test_an_empty_window() -> None:
    assert read_slots(read("", "a", "b")) == []


def test_a_participle_that_opens_a_sentence_is_no_name() -> None:
    text = "Born in Paris, Ann met Paul. Reading there bored her. She met Reading."
    reading = read(text, "Ann", "Paris")
    names = [word.raw for word in reading.words if word.text == NAME]
    assert names == ["Paris", "Paul", "Reading"]
    assert slot_of(reading, "Paris").left == ("in", "born")
