"""Why a question was lost: extraction, verdict, query, passages or generator.

Each wrong answer has one reason, the first of these that holds:

``generator``   the passages that were found hold the support, and the answer is wrong all the same
``query``       they do not, but those that the question itself finds do
``passages``    nothing that was asked finds the support
``verdict``     nothing was retrieved, though a claim was judged
``extraction``  nothing was retrieved, and no claim was found that could be judged

The support is there where passages of all supporting titles are, or one that has the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from eval.metrics import contains_answer
from eval.metrics.accuracy import LABELS
from eval.report.reading import Result, Run

Loss = Literal["generator", "query", "passages", "verdict", "extraction"]

LOSSES: tuple[Loss, ...] = ("extraction", "verdict", "query", "passages", "generator")
"""In the order of the work."""

BY_QUESTION = "sr-rag"
"""The method that retrieves with the question itself."""


def losses(run: Run, method: str) -> dict[str, Loss]:
    """Return the reason of each question that `method` answered wrongly, by id."""
    by_question = run.results.get(BY_QUESTION, {})
    return {
        identity: _reason(run, result, by_question.get(identity))
        for identity, result in run.results[method].items()
        if not result.exact_match
    }


def count_losses(run: Run, methods: Iterable[str]) -> dict[str, dict[Loss, int]]:
    """Return how many questions each method lost for each reason."""
    found = {method: Counter(losses(run, method).values()) for method in methods}
    return {method: {loss: counts[loss] for loss in LOSSES} for method, counts in found.items()}


def _reason(run: Run, result: Result, by_question: Result | None) -> Loss:
    if _has_support(run, result):
        return "generator"
    if result.searches:
        found = by_question is not None and _has_support(run, by_question)
        return "query" if found else "passages"
    reports = (s["report"] for s in result.answer.get("sentences", ()))
    return "verdict" if any(report["claims"] for report in reports) else "extraction"


def _has_support(run: Run, result: Result) -> bool:
    question = result.question
    passages = [run.passages[i] for i in result.answer.get("passages", ()) if i in run.passages]
    wanted = set(question["supporting_titles"])
    if wanted and wanted <= {passage["title"] for passage in passages}:
        return True
    return _can_be_read(question) and any(
        contains_answer(f"{p['title']} {p['text']}", question["answers"]) for p in passages
    )


def _can_be_read(question: Mapping[str, Any]) -> bool:
    """Whether the answer stands in a text, as yes and no do not."""
    return question["answers"][0].lower() not in LABELS
