"""Names beside an entity."""

from quco.neighbours import names_beside
from quco.types import Evidence

WINDOWS = [
    Evidence("It was seen by Karl Lang. The Dawn was directed by Ann Roe.", "1"),
    Evidence("Ann Roe liked The Dawn, as did Norway.", "2", "Ann Roe"),
]


def test_the_name_in_the_questions_words_comes_first() -> None:
    found = names_beside("Where was the director of The Dawn born?", "The Dawn", WINDOWS)
    assert found[0] == "Ann Roe"
    assert "Karl Lang" in found


def test_dates_known_names_and_parts_of_names_are_no_news() -> None:
    windows = [Evidence("It was made by Ann Roe. We met Roe in Oslo in May 1930.", "1")]
    found = names_beside("When did Oslo see The Dawn?", "The Dawn", windows)
    assert found == ["Ann Roe"]


def test_a_document_about_the_entity_counts_more() -> None:
    windows = [Evidence("Cy Poe.", "1", "Elsewhere"), Evidence("Ann Roe.", "2", "The Dawn (film)")]
    assert names_beside("Who made The Dawn?", "The Dawn", windows) == ["Ann Roe", "Cy Poe"]


def test_no_window_gives_no_name() -> None:
    assert names_beside("Who made The Dawn?", "The Dawn", []) == []
