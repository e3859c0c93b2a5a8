"""Counts and co-occurrence beside infini-gram and fast-gram: one index, the same queries, in turns.

    python -m eval.benchmarks.bench_engine_queries --cache DIR

A block of queries is asked of every engine in turn, for a few rounds, and the least time of each
query counts, since the machine may have other work. The others are given token ids; this engine is
given text, whose analysis is in its time. The page cache is warm.
"""

import argparse
import os
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_engine import CorpusIndex
from eval.benchmarks.engine_data import COPIES, Phrase, Phrases, word_index
from eval.benchmarks.record import record

WINDOW = 1000
COUNTS = 1500
PAIRS = 500
COLD = 40
ROUNDS = 4
BLOCK = 100
Engines = dict[str, Callable[[Any], object]]


def in_turns(engines: Engines, queries: Sequence[Any], rounds: int) -> dict[str, NDArray[Any]]:
    """Return the least time of each query in microseconds, by engine."""
    best = {name: np.full(len(queries), np.inf) for name in engines}
    for _ in range(rounds):
        for first in range(0, len(queries), BLOCK):
            for name, ask in engines.items():
                for i, query in enumerate(queries[first : first + BLOCK], first):
                    started = time.perf_counter_ns()
                    ask(query)
                    best[name][i] = min(best[name][i], (time.perf_counter_ns() - started) / 1000)
    return best


def quantiles(times: dict[str, NDArray[Any]]) -> dict[str, dict[str, float]]:
    """Return the 50th, 90th and 99th percentile of each engine's times."""
    return {
        name: {f"p{q}_us": round(float(np.percentile(values, q)), 2) for q in (50, 90, 99)}
        for name, values in times.items()
    }


def ratios(found: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Return how many times this engine's percentiles the others' are."""
    ours = found["corpus_engine"]
    return {
        name: {key[:-3]: round(value / ours[key], 1) for key, value in values.items()}
        for name, values in found.items()
        if name != "corpus_engine"
    }


def cold_blocks(folder: Path, queries: Sequence[Phrase]) -> list[float]:
    """Return the 4 KiB blocks that each count reads when no file of the index is in memory."""
    blocks = []
    for query in queries:
        for file in folder.iterdir():
            handle = os.open(file, os.O_RDONLY)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)
        with CorpusIndex.open(folder) as index:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_inblock
            index.count_ids(query.ids)
            blocks.append((resource.getrusage(resource.RUSAGE_SELF).ru_inblock - before) / 8)
    return blocks


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="Folder for the index.")
    folder = word_index(parser.parse_args().cache)
    from fastgram import GramEngine
    from infini_gram.engine import InfiniGramEngine

    theirs = InfiniGramEngine([str(folder)], eos_token_id=0)
    fast = GramEngine(str(folder), eos_token_id=0)
    with CorpusIndex.open(folder) as index:
        phrases = Phrases(index, 3)
        queries = [phrases.mixed() for _ in range(COUNTS)]
        pairs = [phrases.pair() for _ in range(PAIRS)]
        for query in queries[:100]:
            expected = theirs.count(query.ids)["count"]
            if index.count(query.text).value != expected:
                raise SystemExit(f"{query} is counted differently")
        counts = quantiles(
            in_turns(
                {
                    "corpus_engine": lambda q: index.count(q.text),
                    "infini_gram": lambda q: theirs.count(q.ids),
                    "fast_gram": lambda q: fast.count(q.ids),
                },
                queries,
                ROUNDS,
            )
        )
        texts = [query.text for query in queries]
        batch = in_turns({"batch": index.count_many}, [texts], 5 * ROUNDS)["batch"][0] / COUNTS

        def clauses(pair: tuple[Phrase, Phrase]) -> list[list[list[int]]]:
            return [[pair[0].ids], [pair[1].ids]]

        together = quantiles(
            in_turns(
                {
                    "corpus_engine": lambda p: index.cooccurrence(
                        p[0].text, p[1].text, window=WINDOW, at_least=1
                    ),
                    "infini_gram": lambda p: theirs.count_cnf(clauses(p), None, WINDOW),
                    "fast_gram": lambda p: fast.count_cnf(clauses(p), None, WINDOW),
                },
                pairs,
                2,
            )
        )
        data = {
            "text": f"Wikipedia passages, {COPIES} copies, documents and sentences shuffled",
            "n_tokens": index.n_tokens,
            "n_documents": index.n_documents,
            "counts": COUNTS,
            "pairs": PAIRS,
            "window": WINDOW,
        }
    cold = cold_blocks(folder, queries[:COLD])
    results = {
        "count": {"times": counts, "ratios": ratios(counts)},
        "count_many": {
            "per_query_us": round(float(batch), 2),
            "infini_gram_ratio": round(counts["infini_gram"]["p50_us"] / float(batch), 1),
        },
        "cooccurrence_at_least_1": {"times": together, "ratios": ratios(together)},
        "cold_count_4k_blocks": {
            "median": float(np.median(cold)),
            "p90": float(np.percentile(cold, 90)),
            "queries": COLD,
        },
    }
    record(
        "engine_queries",
        results,
        data=data,
        packages=("numba", "infini-gram", "fast-gram"),
    )
    print(results)


if __name__ == "__main__":
    main()
