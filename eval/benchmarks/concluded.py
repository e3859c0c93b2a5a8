"""What the methods' answers are worth where each must follow from what it says itself.

QuCo puts final answers to comparisons right (`quco.conclusions`); the others do not. The same logic
over their texts says how much of a difference is that, and how much retrieval and verdicts.
"""

from __future__ import annotations

from eval.metrics import exact_match
from eval.report.reading import Result, Run
from quco.adapters.extractor.spacy import SpacyExtractor
from quco.conclusions import Conclusion, implied
from quco.ports import Extractor
from quco.prompts import final_answer


def concluded(run: Run) -> dict[str, float]:
    """Return the exact match in percent of each method, its final answers put right."""
    extractor = SpacyExtractor()
    return {
        name: 100 * sum(_is_right(result, extractor) for result in found.values()) / len(found)
        for name, found in run.results.items()
    }


def _is_right(result: Result, extractor: Extractor) -> bool:
    sentences = extractor.split(str(result.answer.get("text", "")))
    reasoning = [sentence for sentence in sentences if not final_answer(sentence)]
    drawn = implied(extractor, str(result.question["question"]), reasoning)
    if not isinstance(drawn, Conclusion):
        return bool(result.exact_match)
    return exact_match(drawn.answer, result.question["answers"])
