"""What the whole check of a sentence costs, without a language model, warm, on the 54 MB corpus.

    python -m eval.benchmarks.bench_verdict_time --cache DIR

One sentence of each of 200 questions of 2WikiMultihopQA's claims, so that no sentence finds the
names or windows of another in a cache; every round has a verifier of its own.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from eval.benchmarks import verdict_data
from eval.benchmarks.record import record

N_TIMED, N_ROUNDS = 200, 12
Json = dict[str, Any]


def main() -> None:
    """Check, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="Folder for indexes.")
    cache = parser.parse_args().cache
    asked = sentences()
    rounds = [timed(cache, asked[:N_TIMED], warm_up=asked[N_TIMED:]) for _ in range(N_ROUNDS)]
    wall, processor, extraction_wall, extraction_processor = np.median(
        np.min(rounds, axis=0), axis=0
    )
    results = {
        "n": N_TIMED,
        "rounds": N_ROUNDS,
        "check_ms_median": float(wall),
        "check_processor_ms_median": float(processor),
        "extraction_ms_median": float(extraction_wall),
        "extraction_processor_ms_median": float(extraction_processor),
        "load_average_1_min": os.getloadavg()[0],
    }
    data = {
        "sentences": "claims_2wiki.jsonl, validation half, one a question",
        "corpus": "corpus_wiki.jsonl.gz",
        "taken": "the least of the rounds for each sentence",
    }
    print(record("verdict_time", results, data=data, packages=("spacy",)), results)


def sentences() -> list[str]:
    """Return one sentence of each question, true and wrong ones by turns."""
    by_question: dict[str, list[str]] = defaultdict(list)
    for item in verdict_data.read("claims_2wiki.jsonl"):
        if verdict_data.is_validation(item["question_id"]):
            by_question[item["question_id"]].append(item["sentence"])
    return [found[i % len(found)] for i, found in enumerate(by_question.values())]


def timed(cache: Path, asked: Sequence[str], warm_up: Sequence[str]) -> list[list[float]]:
    """Return milliseconds of each check and of its extraction, on the clock and of the processor.

    Extraction is clocked by a second extractor, which has not seen the sentence either.
    """
    verifier, beside = (verdict_data.verifier("wiki", cache) for _ in range(2))
    for sentence in warm_up:
        verifier.check_sentence(sentence)
        beside.extractor.triplets(sentence)
    return [
        [
            *_clocked(partial(verifier.check_sentence, sentence)),
            *_clocked(partial(beside.extractor.triplets, sentence)),
        ]
        for sentence in asked
    ]


def _clocked(act: Callable[[], object]) -> tuple[float, float]:
    """Return the milliseconds that passed and those of processor time."""
    start, start_processor = time.perf_counter(), time.process_time()
    act()
    used = time.process_time() - start_processor
    return 1e3 * (time.perf_counter() - start), 1e3 * used


if __name__ == "__main__":
    main()
