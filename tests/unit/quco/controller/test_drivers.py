"""One loop, many drivers: the same answers, told as they come, and nothing after a cancellation."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from quco.answer import Answer, AnswerSentence, Decision
from quco.config import ControllerPolicy
from quco.controller import Controller
from quco.errors import BudgetExhaustedError, GenerationError, InputError
from quco.types import Generation, GenerationRequest, Passage, Verdict
from tests.scripted import ScriptedChecker, ScriptedGenerator, ScriptedRetriever

QUESTIONS = ["Who is Ada?", "Who is Bo?", "Who is Cy?"]
WRONG = "Ada is a cat."


def correcting(prefix: str, task: str) -> str:
    """Write nonsense until a passage is shown; then two good sentences and the answer."""
    first = " Ada is a poet. Poets is people." if "about Ada" in task else f" {WRONG}"
    return f"{first} So the answer is {'poet' if 'poet' in first else 'cat'}.".removeprefix(prefix)


def make(generator: Any = None, **policy: Any) -> Controller:
    return Controller(
        generator or ScriptedGenerator(correcting),
        ScriptedRetriever(),
        ScriptedChecker({WRONG: Verdict.UNSUPPORTED}),
        ControllerPolicy(**policy),
    )


def plain(answer: Answer) -> dict[str, Any]:
    found = answer.to_dict()
    del found["usage"]["seconds"]
    return found


async def collect(controller: Controller, question: str) -> list[Any]:
    return [event async for event in controller.astream(question)]


def test_all_drivers_give_the_same_answers() -> None:
    expected = [plain(make().run(question)) for question in QUESTIONS]

    async def alone() -> list[Answer]:
        return await asyncio.gather(*(make().arun(question) for question in QUESTIONS))

    assert [plain(answer) for answer in asyncio.run(alone())] == expected
    assert [plain(answer) for answer in make().run_many(QUESTIONS)] == expected
    assert [plain(a) for a in asyncio.run(make().arun_many(QUESTIONS))] == expected
    assert [plain(list(make().stream(question))[-1]) for question in QUESTIONS] == expected
    for question, answer in zip(QUESTIONS, expected, strict=True):
        assert plain(asyncio.run(collect(make(), question))[-1]) == answer


def test_a_batch_shares_calls_of_generator_and_checker() -> None:
    controller = make()
    controller.run_many(QUESTIONS)
    assert controller.generator.batches[0] == 3  # type: ignore[attr-defined]


def test_a_batch_of_nothing_is_nothing() -> None:
    assert make().run_many([]) == []


@pytest.mark.parametrize("stage", ["generate", "check_questions", "check_sentences"])
def test_a_shared_call_that_fails_is_made_for_each_alone(
    stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [plain(make().run(question)) for question in QUESTIONS]
    controller = make()
    part: Any = controller.generator if stage == "generate" else controller.verifier
    whole = getattr(part, stage)

    def only_one(items: list[Any]) -> Any:
        if len(items) > 1:
            raise GenerationError("too many at once")
        return whole(items)

    monkeypatch.setattr(part, stage, only_one)
    assert [plain(answer) for answer in controller.run_many(QUESTIONS)] == expected


def test_events_come_in_the_order_of_what_happened() -> None:
    events = list(make().stream(QUESTIONS[0]))
    shown = [e.kind if isinstance(e, Decision) else type(e).__name__ for e in events]
    assert shown == [
        "check_question",
        "retrieve",
        "Passage",
        "regenerate",
        *["AnswerSentence", "accept"] * 3,
        "Answer",
    ]


def test_events_add_up_to_the_answer_and_hold_no_draft() -> None:
    *events, answer = list(make().stream(QUESTIONS[0]))
    assert isinstance(answer, Answer)
    assert tuple(e for e in events if isinstance(e, AnswerSentence)) == answer.sentences
    assert tuple(e for e in events if isinstance(e, Decision)) == answer.decisions
    assert tuple(e for e in events if isinstance(e, Passage)) == answer.passages
    assert "cat" not in "".join(e.text for e in events if isinstance(e, AnswerSentence))


def test_sentences_come_before_the_next_draft_is_begun() -> None:
    generator = ScriptedGenerator(lambda prefix, _t: f" Item{len(prefix)} is a thing. X is")
    stream = make(generator, draft_tokens=6).stream(QUESTIONS[0])
    next(event for event in stream if isinstance(event, AnswerSentence))
    assert len(generator.requests) == 1
    stream.close()  # type: ignore[attr-defined]
    assert len(generator.requests) == 1


@pytest.mark.parametrize("driver", ["stream", "astream"])
def test_what_happened_before_an_error_is_told(driver: str) -> None:
    controller = make(ScriptedGenerator(lambda _p, _t: f" {WRONG}"), on_exhausted="raise")
    seen: list[Any] = []

    def listen() -> None:
        for event in controller.stream(QUESTIONS[0]):
            seen.append(event)  # noqa: PERF402 - kept where the loop ends in an error

    async def alisten() -> None:
        async for event in controller.astream(QUESTIONS[0]):
            seen.append(event)  # noqa: PERF401 - the same

    with pytest.raises(BudgetExhaustedError, match="cat"):
        listen() if driver == "stream" else asyncio.run(alisten())
    kinds = [event.kind for event in seen if isinstance(event, Decision)]
    assert kinds == ["check_question", "retrieve", "regenerate"]


def test_questions_that_cannot_be_asked_are_refused_by_every_driver() -> None:
    controller = make()
    for call in (controller.run, lambda q: list(controller.stream(q))):
        with pytest.raises(InputError):
            call(" ")
    for acall in (controller.arun(" "), collect(controller, " "), controller.arun_many([" "])):
        with pytest.raises(InputError):
            asyncio.run(acall)  # type: ignore[arg-type]


class SlowGenerator(ScriptedGenerator):
    """Blocks its thread in every call, as a model does; never comes to an end."""

    def __init__(self, seconds: float) -> None:
        super().__init__(lambda prefix, _t: f" Item{len(prefix)} is a thing.")
        self.seconds = seconds
        self.begun = threading.Event()

    def generate(self, requests: Any) -> list[Generation]:
        self.begun.set()
        time.sleep(self.seconds)
        return super().generate(requests)

    def _one(self, request: GenerationRequest) -> Generation:
        found = super()._one(request)
        return Generation(found.text + " X is", "length")


@pytest.mark.parametrize("driver", ["arun", "astream", "arun_many"])
async def test_cancellation_stops_the_work(driver: str) -> None:
    generator = SlowGenerator(0.05)
    controller = make(generator, max_tokens=10_000, max_llm_calls=10_000)
    work: Any = {
        "arun": lambda: controller.arun(QUESTIONS[0]),
        "astream": lambda: collect(controller, QUESTIONS[0]),
        "arun_many": lambda: controller.arun_many(QUESTIONS),
    }[driver]
    task = asyncio.create_task(work())
    await asyncio.to_thread(generator.begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0.1)
    calls = len(generator.requests)
    await asyncio.sleep(0.2)
    assert len(generator.requests) == calls <= len(QUESTIONS)


async def test_the_event_loop_runs_while_the_model_writes() -> None:
    generator = SlowGenerator(0.2)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.005)
            ticks += 1

    ticking = asyncio.create_task(tick())
    await make(generator, max_llm_calls=2).arun(QUESTIONS[0])
    ticking.cancel()
    assert ticks >= 10


class Watched:
    """A part of the world that notes which threads use it."""

    def __init__(self, part: Any) -> None:
        self.part = part
        self.threads: dict[str, set[int]] = {}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.part, name)
        if not callable(found):
            return found

        def noted(*arguments: Any) -> Any:
            self.threads.setdefault(name, set()).add(threading.get_ident())
            return found(*arguments)

        return noted


@pytest.mark.parametrize("driver", ["arun", "astream", "arun_many"])
async def test_no_part_of_the_world_is_used_on_the_thread_of_the_event_loop(driver: str) -> None:
    plain = make()
    parts = [Watched(part) for part in (plain.generator, plain.retriever, plain.verifier)]
    controller = Controller(*parts, plain.policy)
    work: Any = {
        "arun": lambda: controller.arun(QUESTIONS[0]),
        "astream": lambda: collect(controller, QUESTIONS[0]),
        "arun_many": lambda: controller.arun_many(QUESTIONS),
    }[driver]
    await work()
    used = {name: threads for part in parts for name, threads in part.threads.items()}
    checks = ["check_question", "check_sentence"]
    if driver == "arun_many":
        checks += ["check_questions", "check_sentences"]
    assert set(used) >= {"generate", "retrieve", "split", *checks[-2:]}
    assert threading.get_ident() not in set().union(*used.values())


async def test_fifty_tasks_and_eight_threads_get_the_same_answers() -> None:
    controller = make()
    expected = plain(make().run(QUESTIONS[0]))
    answers = await asyncio.gather(*(controller.arun(QUESTIONS[0]) for _ in range(50)))
    assert [plain(answer) for answer in answers] == [expected] * 50
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(controller.run, [QUESTIONS[0]] * 40))
    assert [plain(answer) for answer in together] == [expected] * 40
