"""How long QuCo keeps an event loop from running anything else.

    python -m eval.benchmarks.bench_event_loop --cache DIR

Questions are answered side by side by the chain over the demo corpus, while a task on the same
loop asks to run every millisecond; the longest it has to wait is what others would. A busy machine
makes it wait too, so each wait is told beside what this process did meanwhile:

- "ours" is the least of the wait and of the processor time that all threads of this process spent
  in it: more than that we cannot be the reason for, be it work on the loop, a native call that
  keeps the interpreter's lock, or a core taken.
- "callback" is the processor time of the longest piece of work on the loop's own thread.
- "machine" is the longest wait of a task like it in another process at the same time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any, TextIO, cast

from eval.benchmarks.record import record
from quco.adapters.generator.scripted import ScriptedGenerator
from quco.controller import Controller
from quco.demo import build_demo
from quco.langchain import QuCoRAG
from quco.types import GenerationRequest
from quco.wiring import QuCo

WHOLE = (
    " The director of Metropolis is Fritz Lang. Fritz Lang was born in Vienna."
    " The composer of Metropolis is Gottfried Huppertz. So the answer is Fritz Lang."
)
"""What the scripted model writes; with no model to wait for, all the work is Python's and ours."""

AT_ONCE = (1, 10, 50)
"""How many questions are answered at once."""

TICK_S = 0.001
"""How often a watcher asks to run."""

WATCHER = """
import select, sys, time
tick, longest = float(sys.argv[1]), 0.0
print("begun", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    asked = time.perf_counter()
    time.sleep(tick)
    longest = max(longest, time.perf_counter() - asked - tick)
print(longest)
"""
"""Prints the longest wait for a turn, in seconds, when standard input ends."""


def main() -> None:
    """Measure and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="Folder for the index.")
    options = parser.parse_args()
    index = options.cache / "demo-index"
    if not index.exists():
        build_demo(index)
    with QuCo(index) as quco:
        results = asyncio.run(measure(quco))
    data = {"corpus": "demo", "load_average": os.getloadavg()[0]}
    packages = ("langchain-core", "spacy", "xllamacpp")
    print(record("event_loop", results, data=data, packages=packages))
    print(json.dumps(results, indent=1))


async def measure(quco: QuCo) -> dict[str, Any]:
    """Return the waits with nothing to do, with a scripted model, and with the real one."""
    scripted = Controller(ScriptedGenerator(rest), quco.retriever, quco.verifier)
    chains = {
        "scripted": QuCoRAG(controller=scripted),
        "model": QuCoRAG(controller=quco.controller),
    }
    found: dict[str, Any] = {"idle": await waits(lambda: asyncio.sleep(2))}
    for name, chain in chains.items():
        # The very first question, when the chain is made and nothing has been asked yet.
        first = partial(chain.ainvoke, {"question": "Who directed Metropolis?"})
        found[f"{name}_first"] = await waits(first)
        for n in AT_ONCE if name == "scripted" else AT_ONCE[:2]:
            asked: Any = [{"question": f"Who directed film {i} of 1927?"} for i in range(n)]
            found[f"{name}_{n}_at_once"] = await waits(partial(chain.abatch, asked))
    return found


async def waits(work: Callable[[], Awaitable[Any]]) -> dict[str, float]:
    """Return milliseconds that a task waits for its turn while `work` goes on."""
    waited: list[float] = []
    ours: list[float] = []

    async def watch() -> None:
        while True:
            asked, spent = time.perf_counter(), time.process_time()
            await asyncio.sleep(TICK_S)
            waited.append(time.perf_counter() - asked - TICK_S)
            ours.append(min(waited[-1], time.process_time() - spent))

    with callback_times() as callback, machine_waits() as machine:
        watching = asyncio.create_task(watch())
        await work()
        watching.cancel()
    return {
        "median_ms": median(waited) * 1000,
        "p99_ms": quantiles(waited, n=100)[-1] * 1000,
        "longest_ms": max(waited) * 1000,
        "longest_ours_ms": max(ours) * 1000,
        "longest_callback_ms": max(callback) * 1000,
        "longest_machine_ms": max(machine) * 1000,
        "n_turns": len(waited),
    }


@contextmanager
def callback_times() -> Iterator[list[float]]:
    """Yield a list that gets the processor time of each callback of asyncio, in seconds."""
    run = asyncio.Handle._run
    spent: list[float] = []

    def timed(self: asyncio.Handle) -> None:
        begun = time.thread_time()
        run(self)
        spent.append(time.thread_time() - begun)

    asyncio.Handle._run = timed  # type: ignore[method-assign]
    try:
        yield spent
    finally:
        asyncio.Handle._run = run  # type: ignore[method-assign]


@contextmanager
def machine_waits() -> Iterator[list[float]]:
    """Yield a list that gets, in the end, the longest wait of a process that only watches."""
    found: list[float] = []
    watcher = subprocess.Popen(
        [sys.executable, "-S", "-c", WATCHER, str(TICK_S)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with watcher, cast(TextIO, watcher.stdout) as said:
        said.readline()  # it has begun
        try:
            yield found
        finally:
            cast(TextIO, watcher.stdin).close()
        found.append(float(said.readline()))


def rest(request: GenerationRequest) -> str:
    """Return what follows the prefix."""
    return WHOLE.removeprefix(request.prefix)


if __name__ == "__main__":
    main()
