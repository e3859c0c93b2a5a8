"""What becomes of an answer when a part is down or slow, through every driver."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from quco.adapters.extractor.spacy import SpacyExtractor
from quco.answer import Answer
from quco.config import ControllerPolicy
from quco.controller import Controller
from quco.errors import GenerationError
from quco.types import Generation, GenerationRequest, Verdict
from quco.verifier import Verifier
from tests.fakes import FakeStatistics
from tests.scripted import (
    ScriptedChecker,
    ScriptedGenerator,
    ScriptedRetriever,
    continuing,
)

QUESTION = "Where was Ada Lovelace born?"
WHOLE = " Ada Lovelace was born in London. So the answer is London."

Driver = Callable[[Controller], Answer]


def last_of_stream(controller: Controller) -> Answer:
    answer = list(controller.stream(QUESTION))[-1]
    assert isinstance(answer, Answer)
    return answer


async def last_of_astream(controller: Controller) -> Answer:
    events = [event async for event in controller.astream(QUESTION)]
    assert isinstance(events[-1], Answer)
    return events[-1]


DRIVERS: dict[str, Driver] = {
    "run": lambda c: c.run(QUESTION),
    "arun": lambda c: asyncio.run(c.arun(QUESTION)),
    "run_many": lambda c: c.run_many([QUESTION, QUESTION])[1],
    "arun_many": lambda c: asyncio.run(c.arun_many([QUESTION, QUESTION]))[1],
    "stream": last_of_stream,
    "astream": lambda c: asyncio.run(last_of_astream(c)),
}


@pytest.fixture(params=DRIVERS)
def drive(request: pytest.FixtureRequest) -> Driver:
    return DRIVERS[request.param]


@pytest.fixture(scope="module")
def extractor() -> SpacyExtractor:
    return SpacyExtractor()


def controller(
    generator: Any = None, retriever: Any = None, checker: Any = None, **policy: Any
) -> Controller:
    return Controller(
        generator or ScriptedGenerator(continuing(WHOLE)),
        retriever or ScriptedRetriever(),
        checker or ScriptedChecker(),
        ControllerPolicy(**policy),
    )


# ------------------------------------------------------------ statistics


@pytest.mark.parametrize(
    ("on_unknown", "outcome", "retrieved"),
    [
        ("retrieve", "complete", True),
        ("accept", "complete", False),
        ("abstain", "abstained", False),
    ],
)
def test_statistics_that_are_down_make_verdicts_unknown_and_the_policy_decides(
    drive: Driver, extractor: SpacyExtractor, on_unknown: str, outcome: str, retrieved: bool
) -> None:
    down = FakeStatistics({"1": WHOLE}, broken="the disk is gone")
    retriever = ScriptedRetriever()
    answer = drive(
        controller(retriever=retriever, checker=Verifier(down, extractor), on_unknown=on_unknown)
    )
    assert answer.outcome == outcome
    assert bool(retriever.queries) is retrieved
    verdicts = {sentence.verdict for sentence in answer.sentences}
    assert verdicts == (set() if outcome == "abstained" else {Verdict.UNKNOWN})
    assert "the disk is gone" in answer.decisions[0].reason
    assert answer.final == ("" if outcome == "abstained" else "London")


def test_a_count_that_failed_is_asked_for_again(drive: Driver, extractor: SpacyExtractor) -> None:
    statistics = FakeStatistics({"1": WHOLE}, broken="try later")
    checked = controller(checker=Verifier(statistics, extractor), on_unknown="accept")
    assert drive(checked).sentences[0].verdict is Verdict.UNKNOWN
    statistics.broken = ""
    assert drive(checked).sentences[0].verdict is Verdict.SUPPORTED


# ------------------------------------------------------------ retriever


def test_a_retriever_that_is_down_is_told_of_and_the_answer_goes_on(drive: Driver) -> None:
    checker = ScriptedChecker(question=Verdict.UNSUPPORTED)
    answer = drive(controller(retriever=ScriptedRetriever(broken=True), checker=checker))
    assert (answer.outcome, answer.final, answer.passages) == ("complete", "London", ())
    assert answer.decisions[1].kind == "retrieve"
    assert "the index is down" in answer.decisions[1].reason


def test_a_retriever_that_is_down_leaves_suspect_sentences_marked(drive: Driver) -> None:
    suspect = "Ada Lovelace was born in London."
    checker = ScriptedChecker({suspect: Verdict.UNSUPPORTED})
    answer = drive(controller(retriever=ScriptedRetriever(broken=True), checker=checker))
    assert answer.usage.retrievals == 1
    assert [sentence.marked for sentence in answer.sentences] == [True, False]
    assert answer.usage.llm_calls == 1


# ------------------------------------------------------------ generator


def test_a_generator_that_is_down_raises(drive: Driver) -> None:
    with pytest.raises(GenerationError, match="the model is down"):
        drive(controller(ScriptedGenerator(continuing(WHOLE), fails_at=1)))


def test_a_generator_that_goes_down_leaves_a_partial_answer(drive: Driver) -> None:
    class Failing(ScriptedGenerator):
        def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
            if any(request.prefix for request in requests):
                raise GenerationError("the model is down")
            return super().generate(requests)

    answer = drive(controller(Failing(continuing(WHOLE)), draft_tokens=8))
    assert (answer.outcome, answer.final) == ("failed", "")
    assert answer.text == "Ada Lovelace was born in London."
    assert "the model is down" in answer.decisions[-1].reason


def test_a_generator_that_is_slow_is_not_asked_again_after_the_deadline(drive: Driver) -> None:
    class Slow(ScriptedGenerator):
        def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
            time.sleep(0.05 * len(requests))
            return super().generate(requests)

    answer = drive(controller(Slow(continuing(WHOLE)), draft_tokens=8, deadline_s=0.04))
    assert (answer.outcome, answer.usage.llm_calls) == ("truncated", 1)
    assert answer.text == "Ada Lovelace was born in London."
    assert answer.decisions[-1].reason == "the deadline of 0.04 s has passed"


def test_a_generator_that_never_stops_is_stopped(drive: Driver) -> None:
    def endless(prefix: str, _task: str) -> str:
        if prefix.endswith("answer is"):
            return " London."
        n = prefix.count(".")
        return "".join(f" City {i} is a town." for i in range(n, n + 500))

    answer = drive(controller(ScriptedGenerator(endless), max_tokens=60))
    assert (answer.outcome, answer.final) == ("truncated", "London")
    assert answer.usage.completion_tokens < 250
