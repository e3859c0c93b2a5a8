"""Two-hop questions through `quco ask`: our control loop against the same model alone.

    python -m eval.benchmarks.bench_two_hop --questions FILE --index DIR -n 30

Both runs are the real command in a process of its own. `--keep DIR` keeps what they print, and
is read instead of running again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean, median
from typing import Any

from eval.benchmarks.record import record
from eval.metrics import exact_match, token_f1

COMMAND = [sys.executable, "-c", "from quco.cli import main; main()", "ask", "--json"]
MODES = {"quco": [], "no_retrieval": ["--no-retrieval"]}


def main() -> None:
    """Run both modes, score them, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--model", default="qwen2.5-1.5b")
    parser.add_argument("-n", type=int, default=30)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    gold = [json.loads(line) for line in options.questions.read_text("utf-8").splitlines()]
    gold = gold[: options.n]
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(exist_ok=True)
        results = {
            mode: score(gold, answers(options, gold, folder / f"{mode}.jsonl", flags))
            for mode, flags in MODES.items()
        }
    data = {"questions": options.questions.name, "n": len(gold), "model": options.model}
    print(record("two_hop", results, data=data, packages=("xllamacpp", "spacy", "faiss-cpu")))
    print(json.dumps(results, indent=1))


def answers(
    options: argparse.Namespace, gold: list[dict[str, Any]], out: Path, flags: list[str]
) -> list[dict[str, Any]]:
    """Return one answer a question, from the file where it is there already."""
    if not out.exists():
        asked = out.with_suffix(".questions")
        asked.write_text("".join(json.dumps(item) + "\n" for item in gold), "utf-8")
        command = [*COMMAND, "--questions", str(asked), "--index", str(options.index)]
        with out.open("w", encoding="utf-8") as sink:
            subprocess.run([*command, "--model", options.model, *flags], stdout=sink, check=True)
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def score(gold: list[dict[str, Any]], found: list[dict[str, Any]]) -> dict[str, float]:
    """Return quality and cost, as means over the questions unless the name says otherwise."""
    pairs = list(zip(gold, found, strict=True))
    references = [[g["answer"], *g.get("answer_aliases", [])] for g in gold]
    finals = [answer["final"] for answer in found]
    usage = [answer["usage"] for answer in found]
    seconds = [sum(each["seconds"].values()) for each in usage]
    return {
        "n": len(pairs),
        "exact_match_percent": 100 * mean(map(exact_match, finals, references)),
        "token_f1_percent": 100
        * mean(token_f1(a, r).f1 for a, r in zip(finals, references, strict=True)),
        "final_answer_percent": 100 * mean(bool(final) for final in finals),
        "llm_calls": mean(each["llm_calls"] for each in usage),
        "retrievals": mean(each["retrievals"] for each in usage),
        "prompt_tokens": mean(each["prompt_tokens"] for each in usage),
        "completion_tokens": mean(each["completion_tokens"] for each in usage),
        "median_seconds": median(seconds),
    }


if __name__ == "__main__":
    main()
