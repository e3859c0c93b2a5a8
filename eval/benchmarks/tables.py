"""The README's tables, made from the committed records.

    python -m eval.benchmarks.tables

rewrites the README between its two markers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eval.benchmarks.record import RESULTS

README = Path(__file__).parents[2] / "README.md"
BEGIN = "<!-- made by eval/benchmarks/tables.py from the records in eval/benchmarks/results -->"
END = "<!-- end -->"


def main() -> None:
    """Rewrite the README."""
    README.write_text(updated(README.read_text(encoding="utf-8")), encoding="utf-8")


def updated(readme: str) -> str:
    """Return the text of the README with its tables made anew."""
    head, _, rest = readme.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n{_engine()}\n\n{_two_hop()}\n\n{END}{tail}"


def _engine() -> str:
    record = _read("engine_queries")
    data, results = record["data"], record["results"]
    rows = []
    for label, key in (
        ("count", "count"),
        ("co-occurrence at least once", "cooccurrence_at_least_1"),
    ):
        times, ratios = results[key]["times"], results[key]["ratios"]
        cells = [f"{times[name]['p50_us']:,.0f} µs" for name in ("corpus_engine", *ratios)]
        cells += [f"{ratios[name]['p50']:.0f}×" for name in ratios]
        rows.append(f"| {label} | {' | '.join(cells)} |")
    return "\n".join(
        [
            (
                f"Median of one call from Python, {data['n_tokens'] / 1e6:.1f} M words, window "
                f"{data['window']:,} ({_where(record)}):"
            ),
            "",
            "| | ours | infini-gram | fast-gram | against infini-gram | against fast-gram |",
            "|---|---|---|---|---|---|",
            *rows,
        ]
    )


def _two_hop() -> str:
    record = _read("two_hop")
    names = {"no_retrieval": "the model alone", "quco": "QuCo"}
    rows = [
        f"| {label} | {r['exact_match_percent']:.1f} | {r['token_f1_percent']:.1f} "
        f"| {r['final_answer_percent']:.0f} % | {r['llm_calls']:.2f} | {r['retrievals']:.2f} "
        f"| {r['median_seconds']:.1f} |"
        for label, r in ((names[key], record["results"][key]) for key in names)
    ]
    data = record["data"]
    return "\n".join(
        [
            (
                f"{data['n']} questions of 2WikiMultihopQA, `{data['model']}` ({_where(record)}); "
                "so few questions show that it runs, not how well it does:"
            ),
            "",
            "| | EM | F1 | with a final answer | generator calls | retrievals | median s |",
            "|---|---|---|---|---|---|---|",
            *rows,
        ]
    )


def _where(record: dict[str, Any]) -> str:
    machine = record["machine"]
    return f"{machine['cores']} cores, {machine['processor']}, commit {record['commit']}"


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return content


if __name__ == "__main__":
    main()
