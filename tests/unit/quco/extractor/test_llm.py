"""Claims by a language model."""

from collections.abc import Sequence

import pytest

from quco.adapters.extractor.llm import LlmExtractor, parse_claims
from quco.errors import ExtractionError, GenerationError
from quco.ports import ExtractionContext, Extractor, GeneratorCapabilities
from quco.types import Generation, GenerationRequest


class Answering:
    """A generator that gives one answer."""

    name = "answering"
    capabilities = GeneratorCapabilities()

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.requests: list[GenerationRequest] = []

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
        self.requests += requests
        if not self.answer:
            raise GenerationError("out of reach")
        return [Generation(self.answer, "stop") for _ in requests]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            '[["Jaws", "directed by", "Steven Spielberg"]]',
            ["(Jaws | directed by | Steven Spielberg)"],
        ),
        ('["Jaws", "released in", "1975"]', ["(Jaws | released in | 1975)"]),
        ('```json\n[["A","is","B"],["A","is","B"]]\n```', ["(A | is | B)"]),
        ('{"claims": [{"subject": "A", "predicate": "in", "object": "B"}]}', ["(A | in | B)"]),
        ('[{"head": "A", "relation": "capital", "tail": null}]', ["(A | capital | ?)"]),
        ('Claims: [["A", "r", "B"], ["C", "r", "D', ["(A | r | B)"]),
        ('[["A", "not born in", "B"]]', ["(A | not born in | B)"]),
        ('[["A", "was never in", "B"]]', ["(A | not in | B)"]),
        ('[["?", "is", "B"]]', []),
        ('[["A", "composed by", "?"]]', ["(A | composed by | ?)"]),
        ('[["", "is", "B"], ["A", "is", "A"], [1, 2, 3]]', []),
        ("[]", []),
        ("I cannot help with that.", []),
        ("[[[[{", []),
    ],
)
def test_parse_claims(answer: str, expected: list[str]) -> None:
    assert [str(claim) for claim in parse_claims(answer)] == expected


def test_the_model_sees_the_sentence_and_what_was_said_before() -> None:
    generator = Answering('[["Fritz Lang", "born in", "Vienna"]]')
    extractor = LlmExtractor(generator)
    assert isinstance(extractor, Extractor)
    context = ExtractionContext("Who made M?", ("M is by Fritz Lang.",))
    (claim,) = extractor.triplets("He was born in Vienna.", context)
    assert claim.tail == "Vienna"
    (request,) = generator.requests
    assert request.messages[-1].content.endswith(
        "Before: Who made M? M is by Fritz Lang.\nSentence: He was born in Vienna.\nClaims:"
    )
    assert request.grammar


def test_entities_are_the_names_that_stand_in_the_text() -> None:
    extractor = LlmExtractor(Answering('[["M", "directed by", "?"], ["Lang", "made", "M"]]'))
    assert [(e.text, e.start) for e in extractor.entities("Did Lang make M?")] == [
        ("Lang", 4),
        ("M", 14),
    ]


def test_the_model_is_asked_once_about_a_sentence_after_what_was_said() -> None:
    generator = Answering('[["A", "is", "B"]]')
    extractor = LlmExtractor(generator)
    first = extractor.triplets("A is B.")
    first.clear()
    assert [str(claim) for claim in extractor.triplets("A is B.")] == ["(A | is | B)"]
    extractor.entities("A is B.")
    assert len(generator.requests) == 1
    extractor.triplets("A is B.", ExtractionContext("Who?"))
    assert len(generator.requests) == 2
    generator.answer = ""
    with pytest.raises(ExtractionError):
        extractor.triplets("C is B.")
    generator.answer = '[["C", "is", "B"]]'
    assert extractor.triplets("C is B.")


def test_a_failing_model_is_an_extraction_error() -> None:
    with pytest.raises(ExtractionError, match=r"'answering' failed: out of reach"):
        LlmExtractor(Answering("")).triplets("A is B.")


def test_blank_text_costs_nothing() -> None:
    generator = Answering("[]")
    assert LlmExtractor(generator).triplets("  ") == []
    assert generator.requests == []
