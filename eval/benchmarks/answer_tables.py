"""The README's tables of answers: all methods, what whole passages change, and what it costs."""

from __future__ import annotations

from typing import Any

from eval.benchmarks.record import read, where

_COLUMNS = (
    ("EM", "exact_match", ".1f"),
    ("EM, conclusions put right", "concluded", ".1f"),
    ("F1", "f1", ".1f"),
    ("accuracy", "accuracy", ".1f"),
    ("with a final answer, %", "final_percent", ".1f"),
    ("retrievals", "retrievals", ".2f"),
    ("looks at the corpus", "looks", ".2f"),
    ("generator calls", "llm_calls", ".2f"),
    ("s a question", "wall_s", ".2f"),
)


def answers() -> str:
    """Return one table a data set, and what is to be said beside them."""
    made = read("methods")
    tables = [f"{one['title']}:\n\n{_table(one)}" for one in made["results"].values()]
    return "\n\n".join(
        [made["data"]["note"], *tables, _whole(made["results"]), _cost(), _runtimes()]
    )


def _table(one: dict[str, Any]) -> str:
    """Return the methods of a data set, the best first."""
    columns = [column for column in _COLUMNS if any(column[1] in row for row in one["methods"])]
    titles = ["EM", "EM less quco's [95 %]", *(title for title, _, _ in columns[1:])]
    rows = [f"| | {' | '.join(titles)} |", "|---" * (len(titles) + 1) + "|"]
    for row in sorted(one["methods"], key=lambda row: -row["exact_match"]):
        cells = ["" if row.get(k) is None else format(row[k], form) for _, k, form in columns]
        cells.insert(1, _against(row))
        rows.append(f"| {row['method']} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _against(row: dict[str, Any]) -> str:
    """Return how a method's exact match differs from QuCo's, with its bootstrap interval."""
    if row.get("difference") is None:
        return ""
    low, high = row["difference_low"], row["difference_high"]
    return f"{row['difference']:+.1f} [{low:+.1f}, {high:+.1f}]"


def _whole(focused: dict[str, Any]) -> str:
    """Return how questions were answered with whole passages, the same ones where that is so."""
    record = read("methods_whole")
    parts = []
    for name, one in record["results"].items():
        ours, others = _split(one)
        best = max(others, key=lambda row: row["exact_match"])
        told = "other questions"
        if _questions(one) == _questions(focused[name]):
            same = {row["method"]: row for row in focused[name]["methods"]}[best["method"]]
            ratio = best["prompt_tokens"] / same["prompt_tokens"]
            told = f"{ratio:.1f} times the tokens read"
        parts.append(
            f"{name} {ours['exact_match']:.1f}, of {best['method']}, the best of the others, "
            f"{best['exact_match']:.1f} ({told})"
        )
    return (
        "In these tables prompts show of a passage what bears on the question. With whole passages "
        f"the EM of quco was, conclusions as the model drew them: {'; '.join(parts)} "
        f"(commit {record['commit']})."
    )


def _questions(one: dict[str, Any]) -> str:
    """Return the data set, the number and the choice of questions, as a title begins."""
    return str(one["title"]).partition(")")[0]


def _split(one: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the row of quco, and those of the methods it is compared with."""
    rows = {row["method"]: row for row in one["methods"]}
    return rows["quco"], [
        row for name, row in rows.items() if name != "gold" and not name.startswith("quco")
    ]


def _cost() -> str:
    """Return what an answer costs where there is no GPU."""
    record = read("controller")
    cost = record["results"]["cost"]
    seconds = cost["mean_seconds_by_part"]
    return (
        f"`quco ask` with `{record['data']['model']}` takes {sum(seconds.values()):.1f} s a "
        f"question of 2WikiMultihopQA (median {cost['median_seconds']:.1f}, n = {cost['n']}, "
        f"{record['data']['runtime']}, {where(record)}): {seconds['generate']:.1f} s for reading "
        f"and writing, {1000 * seconds['check']:.0f} ms for checks, "
        f"{1000 * seconds['retrieve']:.0f} ms for retrieval."
    )


def _runtimes() -> str:
    """Return how fast the runtimes for GGUF models are."""
    record = read("generators")
    plain, fast = (record["results"][name] for name in ("llama.cpp", "ik_llama.cpp"))
    unguessed = record["results"]["ik_llama.cpp, without guesses"]
    ratio = plain["seconds_an_answer"] / fast["seconds_an_answer"]
    return (
        f"The same prompts in turn ({record['data']['n']}, with their passages, {where(record)}): "
        f"ik_llama.cpp reads {fast['read_tokens_per_s']:.0f} tokens a second and writes "
        f"{fast['written_tokens_per_s']:.0f} ({unguessed['written_tokens_per_s']:.0f} without "
        f"guesses), llama.cpp {plain['read_tokens_per_s']:.0f} and "
        f"{plain['written_tokens_per_s']:.0f}: an answer takes llama.cpp {ratio:.1f} times as long."
    )
