"""Ways to drive the control loop: one question or a batch, at once or event by event, with asyncio.

The loop is the same in all; so are the answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence

from quco.answer import Answer
from quco.config import ControllerPolicy
from quco.controller.ledger import Ledger
from quco.controller.loop import answer_steps
from quco.controller.running import Batch, Event, Run
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

    def run(self, question: str) -> Answer:
        """Answer one question.

        Parameters
        ----------
        question : str
            At most `MAX_QUESTION_CHARS` characters, not blank.

        Raises
        ------
        InputError
            If the question is blank or too long.
        GenerationError
            If the generator fails before it has written anything.
        BudgetExhaustedError
            If the policy says "raise" and a sentence stays suspect.
        """
        run, world = self._begin(question), self._world()
        while run.answer is None:
            run.step(world)
        return run.answer

    async def arun(self, question: str) -> Answer:
        """Answer one question like `run`; the event loop is free meanwhile.

        A task that is cancelled begins no further work.
        """
        run, world = self._begin(question), self._world()
        while run.answer is None:
            await asyncio.to_thread(run.step, world)
        return run.answer

    def stream(self, question: str) -> Iterator[Event]:
        """Yield what happens while a question is answered, as it happens.

        Yields
        ------
        Passage
            When it is first shown to the model.
        Decision
            When it is made.
        AnswerSentence
            When it is accepted; drafts that are thrown away are never shown.
        Answer
            Last: what `run` returns.

        Raises
        ------
        QuCoError
            As `run` does, when what happened before has been told.
        """
        run, world = self._begin(question), self._world()
        while run.answer is None:
            yield from run.step(world)

    async def astream(self, question: str) -> AsyncIterator[Event]:
        """Yield the events of `stream`; the event loop is free between them.

        When the task is cancelled, or the iterator closed, no further work is begun.
        """
        run, world = self._begin(question), self._world()
        while run.answer is None:
            for event in await asyncio.to_thread(run.step, world):
                yield event

    def run_many(self, questions: Sequence[str]) -> list[Answer]:
        """Answer questions side by side, so that drafts and counts share calls.

        The answers are those of `run`, in order.
        """
        batch, world = Batch([self._begin(question) for question in questions]), self._world()
        while (answers := batch.answers) is None:
            batch.step(world)
        return answers

    async def arun_many(self, questions: Sequence[str]) -> list[Answer]:
        """Answer questions like `run_many`; the event loop is free meanwhile."""
        batch, world = Batch([self._begin(question) for question in questions]), self._world()
        while (answers := batch.answers) is None:
            await asyncio.to_thread(batch.step, world)
        return answers

    def _world(self) -> World:
        return World(self.generator, self.retriever, self.verifier)

    def _begin(self, question: str) -> Run:
        if not question.strip():
            raise InputError("the question is blank; ask something")
        if len(question) > MAX_QUESTION_CHARS:
            raise InputError(
                f"the question has {len(question):,} characters; at most {MAX_QUESTION_CHARS:,} "
                "are allowed: shorten it, or check the text with `quco check`"
            )
        ledger = Ledger(question, self.policy)
        steps = answer_steps(ledger, self.prompt, self.verifier.split, self.generator.capabilities)
        return Run(ledger, steps)
