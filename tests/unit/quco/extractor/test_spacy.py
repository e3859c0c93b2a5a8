"""Entities and claims through the real pipeline."""

import pytest

from quco.adapters.extractor.spacy import SpacyExtractor
from quco.errors import ExtractionError
from quco.ports import ExtractionContext, Extractor


@pytest.fixture(scope="module")
def extractor() -> SpacyExtractor:
    return SpacyExtractor()


CONTEXT = ExtractionContext(
    question="Who is the director of the film Move (1970 film)?",
    preceding=("Move was directed by Stuart Rosenberg.",),
)


def test_it_is_an_extractor(extractor: SpacyExtractor) -> None:
    assert isinstance(extractor, Extractor)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "Which film has the director who is older, Trader Tom or Lykkens Musikanter?",
            ["Trader Tom", "Lykkens Musikanter"],
        ),
        (
            "What is the place of birth of the director of film Move (1970 film)?",
            ["Move (1970 film)"],
        ),
        ("who invented the telephone?", ["telephone"]),
        ("Is it so?", []),
        ("", []),
    ],
)
def test_entities(extractor: SpacyExtractor, question: str, expected: list[str]) -> None:
    found = extractor.entities(question)
    assert [entity.text for entity in found] == expected
    assert all(question[e.start : e.end] == e.text for e in found)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Hellcats of the Navy was directed by Nathan Juran.",
            ["(Hellcats of the Navy | directed by | Nathan Juran)"],
        ),
        (
            "He was born on August 11, 1927, in Brooklyn, New York.",
            [
                "(Stuart Rosenberg | born on | August 11, 1927)",
                "(Stuart Rosenberg | born in | Brooklyn, New York)",
            ],
        ),
        ("The director of Move is Stuart Rosenberg.", ["(Move | director | Stuart Rosenberg)"]),
        ("Queen Jeongsun's husband is Wonjong.", ["(Queen Jeongsun | husband | Wonjong)"]),
        ("Pyaasa was not directed by Dennis Dugan.", ["(Pyaasa | not directed by | Dennis Dugan)"]),
        ("The film was released on 3 May 1970.", ["(Move | released on | 3 May 1970)"]),
        ("Thus, they are the same.", []),
        ("Tom Hanks is older than Meg Ryan.", []),
        ("So the answer is Paris.", []),
        (" ", []),
    ],
)
def test_triplets(extractor: SpacyExtractor, sentence: str, expected: list[str]) -> None:
    assert [str(item) for item in extractor.triplets(sentence, CONTEXT)] == expected


def test_a_question_asks_for_the_tail(extractor: SpacyExtractor) -> None:
    (found,) = extractor.triplets("What is the capital of France?")
    assert (found.head, found.relation, found.tail) == ("France", "capital", None)


def test_a_missing_pipeline_is_named_with_the_remedy() -> None:
    absent = SpacyExtractor("xx_no_such_pipeline")
    with pytest.raises(ExtractionError, match="pip install xx-no-such-pipeline"):
        absent.entities("Paris")
