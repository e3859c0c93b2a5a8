"""Entities and claims through the real pipeline."""

from typing import Any

import pytest

from quco.adapters.extractor.spacy import SpacyExtractor
from quco.adapters.extractor.template import parse_with_spans
from quco.errors import ExtractionError
from quco.ports import BatchExtractor, ExtractionContext, Extractor


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
        ("Oro bajo was directed by Mario Soffici.", ["(Oro bajo | directed by | Mario Soffici)"]),
        (
            "Mary Smith, the wife of John Brown, is an American singer.",
            [
                "(John Brown | wife | Mary Smith)",
                "(Mary Smith | is | singer)",
                "(Mary Smith | is | American)",
            ],
        ),
        (
            "His father Isaac Taylor was a physician.",
            ["(Stuart Rosenberg | father | Isaac Taylor)", "(Isaac Taylor | was | physician)"],
        ),
        (
            "Rosenberg worked as a lawyer from 1990 to 1995.",
            [
                "(Stuart Rosenberg | worked as | lawyer)",
                "(Stuart Rosenberg | worked from | 1990)",
                "(Stuart Rosenberg | worked to | 1995)",
            ],
        ),
        (
            "Tom Hanks and Rita Wilson married in 1988.",
            ["(Tom Hanks | married in | 1988)", "(Rita Wilson | married in | 1988)"],
        ),
        (
            "Tom Hanks, who was born in Concord, studied drama in Sacramento.",
            ["(Tom Hanks | born in | Concord)", "(Tom Hanks | studied in | Sacramento)"],
        ),
        (
            "Tom Hanks is a co-founder of Playtone.",
            ["(Tom Hanks | is co-founder of | Playtone)"],
        ),
        ("The director is Stuart Rosenberg.", ["(Move | director | Stuart Rosenberg)"]),
        (
            "The director of Timber Falls is Tony Giglio.",
            ["(Timber Falls | director | Tony Giglio)"],
        ),
        ("Thus, the film released first is Metropolis.", []),
        ("Therefore, the older director is Fritz Lang.", []),
        ("Both directors have the same nationality.", []),
        ("Thus, they are the same.", []),
        ("Tom Hanks is older than Meg Ryan.", []),
        ("So the answer is Paris.", []),
        (" ", []),
    ],
)
def test_triplets(extractor: SpacyExtractor, sentence: str, expected: list[str]) -> None:
    assert [str(item) for item in extractor.triplets(sentence, CONTEXT)] == expected


def test_a_claim_tells_of_what_kind_its_tail_is(extractor: SpacyExtractor) -> None:
    text = "Tom Hanks was born in London, and he met Meg Ryan."
    labels = {item.tail: item.tail_label for item in extractor.triplets(text)}
    assert labels == {"London": "GPE", "Meg Ryan": "PERSON"}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is the capital of France?", ["(France | capital | ?)"]),
        (
            "Where did the director of film The Fatal Mistake die?",
            ["(The Fatal Mistake | director | ?)"],
        ),
        ("Who is Tom Hanks's paternal grandfather?", ["(Tom Hanks | paternal grandfather | ?)"]),
        ("Who directed Metropolis?", ["(Metropolis | directed | ?)"]),
        (
            "Do the director of film Metropolis and director of film Red Dust share it?",
            ["(Metropolis | director | ?)", "(Red Dust | director | ?)"],
        ),
        (
            "Which film was released first, Oro Negro or Red Dust?",
            ["(Oro Negro | released | ?)", "(Red Dust | released | ?)"],
        ),
        (
            "Are Fritz Lang and Victor Fleming of the same nationality?",
            ["(Fritz Lang | nationality | ?)", "(Victor Fleming | nationality | ?)"],
        ),
        ("Is it so?", []),
    ],
)
def test_a_question_asks_for_the_tail(
    extractor: SpacyExtractor, question: str, expected: list[str]
) -> None:
    assert [str(item) for item in extractor.triplets(question)] == expected


@pytest.mark.parametrize(
    ("said", "sentence", "head"),
    [
        ("Metropolis was directed by Fritz Lang.", "The director of Metropolis was born in Vienna.",
         "Fritz Lang"),
        ("The wife of Fritz Lang was Thea von Harbou.", "Fritz Lang's wife was born in Tauperlitz.",
         "Thea von Harbou"),
        ("Metropolis was not directed by Joe May.",
         "The director of Metropolis was born in Vienna.", "director of Metropolis"),
        ("Red Dust was directed by Victor Fleming.",
         "The director of Metropolis was born in Vienna.", "director of Metropolis"),
    ],
)  # fmt: skip
def test_a_description_means_whom_an_earlier_sentence_named(
    extractor: SpacyExtractor, said: str, sentence: str, head: str
) -> None:
    (claim,) = extractor.triplets(sentence, ExtractionContext("Who was it?", (said,)))
    assert claim.head == head


def test_what_is_remembered_of_a_sentence_depends_on_what_was_said(
    extractor: SpacyExtractor,
) -> None:
    def head(*said: str) -> str:
        return extractor.triplets("He was born in Vienna.", ExtractionContext("", said))[0].head

    first = head("Metropolis was directed by Fritz Lang.")
    assert head("Sunset Boulevard was directed by Billy Wilder.") == "Billy Wilder"
    assert head("Metropolis was directed by Fritz Lang.") == first == "Fritz Lang"


def test_many_sentences_give_what_each_gives_alone(extractor: SpacyExtractor) -> None:
    said = ("Metropolis was directed by Fritz Lang.", " ", "He was born in Vienna in 1890.",
            "", "His wife was Thea von Harbou.", "Metropolis was directed by Fritz Lang.",
            "Who wrote Metropolis?", "Thus, they are the same.")  # fmt: skip
    asked = [(text, ExtractionContext("Who made it?", said[:i])) for i, text in enumerate(said)]
    assert isinstance(extractor, BatchExtractor)
    together = SpacyExtractor().triplets_many(asked)
    assert together == [extractor.triplets(text, context) for text, context in asked]
    assert str(together[2][0]) == "(Fritz Lang | born in | Vienna)"
    assert extractor.triplets_many([]) == []


def test_a_text_that_was_split_says_what_its_sentences_say(extractor: SpacyExtractor) -> None:
    text = "Metropolis was directed by Fritz Lang. He was born in Vienna. \n Then he left it."
    fresh, before = SpacyExtractor(), ""
    for sentence in fresh.split(text):
        context = ExtractionContext("", (before,))
        assert fresh.triplets(sentence, context) == extractor.triplets(sentence.strip(), context)
        before = sentence


def test_what_follows_is_read_along_and_changes_nothing(
    extractor: SpacyExtractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[int] = []

    def parse(nlp: Any, found: list[Any]) -> Any:
        parsed.append(len(found))
        return parse_with_spans(nlp, found)

    monkeypatch.setattr("quco.adapters.extractor.spacy.parse_with_spans", parse)
    draft = ("Metropolis was directed by Fritz Lang.", " ", " Fritz Lang was born in Vienna.",
             " So the answer is Vienna.")  # fmt: skip
    fresh = SpacyExtractor()
    contexts = [
        ExtractionContext("Who made it?", draft[:i], draft[i + 1 :]) for i in range(len(draft))
    ]
    claims = [fresh.triplets(*asked) for asked in zip(draft, contexts, strict=True)]
    assert parsed == [3]
    # Another sentence than was expected is read anew.
    other = fresh.triplets("He left it.", ExtractionContext("Who made it?", draft[:1]))
    assert parsed == [3, 1]
    monkeypatch.undo()
    bare = [ExtractionContext("Who made it?", context.preceding) for context in contexts]
    assert bare == contexts  # what follows is no part of what is asked
    assert claims == [extractor.triplets(*asked) for asked in zip(draft, bare, strict=True)]
    assert other == extractor.triplets("He left it.", bare[1])


def test_a_missing_pipeline_is_named_with_the_remedy() -> None:
    absent = SpacyExtractor("xx_no_such_pipeline")
    with pytest.raises(ExtractionError, match="pip install xx-no-such-pipeline"):
        absent.entities("Paris")
