"""The parts of a comparison, scripted."""

from __future__ import annotations

from typing import Any

from eval.methods import Method, Parts, find_method
from eval.types import Sample
from quco.answer import Answer
from quco.demonstrations import Demonstration
from quco.prompts import FewShotPrompt
from quco.types import Passage
from tests.fakes import FakeStatistics
from tests.scripted import ScriptedRetriever
from tests.scripted_tokens import Script, TokenGenerator, WordExtractor

QUESTION = "Where is Gertie from?"
SAMPLE = Sample("q1", QUESTION, ("Oslo",), gold=(Passage("g", "Gertie is Norse.", "Gertie"),))
PROMPT = FewShotPrompt((Demonstration("Who?", "It is X.", "X"),))


def parts(script: Script, documents: dict[str, str] | None = None, **tokens: Any) -> Parts:
    return Parts(
        TokenGenerator(script, **tokens),
        ScriptedRetriever(),
        FakeStatistics(documents or {"d": "nothing"}),
        WordExtractor(),
        PROMPT,
    )


def answered(name: str, shared: Parts, **options: Any) -> Answer:
    method: Method[Any] = find_method(name)(shared, **options)
    return method.answer(SAMPLE)


def queries(shared: Parts) -> list[str]:
    asked: list[str] = shared.retriever.queries  # type: ignore[attr-defined]
    return asked


def generator(shared: Parts) -> TokenGenerator:
    assert isinstance(shared.generator, TokenGenerator)
    return shared.generator
