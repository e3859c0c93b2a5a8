"""A million vectors: opened from disk, and searched.

    python -m eval.benchmarks.bench_retrieval_million --cache DIR

The vectors are synthetic, around as many centres as a real collection has topics; they are kept
in DIR with their passages.
"""

import argparse
import ast
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from eval.benchmarks.record import record
from retrievers import DenseOptions, Passage, PassageCollection, Progress
from retrievers.encoder import Kind, Vectors, normalised

MILLION = 1_000_000
DIMENSION = 384
CENTRES = 20_000
QUERIES = 200
KINDS = {
    "HNSW32, the default": DenseOptions(),
    "IVF4096, 64 lists read": DenseOptions("IVF4096,Flat", n_probe=64),
}


class SyntheticEncoder:
    """Ignores the text of passages; the n-th passage gets the n-th synthetic vector."""

    name = "synthetic"
    dimension = DIMENSION

    def __init__(self) -> None:
        self._rng = np.random.default_rng(11)
        self._centres = self._rng.standard_normal((CENTRES, DIMENSION)).astype(np.float32)

    def encode(
        self, texts: Sequence[str], *, kind: Kind = "passage", progress: Progress = None
    ) -> Vectors:
        """Return a vector near a random centre for each text."""
        del kind, progress
        near = self._centres[self._rng.integers(0, CENTRES, len(texts))]
        noise = self._rng.standard_normal((len(texts), DIMENSION)).astype(np.float32)
        return normalised(near + 0.7 * noise)


class ReadyEncoder(SyntheticEncoder):
    """Makes the vectors of the queries before the clock starts."""

    def __init__(self, queries: Sequence[str]) -> None:
        super().__init__()
        self._ready = dict(zip(queries, super().encode(queries), strict=True))

    def encode(
        self, texts: Sequence[str], *, kind: Kind = "passage", progress: Progress = None
    ) -> Vectors:
        """Return the vectors made before."""
        del kind, progress
        return np.stack([self._ready[text] for text in texts])


def build_million(folder: Path, options: DenseOptions) -> float:
    """Build a collection of a million synthetic vectors and return the seconds that it took."""

    def passages() -> Iterator[Passage]:
        for number in range(MILLION):
            yield Passage(f"p{number}", "", f"Passage {number}.", {"part": number % 10})

    def show(stage: str, done: int, total: int | None) -> None:
        if total and done == total:
            print(stage, done, round(time.perf_counter() - start), "s", flush=True)

    start = time.perf_counter()
    collection = PassageCollection.build(
        passages(), encoder=SyntheticEncoder(), dense=options, bm25=None, progress=show
    )
    collection.save(folder)
    return time.perf_counter() - start


def open_million(folder: Path) -> None:
    """Open the million in this fresh process, search, and print what it took."""
    queries = [f"query {number}" for number in range(QUERIES)]
    encoder = ReadyEncoder(queries)
    start = time.perf_counter()
    collection = PassageCollection.open(folder, encoder=encoder)
    opened = time.perf_counter()
    times = []
    for query in queries:
        before = time.perf_counter()
        assert len(collection.search_dense(query, 10)) == 10
        times.append((time.perf_counter() - before) * 1e3)
    before = time.perf_counter()
    assert len(collection.search_dense(queries[0], 10, where={"part": 3})) == 10
    filtered = time.perf_counter() - before
    before = time.perf_counter()
    assert len(collection.search_dense(queries[1], 10, where={"part": 3})) == 10
    print(
        {
            "open with imports, s": round(opened - start, 3),
            "first query, ms": round(times[0], 1),
            "query, median, ms": round(float(np.median(times[1:])), 3),
            "query, 95th percentile, ms": round(float(np.quantile(times[1:], 0.95)), 3),
            "first filtered query, which reads all metadata, s": round(filtered, 2),
            "filtered query, ms": round((time.perf_counter() - before) * 1e3, 1),
        }
    )


def measure(folder: Path, options: DenseOptions) -> dict[str, Any]:
    """Build if needed, then open in a process of its own."""
    seconds = None if folder.exists() else round(build_million(folder, options), 1)
    done = subprocess.run(
        [sys.executable, "-m", __spec__.name, "--cache", str(folder), "--open"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    sizes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {"build, s": seconds, "size, MB": sizes // 10**6, **ast.literal_eval(done.stdout)}


def main() -> None:
    """Measure and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--open", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.open:
        open_million(arguments.cache)
        return
    results = {}
    for number, (name, options) in enumerate(KINDS.items()):
        results[name] = measure(arguments.cache / f"million-{number}", options)
        print(name, results[name], flush=True)
    record(
        "retrieval_million",
        results,
        data={
            "vectors": f"{MILLION} synthetic, {DIMENSION} numbers each, around {CENTRES} centres",
            "conditions": "files in the page cache; queries on one thread, ready as vectors",
        },
        packages=("faiss-cpu",),
    )


if __name__ == "__main__":
    main()
