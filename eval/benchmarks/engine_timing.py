"""Timing engines in turns, so that other work of the machine hits all alike."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 20
Engines = Mapping[str, Callable[[Any], object]]


def in_turns(
    engines: Engines, queries: Mapping[str, Sequence[Any]], rounds: int
) -> dict[str, NDArray[Any]]:
    """Return the least time of each query in microseconds, by engine.

    Parameters
    ----------
    engines : mapping
        What to call with a query, by name.
    queries : mapping
        The same queries in the form that each engine takes, by name.
    rounds : int
        How often each query is asked. Blocks of a few queries go to every engine in turn, in an
        order that is drawn for each block: what an engine finds in the processor's caches depends
        on which one was asked before.
    """
    n = len(next(iter(queries.values())))
    best = {name: np.full(n, np.inf) for name in engines}
    clock = time.perf_counter_ns
    chance = random.Random(6)
    for _ in range(rounds):
        for first in range(0, n, BLOCK):
            for name in chance.sample(list(engines), len(engines)):
                ask = engines[name]
                for i, query in enumerate(queries[name][first : first + BLOCK], first):
                    started = clock()
                    ask(query)
                    best[name][i] = min(best[name][i], (clock() - started) / 1000)
    return best


def quantiles(times: dict[str, NDArray[Any]]) -> dict[str, dict[str, float]]:
    """Return the 50th, 90th and 99th percentile of each engine's times."""
    return {
        name: {f"p{q}_us": round(float(np.percentile(values, q)), 2) for q in (50, 90, 99)}
        for name, values in times.items()
    }


def ratios(found: dict[str, dict[str, float]], ours: str) -> dict[str, dict[str, float]]:
    """Return how many times the percentiles of `ours` the others' are."""
    return {
        name: {key[:-3]: round(value / found[ours][key], 1) for key, value in values.items()}
        for name, values in found.items()
        if not name.startswith("corpus_engine")
    }
