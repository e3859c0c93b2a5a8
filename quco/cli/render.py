"""Answers and reports for people: every sentence with the counts its verdict rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from quco.answer import Answer, Decision
from quco.types import Passage, QuestionReport, SentenceReport, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from quco.controller.running import Event
    from quco.types import ClaimReport, Report

_STYLES = {
    Verdict.SUPPORTED: "green",
    Verdict.UNSUPPORTED: "red",
    Verdict.UNKNOWN: "yellow",
}
_TITLES = {
    "accept": "sentence accepted",
    "keep_marked": "sentence kept, marked as doubtful",
    "look": "articles of the corpus shown",
    "retrieve": "retrieval",
    "regenerate": "sentence thrown away and written again with passages",
    "revise": "sentence put right as the corpus has it",
    "premise": "before the final answer, this is asked for",
    "conclude": "put right, since it does not follow",
    "complete": "final answer asked for",
    "stop": "stopped",
    "check_question": "question",
}


def follow(console: Console, question: str, events: Iterable[Event]) -> Answer:
    """Print what is decided when it is decided, then the answer and what it cost; return it."""
    console.print(Text(f"Q: {question}", style="bold"))
    for event in events:
        if isinstance(event, Answer):
            _show_answer(console, event)
            return event
        if isinstance(event, Decision):
            _show_decision(console, event)
        elif isinstance(event, Passage):
            shown = f"[{event.title or event.id}] {' '.join(event.text.split())}"
            _say(console, 6, _cut(shown, 120), "dim")
    raise AssertionError("the events of a question end with its answer")


def _show_answer(console: Console, answer: Answer) -> None:
    _say(console, 0, Text(f"A: {answer.final or '(no final answer)'}", style="bold"))
    _say(console, 2, f"whole text: {' '.join(answer.text.split())}", "dim")
    usage = answer.usage
    parts = ", ".join(f"{part} {seconds:.2f}" for part, seconds in usage.seconds.items())
    first = "" if usage.first_token_s is None else f", first token {usage.first_token_s:.2f}"
    _say(console, 2, f"seconds: {parts}; in all {usage.total_s:.2f}{first}", "dim")
    _say(
        console,
        2,
        f"{usage.llm_calls} generator calls, {usage.completion_tokens} tokens written, "
        f"{usage.looks} looks at the corpus, {usage.retrievals} retrievals, "
        f"{usage.checks} checks; {answer.outcome}",
        "dim",
    )


def show_report(console: Console, report: Report) -> None:
    """Print the verdict on each sentence, with its claims."""
    for sentence in report.sentences:
        _show_verdict(console, 0, sentence.verdict, " ".join(sentence.text.split()))
        _show_claims(console, sentence)
        if sentence.hallucination_score is not None:
            _say(console, 6, f"hallucination score {sentence.hallucination_score:.2f}", "dim")
    _show_verdict(console, 0, report.verdict, "in all")


def _show_decision(console: Console, decision: Decision) -> None:
    report = decision.report
    if isinstance(report, QuestionReport):
        _show_question(console, report)
        return
    if decision.kind == "retrieve":
        _show_rejected(console, decision)
        for query in decision.queries:
            _say(console, 2, f"retrieval: {query}", "cyan")
        if not decision.queries:
            _say(console, 2, f"no retrieval: {decision.reason}", "cyan")
        return
    if decision.kind in {"accept", "keep_marked", "revise", "conclude", "premise"} and isinstance(
        report, SentenceReport
    ):
        title = f"{_TITLES[decision.kind]}: {decision.sentence}"
        _show_verdict(console, 2, report.verdict, title)
        _show_claims(console, report)
        return
    _say(console, 2, f"{_TITLES[decision.kind]}: {decision.sentence or decision.reason}", "cyan")


def _show_question(console: Console, report: QuestionReport) -> None:
    for entity in report.entities:
        about = "" if entity.exact else "about "
        _say(
            console,
            6,
            f"{entity.entity.text!r} occurs {about}{entity.count:,} times "
            f"({entity.per_million:,.1f} in a million words)",
        )
    _show_verdict(console, 2, report.verdict, f"question: {report.reason}")


def _show_rejected(console: Console, decision: Decision) -> None:
    if isinstance(decision.report, SentenceReport):
        _show_verdict(console, 2, decision.report.verdict, f"sentence drafted: {decision.sentence}")
        _show_claims(console, decision.report)


def _show_claims(console: Console, sentence: SentenceReport) -> None:
    if not sentence.claims:
        _say(console, 6, sentence.reason, "dim")
    for claim in sentence.claims:
        _say(console, 6, f"{claim.triplet}  {_counts(claim)}")
        certainty = "" if claim.p_wrong is None else f" (p wrong {claim.p_wrong:.2f})"
        _show_verdict(console, 8, claim.verdict, f"{claim.reason}{certainty}")
        for window in claim.evidence[:1]:
            source = window.title or window.document_id
            _say(console, 8, f"“{_cut(' '.join(window.text.split()), 160)}” [{source}]", "dim")


def _counts(claim: ClaimReport) -> str:
    counts = (
        ("head", claim.head_count),
        ("tail", claim.tail_count),
        ("together", claim.cooccurrence),
    )
    return ", ".join(f"{name} {value:,}" for name, value in counts if value is not None)


def _show_verdict(console: Console, indent: int, verdict: Verdict, text: str) -> None:
    line = Text(f"{verdict.value:<11} ", style=_STYLES[verdict])
    line.append(text, style="default")
    _say(console, indent, line)


def _say(console: Console, indent: int, text: str | Text, style: str = "") -> None:
    line = text if isinstance(text, Text) else Text(text, style=style)
    console.print(Text(" " * indent).append_text(line))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 2].rsplit(" ", 1)[0] + " …"
