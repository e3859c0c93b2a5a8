"""The time of the first token: all that came before the first draft, and the wait for it."""

from __future__ import annotations

import pytest

from quco.config import ControllerPolicy
from quco.controller.effects import CheckQuestion, Generate, Reply, Retrieve
from quco.controller.ledger import Ledger
from quco.types import Generation, GenerationRequest, Message

DRAFT = Generate(GenerationRequest((Message("user", "Question"),)))


def charge(ledger: Ledger, wait: float | None) -> None:
    ledger.charge(CheckQuestion("Question"), Reply(seconds=0.5))
    ledger.charge(Retrieve("Question", 3), Reply([], seconds=0.25))
    ledger.charge(DRAFT, Reply(Generation("A", "length", first_token_s=wait), seconds=3.0))


def test_only_the_first_draft_counts() -> None:
    ledger = Ledger("Question", ControllerPolicy())
    charge(ledger, 1.0)
    ledger.charge(DRAFT, Reply(Generation("B", "stop", first_token_s=0.1), seconds=2.0))
    assert ledger.answer("complete").usage.first_token_s == pytest.approx(1.75)


def test_a_generator_that_does_not_tell_leaves_it_open() -> None:
    ledger = Ledger("Question", ControllerPolicy())
    charge(ledger, None)
    assert ledger.answer("complete").usage.first_token_s is None
