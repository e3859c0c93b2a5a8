"""Questions side by side: the same answers, shared calls, failures that stay where they are."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from eval.methods import find_method
from eval.scheduling import run_many
from eval.types import Sample
from quco.answer import Answer
from quco.errors import GenerationError, InputError
from quco.types import Passage
from tests.scripted_tokens import whole
from tests.unit.eval.methods.parts import generator, parts

ANSWER = " Gertie is Norse. Norse is Oslo. So the answer is Oslo."
SAMPLES = [Sample(str(i), f"Question {i}?", ("Oslo",)) for i in range(7)]


@pytest.mark.parametrize(("batch_size", "jobs"), [(1, 1), (3, 2), (8, 4)])
def test_answers_are_those_of_single_runs(batch_size: int, jobs: int) -> None:
    alone = find_method("fs-rag")(parts(whole(ANSWER)))
    expected = {s.id: alone.answer(s).text for s in SAMPLES}
    together = find_method("fs-rag")(parts(whole(ANSWER)))
    tasks = [(s.id, partial(together.steps, s)) for s in SAMPLES]
    found = dict(run_many(tasks, together.world, batch_size=batch_size, jobs=jobs))
    assert {i: a.text for i, a in found.items() if isinstance(a, Answer)} == expected
    sizes = generator(together.parts).batches
    assert max(sizes) == min(batch_size, len(SAMPLES))
    assert sum(sizes) == 3 * len(SAMPLES)


def test_one_question_that_fails_leaves_the_others_alone() -> None:
    def script(prefix: str, shown: bool) -> str:
        return whole(ANSWER)(prefix, shown)

    shared = parts(script)
    method = find_method("no-rag")(shared)
    bad = SAMPLES[3].question
    model = generator(shared)
    original = model._one

    def sometimes(request):  # type: ignore[no-untyped-def]
        if bad in request.messages[-1].content:
            raise GenerationError("too long")
        return original(request)

    model._one = sometimes  # type: ignore[method-assign]
    tasks = [(s.id, partial(method.steps, s)) for s in SAMPLES]
    found = dict(run_many(tasks, method.world, batch_size=4, jobs=2))
    assert {i for i, outcome in found.items() if not isinstance(outcome, Answer)} == {"3"}
    assert str(found["3"]) == "too long"


def test_a_question_that_a_method_refuses_fails_alone() -> None:
    method = find_method("gold")(parts(whole(ANSWER)))
    samples = [replace(SAMPLES[0], gold=(Passage("p", "Gertie is Norse."),)), SAMPLES[1]]
    tasks = [(s.id, partial(method.steps, s)) for s in samples]
    found = dict(run_many(tasks, method.world, batch_size=2))
    assert isinstance(found["0"], Answer)
    assert isinstance(found["1"], InputError)


def test_a_query_is_retrieved_once_and_costs_each_method_the_same() -> None:
    shared = parts(whole(ANSWER))
    first = find_method("sr-rag")(shared).answer(SAMPLES[0])
    second = find_method("sr-rag")(shared).answer(SAMPLES[0])
    assert len(shared.retriever.queries) == 1  # type: ignore[attr-defined]
    assert second.usage.retrievals == 1
    assert second.usage.seconds["retrieve"] == first.usage.seconds["retrieve"]
