"""Three ways to drive the control loop: one question, a batch, and asyncio.

The loop is the same in all; they differ only in how its effects are carried out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from quco.answer import Answer
from quco.config import ControllerPolicy
from quco.controller.effects import (
    CheckQuestion,
    CheckSentence,
    Effect,
    Generate,
    Reply,
    Retrieve,
    Value,
)
from quco.controller.loop import Steps, answer_steps
from quco.errors import InputError, QuCoError, RetrievalError
from quco.ports import Checker, Generator, Retriever
from quco.prompts import FewShotPrompt

MAX_QUESTION_CHARS = 10_000
"""A longer question is refused: it would not fit into a prompt."""


class Controller:
    """Answers questions; retrieves where the corpus says that the model may be guessing.

    Parameters
    ----------
    generator : Generator
        The language model.
    retriever : Retriever or None
        Finds passages; None only with a policy that never retrieves.
    verifier : Checker
        Asks the corpus; usually a `quco.verifier.Verifier`.
    policy : ControllerPolicy
        When to retrieve and when to stop.
    prompt : FewShotPrompt
        Worked examples and layout.
    """

    def __init__(
        self,
        generator: Generator,
        retriever: Retriever | None,
        verifier: Checker,
        policy: ControllerPolicy | None = None,
        prompt: FewShotPrompt | None = None,
    ) -> None:
        self.generator = generator
        self.retriever = retriever
        self.verifier = verifier
        self.policy = policy or ControllerPolicy()
        self.prompt = prompt or FewShotPrompt()

    def run(self, question: str, *, on_effect: Callable[[Effect], None] | None = None) -> Answer:
        """Answer one question.

        Parameters
        ----------
        question : str
            At most `MAX_QUESTION_CHARS` characters, not blank.
        on_effect : callable, optional
            Called with each effect before it is carried out: for progress displays.

        Raises
        ------
        InputError
            If the question is blank or too long.
        GenerationError
            If the generator fails before it has written anything.
        BudgetExhaustedError
            If the policy says "raise" and a sentence stays suspect.
        """
        steps = self._steps(question)
        effect = next(steps)
        while True:
            if on_effect is not None:
                on_effect(effect)
            try:
                effect = steps.send(self._perform(effect))
            except StopIteration as end:
                answer: Answer = end.value
                return answer

    async def arun(self, question: str) -> Answer:
        """Answer one question without blocking the event loop; like `run`."""
        steps = self._steps(question)
        effect = next(steps)
        while True:
            reply = await asyncio.to_thread(self._perform, effect)
            try:
                effect = steps.send(reply)
            except StopIteration as end:
                answer: Answer = end.value
                return answer

    def run_many(self, questions: Sequence[str]) -> list[Answer]:
        """Answer questions side by side, so that their drafts share calls of the generator.

        The answers are those of `run`, in order.
        """
        running = {index: self._steps(question) for index, question in enumerate(questions)}
        waiting = {index: next(steps) for index, steps in running.items()}
        answers: dict[int, Answer] = {}
        while waiting:
            for index, reply in self._perform_many(waiting).items():
                try:
                    waiting[index] = running[index].send(reply)
                except StopIteration as end:
                    answers[index] = end.value
                    del waiting[index]
        return [answers[index] for index in range(len(questions))]

    def _steps(self, question: str) -> Steps:
        if not question.strip():
            raise InputError("the question is blank; ask something")
        if len(question) > MAX_QUESTION_CHARS:
            raise InputError(
                f"the question has {len(question):,} characters; at most {MAX_QUESTION_CHARS:,} "
                "are allowed: shorten it, or check the text with `quco check`"
            )
        return answer_steps(question, self.policy, self.prompt, self.verifier.split)

    def _perform_many(self, effects: dict[int, Effect]) -> dict[int, Reply]:
        drafts = {i: e for i, e in effects.items() if isinstance(e, Generate)}
        replies = {i: self._perform(e) for i, e in effects.items() if i not in drafts}
        if len(drafts) > 1:
            start = time.perf_counter()
            try:
                values = self.generator.generate([e.request for e in drafts.values()])
            except QuCoError:
                return replies | {i: self._perform(e) for i, e in drafts.items()}
            share = (time.perf_counter() - start) / len(drafts)
            together = zip(drafts, values, strict=True)
            return replies | {i: Reply(value, seconds=share) for i, value in together}
        return replies | {i: self._perform(e) for i, e in drafts.items()}

    def _perform(self, effect: Effect) -> Reply:
        start = time.perf_counter()
        try:
            value = self._carry_out(effect)
        except QuCoError as error:
            return Reply(error=error, seconds=time.perf_counter() - start)
        return Reply(value, seconds=time.perf_counter() - start)

    def _carry_out(self, effect: Effect) -> Value:
        match effect:
            case Generate(request):
                return self.generator.generate([request])[0]
            case Retrieve(query, k):
                if self.retriever is None:
                    raise RetrievalError("no retriever is configured")
                return self.retriever.retrieve(query, k)
            case CheckQuestion(question):
                return self.verifier.check_question(question)
            case CheckSentence(sentence, context):
                return self.verifier.check_sentence(sentence, context)
