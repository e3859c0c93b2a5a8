"""One self-contained page: the table, and every question with what each method did."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from eval.report.formats import grid
from eval.report.reading import Result, Run
from eval.report.table import Row


def page(run: Run, rows: Sequence[Row], title: str) -> str:
    """Return the page; it loads nothing from elsewhere and shows data as text only."""
    titles, body = grid(rows)
    data = {
        "name": run.name,
        "title": title,
        "titles": titles,
        "body": body,
        "methods": list(run.results),
        "questions": [_question(run, question) for question in run.questions.values()],
        "passages": {
            p["id"]: {"title": p["title"], "text": p["text"]} for p in run.passages.values()
        },
    }
    template = (files("eval.report") / "page.html").read_text(encoding="utf-8")
    # "</script>" in a text would end the element that holds the data.
    return template.replace("DATA", json.dumps(data, ensure_ascii=False).replace("</", "<\\/"), 1)


def _question(run: Run, question: Mapping[str, Any]) -> dict[str, Any]:
    identity = question["id"]
    return {
        **{key: question[key] for key in ("id", "question", "answers", "kind", "hops", "entities")},
        "methods": {
            name: _method(by_id[identity])
            for name, by_id in run.results.items()
            if identity in by_id
        },
    }


def _method(result: Result) -> dict[str, Any]:
    usage = result.usage
    seconds = sum(usage.get("seconds", {}).values())
    return {
        "em": int(result.exact_match),
        "final": result.final,
        "text": result.answer.get("text", ""),
        "error": result.record.error or "",
        "cost": (
            f"F1 {100 * result.f1:.0f}; {usage.get('retrievals', 0)} retrievals, "
            f"{usage.get('llm_calls', 0)} calls, {seconds:.2f} s"
        ),
        "decisions": [_decision(one) for one in result.answer.get("decisions", ())],
    }


def _decision(decision: Mapping[str, Any]) -> dict[str, Any]:
    report = decision.get("report") or {}
    return {
        "kind": decision["kind"],
        "reason": decision["reason"],
        "verdict": decision["verdict"] or "",
        "sentence": decision["sentence"] or "",
        "claims": [_claim(claim) for claim in report.get("claims", ())],
        "queries": list(decision["queries"]),
        "passages": list(decision["passages"]),
    }


def _claim(claim: Mapping[str, Any]) -> str:
    triplet = claim["triplet"]
    sign = "not " if triplet["negated"] else ""
    parts = f"{triplet['head']} | {sign}{triplet['relation']} | {triplet['tail'] or '?'}"
    p = "" if claim["p_wrong"] is None else f", p_wrong {claim['p_wrong']:.2f}"
    return f"{parts}: {claim['verdict']}{p} ({claim['reason']})"
