"""The rule of infini-gram mini's bulletin over documents that are laid out."""

from __future__ import annotations

from eval.contamination import LENGTH, check, substrings
from eval.types import Sample
from tests.fakes import FakeStatistics

QUESTION = (
    "Which river flows through the old capital of the kingdom of Hungary and then on to the sea?"
)


def levels(*documents: str) -> tuple[float, str, int]:
    statistics = FakeStatistics({str(i): text for i, text in enumerate(documents)})
    (found,) = check([Sample("q", QUESTION, ("Danube", "Donau"))], statistics)
    return round(found.overlap, 2), found.level, found.answer_count


def test_substrings_have_the_length_and_one_begins_at_each_word() -> None:
    pieces = substrings(QUESTION)
    assert [start for start, _ in pieces] == [0, 6, 12, 18, 26, 30, 34]
    assert all(len(text) >= LENGTH for _, text in pieces)
    assert all(len(text.rsplit(" ", 1)[0]) < LENGTH for _, text in pieces)
    assert substrings("too short") == [(0, "too short")]
    assert substrings("  ") == []


def test_a_question_that_the_corpus_holds_is_dirty() -> None:
    assert levels(f"Quiz. {QUESTION} The Danube.") == (1.0, "dirty", 1)


def test_a_part_of_it_is_suspicious() -> None:
    assert levels(QUESTION[:62]) == (0.29, "suspicious", 0)


def test_the_same_words_elsewhere_are_clean() -> None:
    assert levels("the capital of Hungary", "a river flows on to the sea", "Donau") == (
        0.0,
        "clean",
        1,
    )


def test_the_windows_tell_where() -> None:
    statistics = FakeStatistics({"quiz": f"Quiz. {QUESTION}"})
    (found,) = check([Sample("q", QUESTION, ("Danube",))], statistics)
    assert len(found.windows) == found.n_substrings
    assert found.windows[1].text.startswith("river flows")
    assert found.places[0].document_id == "quiz"
