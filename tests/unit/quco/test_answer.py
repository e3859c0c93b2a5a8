"""An answer as plain values, and back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from langchain_core.load import dumps, loads

from quco.answer import Answer
from quco.controller import Controller
from quco.errors import InputError
from quco.types import Passage, Verdict
from tests.scripted import ScriptedChecker, ScriptedGenerator, ScriptedRetriever

QUESTION = "Who is Ada?"


class Library(ScriptedRetriever):
    def retrieve(self, query: str, k: int) -> list[Passage]:
        # The keys are those with which LangChain marks its own serialised objects.
        told = {"lc": 1, "type": "constructor", "id": ["a", "b"], "kwargs": {}}
        return [
            Passage("1", "Ada, a poet.", "Ada", 0.5, told),
            Passage("2", "Ada has a cat.", "Bo"),
        ]


@pytest.fixture
def answer() -> Answer:
    def tell(prefix: str, task: str) -> str:
        first = " Ada is a poet." if "[1]" in task else " Ada is a cat."
        return f"{first} So the answer is poet."[len(prefix) :]

    checker = ScriptedChecker({"Ada is a cat.": Verdict.UNSUPPORTED})
    return Controller(ScriptedGenerator(tell), Library(), checker).run(QUESTION)


def test_an_answer_comes_back_from_json(answer: Answer) -> None:
    plain = answer.to_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert Answer.from_dict(json.loads(json.dumps(plain))) == answer
    assert plain["sentences"][0]["verdict"] == "supported"
    assert plain["sentences"][0]["report"]["claims"][0]["triplet"]["head"] == "Ada"


@pytest.mark.filterwarnings("ignore:The function `loads` is in beta")
def test_an_answer_goes_through_langchain_s_serialisation(answer: Answer) -> None:
    plain = answer.to_dict()
    back: Any = loads(dumps(plain), allowed_objects=[])
    assert back == plain
    assert Answer.from_dict(back) == answer


def test_sentences_cite_the_passages_that_bear_them_out(answer: Answer) -> None:
    first, last = answer.sentences
    assert (first.passages, first.cited) == (("1", "2"), ("1",))
    assert last.cited == ()


def test_metadata_that_json_does_not_know_becomes_text(answer: Answer) -> None:
    passage = Passage("1", "x", metadata={"day": date(2020, 1, 2)})
    plain = replace(answer, passages=(passage,)).to_dict()
    assert plain["passages"][0]["metadata"] == {"day": "2020-01-02"}


def test_what_is_no_answer_is_refused_by_name(answer: Answer) -> None:
    plain = answer.to_dict()
    plain["usage"]["llm_calls"] = "many"
    with pytest.raises(InputError, match=r"usage\.llm_calls"):
        Answer.from_dict(plain)
