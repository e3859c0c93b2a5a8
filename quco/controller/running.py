"""Questions on their way to an answer: one (`Run`), or several that share calls (`Batch`).

The loop is the same for all drivers; they differ in when and where they call `step`.
"""

from __future__ import annotations

from collections.abc import Sequence

from quco.answer import Answer
from quco.controller.effects import Effect, Reply
from quco.controller.ledger import Entry, Ledger
from quco.controller.loop import Steps
from quco.controller.world import World
from quco.errors import QuCoError

Event = Entry | Answer
"""What a driver tells of: passages, decisions and accepted sentences, last of all the answer."""


class Run:
    """One question on its way; each step may run in another thread, one at a time."""

    def __init__(self, ledger: Ledger, steps: Steps) -> None:
        self.effect: Effect | None = None
        """What the loop waits for; None before the first step and after the last."""
        self.answer: Answer | None = None
        """The answer, once it is there."""
        self._ledger = ledger
        self._steps = steps
        self._told = 0
        self._error: QuCoError | None = None

    def step(self, world: World) -> list[Event]:
        """Carry out what the loop waits for, and go on; see `send`."""
        reply = world.perform(self.effect) if self.effect is not None else None
        return self.send(reply)

    def send(self, reply: Reply | None) -> list[Event]:
        """Let the loop go on up to what it asks for next; return what happened on the way.

        An error that ends the run is raised when all that happened before it has been told of.
        """
        if self._error is not None:
            raise self._error
        end: list[Event] = []
        try:
            self.effect = next(self._steps) if reply is None else self._steps.send(reply)
        except StopIteration as stop:
            self.effect, self.answer = None, stop.value
            end = [stop.value]
        except QuCoError as error:
            self.effect, self._error = None, error
        news = self._ledger.log[self._told :]
        self._told += len(news)
        if self._error is not None and not news:
            raise self._error
        return [*news, *end]


class Batch:
    """Several questions on their way side by side."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = runs

    @property
    def answers(self) -> list[Answer] | None:
        """The answers in order, once all are there."""
        found = [run.answer for run in self._runs if run.answer is not None]
        return found if len(found) == len(self._runs) else None

    def step(self, world: World) -> None:
        """Carry out what each question waits for, and let all go on."""
        waiting = {i: run.effect for i, run in enumerate(self._runs) if run.effect is not None}
        replies = world.perform_many(waiting)
        for index, run in enumerate(self._runs):
            if run.answer is None:
                run.send(replies.get(index))
