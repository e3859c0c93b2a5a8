"""Seconds from starting a process to the first token of an answer, on a built index.

    python -m eval.benchmarks.bench_first_token --cache DIR

The demo corpus and the default model, as `quco ask` opens them, in two environments: what the
README's first command installs, made in the cache folder where it is not there yet, and the one
that this runs in. Each question is asked in a process of its own, a few times, and the least time
counts, since the machine may have other work. "First" is the process that reads the worked
examples and keeps what it read; "later" ones find that.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
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
ROOT = Path(__file__).parents[2]


def ask(index: Path, question: str, started: float) -> None:
    """Answer in this fresh process as `quco ask` does, and print what it took."""
    from quco.cli.options import open_index

    with open_index(index, reads_text=True) as quco:
        imported = time.time()
        controller = quco.controller
        loaded = time.time()
        usage = controller.run(question).usage
    if usage.first_token_s is None:
        raise SystemExit("the generator does not tell when its first token came")
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "start and imports, s": imported - started,
                "loading, s": loaded - imported,
                "question to first token, s": usage.first_token_s,
                "first token, s": loaded - started + usage.first_token_s,
                "whole answer, s": loaded - started + usage.total_s,
                "processor time, s": used.ru_utime + used.ru_stime,
                "retrievals": usage.retrievals,
                "peak memory, MB": used.ru_maxrss / 1e3,
            }
        )
    )


def in_process(python: str, index: Path, question: str, home: Path) -> dict[str, float]:
    """Return what a fresh process of an environment printed."""
    command = [python, "-m", __spec__.name, "--cache", str(index), "--ask", question]
    done = subprocess.run(
        [*command, "--started", repr(time.time())],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"QUCO_HOME": str(home)},
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def fastest(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the run whose first token came first."""
    best = min(runs, key=lambda run: run["first token, s"])
    return {key: round(value, 2) for key, value in best.items()}


def environments(cache: Path) -> dict[str, str]:
    """Return the Python of each environment, by what is installed in it."""
    plain = cache / "plain-install"
    python = plain / "bin" / "python"
    if not python.exists():
        print(f"== installing into {plain}", flush=True)
        venv.create(plain, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", str(ROOT)], check=True)
    torch = "with torch" if find_spec("torch") else "without torch"
    return {"plain install": str(python), f"every extra, {torch}": sys.executable}


def prepare(cache: Path) -> tuple[Path, Path]:
    """Return an index, and a home with the models and nothing else in it."""
    from quco.demo import build_demo
    from quco.models import models_home, provision

    index, home = cache / "demo-index", cache / "first-token-home"
    if not index.exists():
        build_demo(index)
    for name in ("smollm2-135m", "minilm-l6-int8"):
        provision(name)
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "models").exists():
        (home / "models").symlink_to(models_home().resolve())
    return index, home


Runs = dict[str, dict[str, list[dict[str, float]]]]
"""What the processes of an environment told: by kind, then by question."""


def measure(pythons: Mapping[str, str], index: Path, home: Path) -> dict[str, Any]:
    """Return by environment the best of a few processes for each question.

    Environments and questions take turns, so that a busy minute spoils none of them.
    """
    found: dict[str, Runs] = {name: {"first": {}, "later": {}} for name in pythons}
    for python in pythons.values():
        in_process(python, index, QUESTIONS[0], home)  # compiles what is compiled once
    for _ in range(ROUNDS):
        for name, python in pythons.items():
            for kind, question, row in one_round(python, index, home):
                print(name, kind, question, row, flush=True)
                found[name][kind].setdefault(question, []).append(row)
    return {
        name: {
            kind: {question: fastest(rows) for question, rows in by_question.items()}
            for kind, by_question in runs.items()
        }
        for name, runs in found.items()
    }


def one_round(python: str, index: Path, home: Path) -> Iterator[tuple[str, str, dict[str, float]]]:
    """Yield what a process told that found nothing kept, then one for each question."""
    from quco.models import prompts_home

    for state in (home / prompts_home().name).iterdir():
        state.unlink()
    yield "first", QUESTIONS[1], in_process(python, index, QUESTIONS[1], home)
    for question in QUESTIONS:
        yield "later", question, in_process(python, index, question, home)


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
    cache = options.cache.resolve()
    index, home = prepare(cache)
    results = measure(environments(cache), index, home)
    print(json.dumps(results, indent=1))
    record(
        "first_token",
        results,
        data={
            "index": "the demo corpus, 328 passages",
            "model": "smollm2-135m",
            "other work": f"load average {os.getloadavg()[0]:.1f} at the end",
            "statistic": f"the process with the earliest first token of {ROUNDS}; files in the "
            "page cache",
        },
        packages=("xllamacpp", "spacy", "faiss-cpu", "onnxruntime", "numba"),
    )


if __name__ == "__main__":
    main()
