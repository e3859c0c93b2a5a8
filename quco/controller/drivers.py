"""Three ways to drive the control loop: one question, a batch, and asyncio.

The loop is the same in all; they differ only in how its effects are carried out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from quco.answer import Answer
from quco.config import ControllerPolicy
from quco.controller.effects import Effect, Generate, Reply
from quco.controller.loop import Steps, answer_steps
from quco.controller.world import World
from quco.errors import InputError
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
                effect = steps.send(self._world.perform(effect))
            except StopIteration as end:
                answer: Answer = end.value
                return answer

    async def arun(self, question: str) -> Answer:
        """Answer one question without blocking the event loop; like `run`."""
        steps = self._steps(question)
        effect = next(steps)
        while True:
            reply = await asyncio.to_thread(self._world.perform, effect)
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
        replies = {i: self._world.perform(e) for i, e in effects.items() if i not in drafts}
        return replies | dict(zip(drafts, self._world.generate(list(drafts.values())), strict=True))

    @property
    def _world(self) -> World:
        return World(self.generator, self.retriever, self.verifier)
