"""Runs the steps of many questions side by side, so that their drafts share calls of the model.

While the model works on one batch, the other questions retrieve and are checked in threads. A
question's answer does not depend on which others it ran beside, except through the rounding of
batched arithmetic.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TypeVar

from quco.answer import Answer
from quco.controller.effects import Effect, Generate, Reply
from quco.controller.loop import Steps
from quco.controller.world import World
from quco.errors import QuCoError

K = TypeVar("K")

Outcome = Answer | QuCoError
"""The answer to a question, or why there is none."""


def run_steps(steps: Steps, world: World) -> Answer:
    """Carry out the steps of one question."""
    effect = next(steps)
    while True:
        try:
            effect = steps.send(world.perform(effect))
        except StopIteration as end:
            answer: Answer = end.value
            return answer


@dataclass(slots=True)
class _Waiting:
    """A question that waits for a draft."""

    key: object
    steps: Steps
    effect: Generate


def run_many(
    tasks: Iterable[tuple[K, Callable[[], Steps]]],
    world: World,
    *,
    batch_size: int,
    jobs: int = 1,
    on_draft: Callable[[], None] | None = None,
) -> Iterator[tuple[K, Outcome]]:
    """Yield (key, answer or error) of each task as soon as it is there.

    Parameters
    ----------
    tasks : iterable of (key, callable)
        The callable begins the steps of a question.
    world : World
        Carries out their effects; its retriever and checker must be safe to share by threads.
    batch_size : int
        Drafts in one call of the generator, at most.
    jobs : int
        Threads that retrieve and check.
    on_draft : callable, optional
        Called after each call of the generator.

    Notes
    -----
    Up to twice `batch_size` questions are under way. The generator is called with a full batch,
    or with what there is when no other question could join. Errors that are not of this library
    end the run.
    """
    unbegun = iter(tasks)
    ready: deque[_Waiting] = deque()
    moving: set[Future[tuple[object, _Waiting | Outcome]]] = set()
    with ThreadPoolExecutor(jobs) as pool:
        try:
            while True:
                while len(ready) + len(moving) < 2 * batch_size:
                    task = next(unbegun, None)
                    if task is None:
                        break
                    moving.add(pool.submit(_begin, *task, world))
                if not (ready or moving):
                    return
                done = {future for future in moving if future.done()}
                if not done and len(ready) < batch_size and moving:
                    done = wait(moving, return_when=FIRST_COMPLETED).done
                moving -= done
                for future in done:
                    key, result = future.result()
                    if isinstance(result, _Waiting):
                        ready.append(result)
                    else:
                        yield key, result  # type: ignore[misc]  # keys come back as they came
                if len(ready) >= batch_size or (ready and not moving):
                    moving |= _draft(ready, world, batch_size, pool)
                    if on_draft is not None:
                        on_draft()
        finally:
            pool.shutdown(cancel_futures=True)


def _draft(
    ready: deque[_Waiting], world: World, batch_size: int, pool: ThreadPoolExecutor
) -> set[Future[tuple[object, _Waiting | Outcome]]]:
    """Have the first questions drafted; return their further steps."""
    batch = [ready.popleft() for _ in range(min(batch_size, len(ready)))]
    replies = world.generate([waiting.effect for waiting in batch])
    return {
        pool.submit(_go_on, waiting.key, waiting.steps, reply, world)
        for waiting, reply in zip(batch, replies, strict=True)
    }


def _begin(
    key: object, begin: Callable[[], Steps], world: World
) -> tuple[object, _Waiting | Outcome]:
    try:
        steps = begin()
    except QuCoError as error:
        return key, error
    return _advance(key, steps, lambda: next(steps), world)


def _go_on(
    key: object, steps: Steps, reply: Reply, world: World
) -> tuple[object, _Waiting | Outcome]:
    return _advance(key, steps, lambda: steps.send(reply), world)


def _advance(
    key: object, steps: Steps, step: Callable[[], Effect], world: World
) -> tuple[object, _Waiting | Outcome]:
    """Take steps until the question needs a draft or is done."""
    try:
        effect = step()
        while not isinstance(effect, Generate):
            effect = steps.send(world.perform(effect))
    except StopIteration as end:
        answer: Answer = end.value
        return key, answer
    except QuCoError as error:
        return key, error
    return key, _Waiting(key, steps, effect)
