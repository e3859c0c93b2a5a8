"""What a count costs at 400 million tokens beside one at 20 million.

    python -m eval.benchmarks.bench_engine_scale --cache DIR

Two one-shard indexes whose streams repeat the same documents in other orders, asked in turns by
token ids. Building the large one takes some minutes, 5 GB of memory and 3 GB of disk.
"""

import argparse
from pathlib import Path

from corpus_engine import CorpusIndex
from eval.benchmarks.engine_data import Phrases, token_index
from eval.benchmarks.engine_timing import in_turns, quantiles
from eval.benchmarks.record import record

SMALL, LARGE = 20_000_000, 400_000_000
COUNTS = 1500
ROUNDS = 8


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="Folder for the indexes.")
    cache = parser.parse_args().cache
    with (
        CorpusIndex.open(token_index(cache, SMALL)) as small,
        CorpusIndex.open(token_index(cache, LARGE)) as large,
    ):
        sizes = {"small": small.n_tokens, "large": large.n_tokens}
        queries = {
            name: [phrases.mixed().ids for _ in range(COUNTS)]
            for name, phrases in (("small", Phrases(small, 3)), ("large", Phrases(large, 3)))
        }
        engines = {"small": small.count_ids, "large": large.count_ids}
        times = quantiles(in_turns(engines, queries, ROUNDS))
    ratio = times["large"]["p50_us"] / times["small"]["p50_us"]
    results = {"times": times, "median_ratio": round(ratio, 2)}
    record("engine_scale", results, data={"n_tokens": sizes, "counts": COUNTS}, packages=("numba",))
    print(results)


if __name__ == "__main__":
    main()
