"""What `quco ask` prints while a question is answered."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from quco.cli.render import follow, show_report
from quco.config import ControllerPolicy
from quco.controller import Controller
from quco.types import Report, SentenceReport, Verdict
from tests.scripted import ScriptedChecker, ScriptedGenerator, ScriptedRetriever, continuing


def printed(head_count: int) -> str:
    controller = Controller(
        ScriptedGenerator(continuing(" Ada is a cat. So the answer is cat.")),
        ScriptedRetriever(),
        ScriptedChecker({"Ada is a cat.": Verdict.UNSUPPORTED}, head_count=head_count),
        ControllerPolicy(sentence_passages="counted"),
    )
    console = Console(file=StringIO(), width=200)
    answer = follow(console, "Who is Ada?", controller.stream("Who is Ada?"))
    assert answer.final == "cat"
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_report_says_how_doubtful_a_sentence_is_as_a_whole() -> None:
    console = Console(file=StringIO(), width=200)
    sentences = tuple(
        SentenceReport("Hm.", Verdict.UNKNOWN, reason="no claim", hallucination_score=score)
        for score in (0.614, None)
    )
    show_report(console, Report("Hm.Hm.", sentences))
    assert isinstance(console.file, StringIO)
    lines = [line.strip() for line in console.file.getvalue().splitlines()]
    assert lines == [
        "unknown     Hm.", "no claim", "hallucination score 0.61",
        "unknown     Hm.", "no claim", "unknown     in all",
    ]  # fmt: skip


def test_a_retrieval_says_what_was_asked() -> None:
    text = printed(head_count=3)
    assert "retrieval: Ada is" in text
    assert "no retrieval" not in text


def test_what_is_not_retrieved_says_why() -> None:
    text = printed(head_count=0)
    assert "no retrieval: scripted; no other passage names it" in text
    assert "retrieval: Ada is" not in text
