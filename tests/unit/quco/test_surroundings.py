"""What stands around a question's rare entities."""

from collections.abc import Mapping

import pytest

from quco.surroundings import MOST_ARTICLES, look_around
from quco.types import Evidence

ARTICLES = {
    "The Dawn": "The Dawn is a film directed by Ann Roe, with Karl Lang.",
    "The Dusk": "The Dusk is a film directed by Cy Poe.",
    "Ann Roe": "Ann Roe was born in Oslo.",
    "Cy Poe": "Cy Poe was born in Rome.",
}


class FakeCorpus:
    """Documents by their titles; an article is a document, a place one that holds the term."""

    def __init__(self, documents: Mapping[str, str] = ARTICLES) -> None:
        self.documents = documents
        self.asked: list[str] = []

    def places(self, term: str, *, k: int, context: int) -> list[Evidence]:
        return [
            Evidence(text, title, title) for title, text in self.documents.items() if term in text
        ][:k]

    def article(self, term: str) -> Evidence | None:
        self.asked.append(term)
        text = self.documents.get(term)
        return None if text is None else Evidence(text, term, term)


def titles(question: str, *entities: str, documents: Mapping[str, str] = ARTICLES) -> list[str]:
    found = look_around(question, entities, FakeCorpus(documents))
    return [article.title for article in found.articles]


def test_a_name_beside_the_entity_leads_to_the_article_that_answers() -> None:
    question = "Where was the director of The Dawn born?"
    assert titles(question, "The Dawn") == ["The Dawn", "Ann Roe"]
    assert look_around(question, ["The Dawn"], FakeCorpus()).names[0] == "Ann Roe"


def test_both_films_and_both_directors_are_found_for_a_choice() -> None:
    question = "Whose director was born in Oslo, The Dawn or The Dusk?"
    assert titles(question, "The Dawn", "The Dusk") == ["The Dawn", "The Dusk", "Ann Roe", "Cy Poe"]


def test_a_choice_needs_no_names_that_lead_on() -> None:
    documents = {"The Dawn": "The Dawn is of 1920.", "The Dusk": "The Dusk is of 1930."}
    question = "Which is older, The Dawn or The Dusk?"
    assert titles(question, "The Dawn", "The Dusk", documents=documents) == list(documents)
    assert look_around(question, list(documents), FakeCorpus(documents)).names == ()


@pytest.mark.parametrize(
    "documents",
    [
        {"A list": "The Dawn was directed by Ann Roe.", "Ann Roe": "Ann Roe was born in Oslo."},
        {"The Dawn": "The Dawn was directed by Ann Roe.", "A list": "Ann Roe was born in Oslo."},
        {},
    ],
    ids=["no article about the entity", "none about the name", "nothing"],
)
def test_there_are_no_articles_where_the_way_breaks_off(documents: dict[str, str]) -> None:
    assert titles("Where was the director of The Dawn born?", "The Dawn", documents=documents) == []


def test_articles_are_not_looked_for_where_only_names_are_wanted() -> None:
    corpus = FakeCorpus()
    found = look_around("Who made The Dawn?", ["The Dawn"], corpus, articles=False)
    assert (corpus.asked, found.articles) == ([], ())
    assert found.names == ("Ann Roe", "Karl Lang")


def test_no_more_articles_are_shown_than_are_read() -> None:
    names = ["Ada", "Bea", "Cleo", "Dora", "Enid", "Flora", "Greta"]
    documents = {name: f"{name} sang." for name in names}
    documents["The Dawn"] = f"The Dawn is a film with {', '.join(names)}."
    assert len(titles("Who is in The Dawn?", "The Dawn", documents=documents)) == MOST_ARTICLES


def test_a_question_without_rare_entities_has_no_surroundings() -> None:
    assert titles("Who made it?") == []
