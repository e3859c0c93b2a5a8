"""Two-hop questions through `quco ask`: our control loop against the same model alone.

    python -m eval.benchmarks.bench_two_hop --cache DIR

Index and answers are made by the real commands in processes of their own, and kept in the cache
folder, where a second run finds them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import mean, median
from typing import Any

from eval.benchmarks.record import record
from eval.benchmarks.retrieval_data import DATA
from eval.metrics import exact_match, token_f1

QUCO = [sys.executable, "-c", "from quco.cli import main; main()"]
MODES = {"quco": [], "no_retrieval": ["--no-retrieval"]}


def main() -> None:
    """Run both modes, score them, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="Folder for index and answers.")
    parser.add_argument("--model", default="qwen2.5-1.5b")
    parser.add_argument("-n", type=int, default=30)
    options = parser.parse_args()
    lines = (DATA / "qa_2wiki.jsonl").read_text("utf-8").splitlines()[: options.n]
    gold = [json.loads(line) for line in lines]
    folder = options.cache / "two_hop"
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / "index"
    if not index.exists():
        corpus = str(DATA / "corpus_2wiki.jsonl.gz")
        subprocess.run([*QUCO, "index", "build", corpus, "--out", str(index)], check=True)
    results = {
        mode: score(gold, answers(options.model, index, gold, folder / f"{mode}.jsonl", flags))
        for mode, flags in MODES.items()
    }
    data = {"questions": "qa_2wiki.jsonl", "n": len(gold), "model": options.model}
    print(record("two_hop", results, data=data, packages=("xllamacpp", "spacy", "faiss-cpu")))
    print(json.dumps(results, indent=1))


def answers(
    model: str, index: Path, gold: list[dict[str, Any]], out: Path, flags: list[str]
) -> list[dict[str, Any]]:
    """Return one answer a question, from the file where it is there already."""
    if not out.exists():
        asked = out.with_suffix(".questions")
        asked.write_text("".join(json.dumps(item) + "\n" for item in gold), "utf-8")
        command = [*QUCO, "ask", "--json", "--questions", str(asked), "--index", str(index)]
        partial = out.with_suffix(".partial")
        with partial.open("w", encoding="utf-8") as sink:
            subprocess.run([*command, "--model", model, *flags], stdout=sink, check=True)
        partial.rename(out)
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
