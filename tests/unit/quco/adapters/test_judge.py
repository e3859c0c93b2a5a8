"""A language model as judge, by script."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from quco.adapters.generator.scripted import ScriptedGenerator
from quco.adapters.judge import LlmJudge
from quco.errors import GenerationError
from quco.ports import GeneratorCapabilities, Judge
from quco.types import Evidence, Generation, GenerationRequest, Token, Triplet

CLAIM = Triplet("Metropolis", "directed by", "Fritz Lang")
WINDOWS = (
    Evidence("Metropolis is a film\ndirected by Fritz Lang.", "1", "Metropolis"),
    Evidence("Lang made Metropolis in 1927.", "2"),
)


class Sure(ScriptedGenerator):
    """Gives its answer with a probability."""

    def __init__(self, answer: str, p: float) -> None:
        super().__init__(lambda _: answer, capabilities=GeneratorCapabilities(logprobs=True))
        self.p = p

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
        return [
            Generation(found.text, "stop", tokens=(Token(found.text, math.log(self.p)),))
            for found in super().generate(requests)
        ]


@pytest.mark.parametrize(
    ("answer", "expected"), [(" yes", 0.8), ("No.", 0.2), (" perhaps", None), ("", None)]
)
def test_yes_and_no_are_understood(answer: str, expected: float | None) -> None:
    found = LlmJudge(ScriptedGenerator(lambda _: answer)).support(CLAIM, WINDOWS)
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("answer", "p", "expected"), [("yes", 0.97, 0.97), ("no", 0.7, 0.3), ("no", 0.2, 0.5)]
)
def test_the_models_own_probability_counts(answer: str, p: float, expected: float) -> None:
    assert LlmJudge(Sure(answer, p)).support(CLAIM, WINDOWS) == pytest.approx(expected)


def test_it_is_shown_windows_and_claim_and_held_to_two_words() -> None:
    generator = ScriptedGenerator(lambda _: " yes")
    judge = LlmJudge(generator, max_chars=29)
    assert isinstance(judge, Judge)
    judge.support(CLAIM, WINDOWS)
    (request,) = generator.requests
    asked = request.messages[-1].content.rsplit("\n\n", 1)[-1]
    assert asked == (
        "Passage: Metropolis: Metropolis is a film … Lang made Metropolis in 1927.\n"
        "Claim: Metropolis directed by Fritz Lang\nDoes the passage say so, yes or no?"
    )
    assert '"yes" | "no"' in request.grammar


def test_a_model_that_is_down_is_an_error() -> None:
    with pytest.raises(GenerationError):
        LlmJudge(ScriptedGenerator("yes", fails_at=1)).support(CLAIM, WINDOWS)
