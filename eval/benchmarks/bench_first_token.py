"""Seconds from starting a process to the first token of an answer, on a built index.

    python -m eval.benchmarks.bench_first_token --cache DIR

The demo corpus and the default model. Each question is asked in a process of its own, a few times,
and the least time counts, since the machine may have other work. "First" is the process that
reads the worked examples and keeps what it read; "later" ones find that.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval.benchmarks.record import record

QUESTIONS = (
    "What is the capital of France?",
    "Who designed the Sydney Opera House?",
    "Which planet did William Herschel discover in 1781?",
    "Who directed Metropolis?",
    "Where was the composer of The Magic Flute born?",
)
ROUNDS = 3


def ask(index: Path, question: str, started: float) -> None:
    """Answer in this fresh process as `quco ask` does, and print what it took."""
    from quco.wiring import QuCo

    imported = time.time()
    with QuCo(index) as quco:
        controller = quco.controller
        loaded = time.time()
        usage = controller.run(question).usage
    if usage.first_token_s is None:
        raise SystemExit("the generator does not tell when its first token came")
    print(
        json.dumps(
            {
                "start and imports, s": imported - started,
                "loading, s": loaded - imported,
                "question to first token, s": usage.first_token_s,
                "first token, s": loaded - started + usage.first_token_s,
                "whole answer, s": loaded - started + usage.total_s,
                "retrievals": usage.retrievals,
                "peak memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
            }
        )
    )


def in_process(index: Path, question: str, home: Path) -> dict[str, float]:
    """Return what a fresh process printed."""
    command = [sys.executable, "-m", __spec__.name, "--cache", str(index), "--ask", question]
    done = subprocess.run(
        [*command, "--started", repr(time.time())],
        stdout=subprocess.PIPE,
        env=os.environ | {"QUCO_HOME": str(home)},
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def fastest(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the run whose first token came first."""
    best = min(runs, key=lambda run: run["first token, s"])
    return {key: round(value, 2) for key, value in best.items()}


def measure(cache: Path) -> dict[str, Any]:
    """Return the best of a few processes for each question, and of those that keep nothing."""
    from quco.demo import build_demo
    from quco.models import models_home, prompts_home, provision

    index, home = cache / "demo-index", cache / "first-token-home"
    if not index.exists():
        build_demo(index)
    for name in ("smollm2-135m", "minilm-l6-int8"):
        provision(name)
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "models").exists():
        (home / "models").symlink_to(models_home().resolve())
    in_process(index, QUESTIONS[0], home)  # compiles what is compiled once for all processes
    first = []
    for _ in range(ROUNDS):
        for state in (home / prompts_home().name).iterdir():
            state.unlink()
        first.append(in_process(index, QUESTIONS[1], home))
    later = {q: [in_process(index, q, home) for _ in range(ROUNDS)] for q in QUESTIONS}
    return {
        "first": {QUESTIONS[1]: fastest(first)},
        "later": {question: fastest(runs) for question, runs in later.items()},
    }


def main() -> None:
    """Measure and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--ask", help=argparse.SUPPRESS)
    parser.add_argument("--started", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ask:
        ask(options.cache, options.ask, options.started)
        return
    results = measure(options.cache)
    for kind, rows in results.items():
        for question, row in rows.items():
            print(kind, question, row)
    record(
        "first_token",
        results,
        data={
            "index": "the demo corpus, 328 passages",
            "model": "smollm2-135m",
            "torch": "installed" if _has_torch() else "not installed, as after a plain install",
            "other work": f"load average {os.getloadavg()[0]:.1f} at the end",
            "statistic": f"the process with the earliest first token of {ROUNDS}; files in the "
            "page cache",
        },
        packages=("xllamacpp", "spacy", "faiss-cpu", "onnxruntime", "numba"),
    )


def _has_torch() -> bool:
    from importlib.util import find_spec

    return find_spec("torch") is not None


if __name__ == "__main__":
    main()
