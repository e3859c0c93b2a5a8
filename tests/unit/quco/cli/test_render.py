"""What `quco ask` prints while a question is answered."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from quco.cli.render import follow
from quco.config import ControllerPolicy
from quco.controller import Controller
from quco.types import Verdict
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


def test_a_retrieval_says_what_was_asked() -> None:
    text = printed(head_count=3)
    assert "retrieval: Ada is" in text
    assert "no retrieval" not in text


def test_what_is_not_retrieved_says_why() -> None:
    text = printed(head_count=0)
    assert "no retrieval: scripted; no other passage names it" in text
    assert "retrieval: Ada is" not in text
