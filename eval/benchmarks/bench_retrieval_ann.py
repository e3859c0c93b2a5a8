"""Approximate search beside exact search, over real vectors.

python -m eval.benchmarks.bench_retrieval_ann --cache DIR
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from eval.benchmarks.record import record
from eval.benchmarks.retrieval_data import CachedEncoder, load_corpus, load_questions, minilm
from retrievers import DenseOptions
from retrievers.dense_index import DenseIndex
from retrievers.encoding import BLOCK

QUERIES = 200
KINDS = {
    "Flat": DenseOptions("Flat"),
    "Flat, float16": DenseOptions("Flat", storage="float16"),
    "HNSW32": DenseOptions("HNSW32"),
    "HNSW32, float16": DenseOptions("HNSW32", storage="float16"),
    "IVF1024,Flat": DenseOptions("IVF1024,Flat"),
}


def least_ms(call: Callable[[Any], object], inputs: Sequence[Any], rounds: int = 3) -> float:
    """Return the mean over the inputs of the least time of a call, in milliseconds."""
    best = np.full(len(inputs), np.inf)
    for _ in range(rounds):
        for number, value in enumerate(inputs):
            start = time.perf_counter()
            call(value)
            best[number] = min(best[number], time.perf_counter() - start)
    return round(float(best.mean()) * 1e3, 3)


def kinds_of_index(encoder: CachedEncoder) -> dict[str, Any]:
    """Return, for each kind of index of 70,000 real vectors: recall against Flat, times, size."""
    passages = load_corpus("wiki")
    texts = [passage.content for passage in passages]
    vectors = np.concatenate(
        [encoder.encode(texts[start : start + BLOCK]) for start in range(0, len(texts), BLOCK)]
    )
    questions = [question.text for question in load_questions("popqa", passages)][:QUERIES]
    queries = list(encoder.encode(questions, kind="query"))
    exact = [set((np.argsort(-(vectors @ query))[:10]).tolist()) for query in queries]
    results: dict[str, Any] = {}
    for name, options in KINDS.items():
        start = time.perf_counter()
        index = DenseIndex.build(vectors, encoder=encoder.name, options=options)
        seconds = time.perf_counter() - start
        found = [set(index.search(query, 10)[0].tolist()) for query in queries]
        shared = [len(one & other) / 10 for one, other in zip(found, exact, strict=True)]
        results[name] = {
            "recall@10 against exact": round(float(np.mean(shared)), 4),
            "build, s": round(seconds, 1),
            "query, ms": least_ms(partial(index.search, k=10), queries),
            "options": asdict(options),
        }
        print(name, results[name], flush=True)
    return results


def main() -> None:
    """Measure and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    encoder = minilm(parser.parse_args().cache)
    record(
        "retrieval_ann",
        kinds_of_index(encoder),
        data={
            "vectors": f"corpus_wiki, 71,529 passages, with {encoder.name}",
            "queries": f"{QUERIES} questions of qa_popqa",
            "statistic": "mean over queries of the least of 3 turns",
        },
        packages=("faiss-cpu",),
    )


if __name__ == "__main__":
    main()
