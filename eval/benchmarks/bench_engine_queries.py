"""Counts and co-occurrence beside infini-gram, fast-gram and tokengrams: one index, same queries.

    python -m eval.benchmarks.bench_engine_queries --cache DIR

Blocks of queries are asked of every engine in turn, for a few rounds, and the least time of each
query counts, since the machine may have other work. The others are given token ids; this engine is
given both text, whose analysis is in its time, and token ids. The page cache is warm. tokengrams
has no co-occurrence, and its index is its own: it is built over the first million tokens, and both
are asked there.
"""

import argparse
import os
import resource
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus_engine import CorpusIndex
from eval.benchmarks.engine_data import COPIES, Phrase, Phrases, first_tokens, word_index
from eval.benchmarks.engine_timing import Engines, in_turns, quantiles, ratios
from eval.benchmarks.record import record

WINDOW = 1000
COUNTS = 1500
PAIRS = 500
BATCH = 100
COLD = 40
ROUNDS = 12
PAIR_ROUNDS = 3
FEW_TOKENS = 1_000_000
Pair = tuple[Phrase, Phrase]


def counts(index: CorpusIndex, folder: Path, queries: Sequence[Phrase]) -> dict[str, Any]:
    """Time single counts and a batch of them."""
    theirs, fast = peers(folder)
    texts, ids = [q.text for q in queries], [q.ids for q in queries]
    for query in queries[:200]:
        expected = theirs.count(query.ids)["count"]
        if not index.count(query.text).value == index.count_ids(query.ids).value == expected:
            raise SystemExit(f"{query} is counted differently")
    engines: Engines = {
        "corpus_engine": index.count,
        "corpus_engine_ids": index.count_ids,
        "infini_gram": theirs.count,
        "fast_gram": fast.count,
    }
    single = quantiles(
        in_turns(engines, {n: texts if n == "corpus_engine" else ids for n in engines}, ROUNDS)
    )
    many: Engines = {"text": index.count_many, "ids": index.count_ids_many}
    starts = range(0, len(queries), BATCH)
    batches: dict[str, Sequence[Any]] = {
        "text": [texts[start : start + BATCH] for start in starts],
        "ids": [ids[start : start + BATCH] for start in starts],
    }
    times = in_turns(many, batches, ROUNDS)
    per_query = {name: float(np.median(found)) / BATCH for name, found in times.items()}
    return {
        "count": {
            "times": single,
            "ratios": ratios(single, "corpus_engine"),
            "ratios_ids": ratios(single, "corpus_engine_ids"),
        },
        "count_many": {
            name: {
                "per_query_us": round(value, 2),
                "infini_gram_ratio": round(single["infini_gram"]["p50_us"] / value, 1),
            }
            for name, value in per_query.items()
        },
    }


def together(index: CorpusIndex, folder: Path, pairs: Sequence[Pair]) -> dict[str, Any]:
    """Time co-occurrence at least once."""
    theirs, fast = peers(folder)
    clauses = [[[a.ids], [b.ids]] for a, b in pairs]
    engines: Engines = {
        "corpus_engine": lambda p: index.cooccurrence(*p, window=WINDOW, at_least=1),
        "corpus_engine_ids": lambda c: index.cnf(c, window=WINDOW, at_least=1),
        "infini_gram": lambda c: theirs.count_cnf(c, None, WINDOW),
        "fast_gram": lambda c: fast.count_cnf(c, None, WINDOW),
    }
    texts = [(a.text, b.text) for a, b in pairs]
    asked = {name: texts if name == "corpus_engine" else clauses for name in engines}
    times = quantiles(in_turns(engines, asked, PAIR_ROUNDS))
    hits = sum(index.cooccurrence(*p, window=WINDOW, at_least=1).value for p in texts)
    return {
        "times": times,
        "ratios": ratios(times, "corpus_engine"),
        "ratios_ids": ratios(times, "corpus_engine_ids"),
        "pairs_that_co_occur": hits,
    }


def peers(folder: Path) -> tuple[Any, Any]:
    """Return infini-gram's engine and fast-gram's over the same files."""
    from fastgram import GramEngine
    from infini_gram.engine import InfiniGramEngine

    return InfiniGramEngine([str(folder)], eos_token_id=0), GramEngine(str(folder), eos_token_id=0)


def beside_tokengrams(index: CorpusIndex) -> dict[str, Any]:
    """Time counts of token ids over the first tokens of the index in both engines."""
    from tokengrams import MemmapIndex

    with tempfile.TemporaryDirectory() as temporary:
        folder = first_tokens(index, FEW_TOKENS, Path(temporary) / "few")
        theirs = MemmapIndex.build(str(folder / "tokenized.0"), str(Path(temporary) / "theirs"))
        with CorpusIndex.open(folder) as few:
            phrases = Phrases(few, 5)
            ids = [phrases.mixed().ids for _ in range(COUNTS)]
            for query in ids[:200]:
                if theirs.count(query) != few.count_ids(query).value:
                    raise SystemExit(f"{query} is counted differently by tokengrams")
            engines = {"corpus_engine_ids": few.count_ids, "tokengrams": theirs.count}
            times = quantiles(in_turns(engines, dict.fromkeys(engines, ids), ROUNDS))
    return {"n_tokens": FEW_TOKENS, "times": times, "ratios": ratios(times, "corpus_engine_ids")}


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
    with CorpusIndex.open(folder) as index:
        phrases = Phrases(index, 3)
        queries = [phrases.mixed() for _ in range(COUNTS)]
        results = {
            **counts(index, folder, queries),
            "cooccurrence_at_least_1": together(
                index, folder, [phrases.pair() for _ in range(PAIRS)]
            ),
            "beside_tokengrams": beside_tokengrams(index),
        }
        data = {
            "text": f"Wikipedia passages, {COPIES} copies, documents and sentences shuffled",
            "n_tokens": index.n_tokens,
            "n_documents": index.n_documents,
            "counts": COUNTS,
            "counts_a_batch": BATCH,
            "pairs": PAIRS,
            "window": WINDOW,
            "load_average": round(os.getloadavg()[0], 1),
        }
    cold = cold_blocks(folder, queries[:COLD])
    results["cold_count_4k_blocks"] = {
        "median": float(np.median(cold)),
        "p90": float(np.percentile(cold, 90)),
        "queries": COLD,
    }
    packages = ("numba", "infini-gram", "fast-gram", "tokengrams")
    record("engine_queries", results, data=data, packages=packages)
    print(results)


if __name__ == "__main__":
    main()
