"""All methods on 2WikiMultihopQA, HotpotQA and PubMedQA with a small model: `quco eval`.

    python -m eval.benchmarks.bench_methods --cache DIR [--prompt FILE] [--name NAME]

Indexes and runs are kept in DIR (``index_2wiki``, ``runs/2wiki`` and so on); what is there is not
made again, so that runs may come from another machine. Data sets that are not named stay in the
record as they are. Wants a GPU.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from eval.benchmarks.concluded import concluded
from eval.benchmarks.record import RESULTS, read, record
from eval.benchmarks.retrieval_data import DATA
from eval.report.reading import Run
from eval.report.table import build_table
from eval.report.writing import summary, title

QUCO = [sys.executable, "-c", "from quco.cli import main; main()"]
SETS = {"2wiki": "qa_2wiki_1000", "hotpot": "qa_hotpot", "pubmed": "qa_pubmed"}
"""Files of questions by name."""


def main() -> None:
    """Run what is not there yet, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="Folder for indexes and runs.")
    parser.add_argument("--prompt", type=Path, help="From `quco eval prompts`.")
    parser.add_argument("sets", nargs="*", default=list(SETS), help="Of the data sets.")
    parser.add_argument("--name", default="methods", help="Of the record.")
    parser.add_argument("--note", default="", help="What a reader of the record should know.")
    options = parser.parse_args()
    is_known = (RESULTS / f"{options.name}.json").exists()
    results = read(options.name)["results"] if is_known else {}
    for name in options.sets:
        folder = options.cache / "runs" / name
        if not (folder / "records.jsonl").exists():
            make(name, options.cache, folder, options.prompt)
        results[name] = told(Run(folder))
    data = {"questions": "see the title of each", "note": options.note}
    print(record(options.name, results, data=data))


def make(name: str, cache: Path, folder: Path, prompt: Path | None) -> None:
    """Build the index where it is absent, and run every method."""
    index = cache / f"index_{name}"
    if not index.exists():
        corpus = contexts(cache) if name == "pubmed" else DATA / f"corpus_{name}.jsonl.gz"
        subprocess.run([*QUCO, "index", "build", str(corpus), "--out", str(index)], check=True)
    command = [*QUCO, "eval", "run", "--config", f"qwen-1.5b-{name}", "--out", str(folder)]
    command += ["--questions", str(DATA / f"{SETS[name]}.jsonl"), "--index", str(index)]
    subprocess.run([*command, *(["--prompt", str(prompt)] if prompt else [])], check=True)


def contexts(cache: Path) -> Path:
    """Return a corpus of the contexts of all questions of PubMedQA."""
    path = cache / "corpus_pubmed.jsonl"
    rows = [
        json.loads(line) for line in (DATA / "qa_pubmed.jsonl").read_text("utf-8").split("\n")[:-1]
    ]
    texts = [
        {"id": f"{row['id']}-{i}", "text": text}
        for row in rows
        for i, text in enumerate(row["contexts"])
    ]
    path.write_text("".join(json.dumps(text) + "\n" for text in texts), "utf-8")
    return path


def told(run: Run) -> dict[str, Any]:
    """Return what the record keeps of a run: no single question, and nothing of the machine."""
    rows = build_table(run)
    whole = summary(run, rows)
    config = whole["config"]
    right = concluded(run)
    return {
        "title": title(run, rows),
        "methods": [{**row, "concluded": right[row["method"]]} for row in whole["methods"]],
        "bins": whole["bins"],
        "losses": whole["losses"],
        "prompt": config["prompt"],
        "options": config["methods"],
        "versions": whole["sessions"][-1]["versions"],
        "machine": whole["sessions"][-1]["machine"],
    }


if __name__ == "__main__":
    main()
