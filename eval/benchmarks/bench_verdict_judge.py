"""What a language model as judge adds to the verdict on statements that people labelled.

    python -m eval.benchmarks.bench_verdict_judge --cache DIR [--model NAME] [--n N]

The first claims, by their hash, of RefChecker's validation half of which the corpus holds the
head; each judged by the shipped rule alone and by both.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from pathlib import Path

import numpy as np

from eval.benchmarks import verdict_data
from eval.benchmarks.record import gguf_runtime, record
from quco.adapters.judge import LlmJudge
from quco.calibration.labels import LabelledClaim
from quco.calibration.reliability import auroc
from quco.loading import load_generator
from quco.types import Verdict
from quco.verdict import Judged


def main() -> None:
    """Judge, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="Folder for indexes.")
    parser.add_argument("--model", default="qwen2.5-1.5b", help="As --judge of `quco check`.")
    parser.add_argument("--n", type=int, default=100, help="Claims to judge.")
    options = parser.parse_args()
    wiki = verdict_data.verifier("wiki", options.cache)
    claims = sorted(verdict_data.refchecker(wiki, validation=True), key=_hash)[: options.n]
    rule = wiki.policy.claim.build()
    judged = Judged(rule, LlmJudge(load_generator(options.model)))
    wrong = np.array([claim.is_wrong for claim in claims])
    alone = [rule.judge(claim.evidence) for claim in claims]
    start = time.perf_counter()
    both = [judged.judge(claim.evidence) for claim in claims]
    seconds = time.perf_counter() - start
    results = {
        "n": len(claims),
        "wrong": int(wrong.sum()),
        "asked": sum(a.reason != b.reason for a, b in zip(alone, both, strict=True)),
        "seconds_a_claim": seconds / len(claims),
        **{
            name: {
                "auroc": auroc(np.array([j.p_wrong or 0.0 for j in found]), wrong),
                "right_verdicts": float(
                    np.mean([j.verdict is Verdict.UNSUPPORTED for j in found] == wrong)
                ),
            }
            for name, found in (("rule", alone), ("rule_and_judge", both))
        },
        "log_likelihood_ratio_auroc": auroc(
            np.array([-claim.evidence.log_likelihood_ratio for claim in claims]), wrong
        ),
    }
    runtime, package = gguf_runtime()
    data = {
        "claims": "claims_refchecker.jsonl, validation half by sha256(id) % 2",
        "corpus": "corpus_wiki.jsonl.gz",
        "judge": options.model,
        "runtime": runtime,
    }
    print(record("verdict_judge", results, data=data, packages=(package,)), results)


def _hash(claim: LabelledClaim) -> str:
    return hashlib.sha256(f"judged {claim.evidence.triplet}".encode()).hexdigest()


if __name__ == "__main__":
    main()
