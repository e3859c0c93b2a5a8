"""How long QuCo keeps an event loop from running anything else.

    python -m eval.benchmarks.bench_event_loop --cache DIR

Questions are answered side by side by the chain over the demo corpus, while a task on the same
loop asks to run every millisecond; the longest it has to wait is what others would. The same is
measured with nothing to do: what the machine itself keeps it waiting.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

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
        await chain.ainvoke({"question": "Who directed Metropolis?"})  # everything is loaded
        for n in AT_ONCE if name == "scripted" else AT_ONCE[:2]:
            asked: Any = [{"question": f"Who directed film {i} of 1927?"} for i in range(n)]
            found[f"{name}_{n}_at_once"] = await waits(partial(chain.abatch, asked))
    return found


async def waits(work: Callable[[], Awaitable[Any]]) -> dict[str, float]:
    """Return milliseconds that a task waits for its turn while `work` goes on."""
    waited: list[float] = []

    async def watch() -> None:
        while True:
            asked = time.perf_counter()
            await asyncio.sleep(0.001)
            waited.append((time.perf_counter() - asked) * 1000 - 1)

    watching = asyncio.create_task(watch())
    await work()
    watching.cancel()
    return {
        "median_ms": median(waited),
        "p99_ms": quantiles(waited, n=100)[-1],
        "longest_ms": max(waited),
        "n_turns": len(waited),
    }


def rest(request: GenerationRequest) -> str:
    """Return what follows the prefix."""
    return WHOLE.removeprefix(request.prefix)


if __name__ == "__main__":
    main()
