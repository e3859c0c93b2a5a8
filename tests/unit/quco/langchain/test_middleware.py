"""Agents whose answers are checked: a scripted model, real tools and a real graph around it."""

from __future__ import annotations

import asyncio
import importlib
import sys
import threading
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import BaseModel

from quco.adapters.extractor.spacy import SpacyExtractor
from quco.errors import ConfigError, MissingExtraError
from quco.langchain import QuCoMiddleware, corpus_tools
from quco.verifier import Verifier
from tests.fakes import FakeStatistics
from tests.scripted import ScriptedRetriever
from tests.scripted_chat import ScriptedChat, calling

EXTRACTOR = SpacyExtractor()  # loads when it is first asked
DOCUMENTS = {"m": "Metropolis was directed by Fritz Lang.", "k": "Buster Keaton was an actor."}
ASKED: Any = {"messages": [HumanMessage("Who directed Metropolis?")]}
WRONG = "Metropolis was directed by Buster Keaton."
RIGHT = "Metropolis was directed by Fritz Lang."


def correcting(messages: list[BaseMessage]) -> AIMessage:
    """Count first, then say what is wrong, then, when told, what is right."""
    if not any(isinstance(message, ToolMessage) for message in messages):
        return calling("corpus_count", terms=["Metropolis"])
    told = "does not support" in str(messages[-1].text)
    return AIMessage(RIGHT if told else WRONG)


class World:
    """An agent and what is around it."""

    def __init__(self, rule: Any = correcting, *, retriever: Any = None, **options: Any) -> None:
        statistics = FakeStatistics(DOCUMENTS, options.pop("broken", ""))
        verifier = Verifier(statistics, EXTRACTOR)
        self.retriever = retriever or ScriptedRetriever()
        self.model = ScriptedChat(rule=rule)
        self.agent = create_agent(
            self.model,
            corpus_tools(statistics, verifier=verifier, retriever=self.retriever),
            middleware=[QuCoMiddleware(statistics, verifier=verifier, retriever=self.retriever)],
            **options,
        )

    def ask(self, way: str, **options: Any) -> Any:
        if way == "sync":
            return self.agent.invoke(ASKED, **options)
        return asyncio.run(self.agent.ainvoke(ASKED, **options))

    def messages(self, way: str) -> list[Any]:
        """Return what the message stream shows, tool messages left out."""

        async def listen() -> list[Any]:
            return [m async for m, _ in self.agent.astream(ASKED, stream_mode="messages")]

        if way == "sync":
            shown = [m for m, _ in self.agent.stream(ASKED, stream_mode="messages")]
        else:
            shown = asyncio.run(listen())
        return [message for message in shown if not isinstance(message, ToolMessage)]


@pytest.fixture(params=["sync", "async"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_an_unsupported_answer_is_asked_for_again_with_passages(way: str) -> None:
    world = World()
    output = world.ask(way)
    kinds = [type(message).__name__ for message in output["messages"]]
    assert kinds == ["HumanMessage", "AIMessage", "ToolMessage", "AIMessage"]
    assert output["messages"][2].content.startswith("Metropolis: 1")
    assert output["messages"][-1].text == RIGHT
    report = output["quco_report"]
    assert (report["verdict"], report["asked_again"]) == ("supported", True)
    assert report["draft"]["sentences"][0]["text"] == WRONG
    assert [passage["id"] for passage in report["passages"]] == ["about Metropolis directed by"]
    assert world.retriever.queries == ["Metropolis directed by"]
    asked = world.model.asked
    assert len(asked) == 3
    assert asked[2][-2].text == WRONG
    assert "[about Metropolis directed by] about Metropolis" in asked[2][-1].text


def test_a_supported_answer_takes_one_call(way: str) -> None:
    world = World(lambda _messages: AIMessage(RIGHT))
    output = world.ask(way)
    assert len(world.model.asked) == 1
    assert output["quco_report"]["verdict"] == "supported"
    assert not output["quco_report"]["asked_again"]
    assert world.retriever.queries == []


def test_it_is_asked_once_more_and_no_oftener(way: str) -> None:
    world = World(lambda _messages: AIMessage(WRONG))
    output = world.ask(way)
    assert len(world.model.asked) == 2
    assert output["messages"][-1].text == WRONG
    assert output["quco_report"]["verdict"] == "unsupported"


def test_the_message_stream_holds_no_draft(way: str) -> None:
    shown = [str(message.text) for message in World().messages(way) if message.text]
    assert shown == [RIGHT]


def test_a_second_answer_that_calls_a_tool_passes(way: str) -> None:
    def looking_up(messages: list[BaseMessage]) -> AIMessage:
        if any(isinstance(message, ToolMessage) for message in messages):
            return AIMessage(RIGHT)
        told = "does not support" in str(messages[-1].text)
        return calling("corpus_count", terms=["Metropolis"]) if told else AIMessage(WRONG)

    output = World(looking_up).ask(way)
    kinds = [type(message).__name__ for message in output["messages"]]
    assert kinds == ["HumanMessage", "AIMessage", "ToolMessage", "AIMessage"]
    assert (output["messages"][-1].text, output["quco_report"]["verdict"]) == (RIGHT, "supported")


def test_a_retriever_that_is_down_leaves_the_first_answer(way: str) -> None:
    world = World(lambda _messages: AIMessage(WRONG), retriever=ScriptedRetriever(broken=True))
    output = world.ask(way)
    assert len(world.model.asked) == 1
    report = output["quco_report"]
    assert (report["verdict"], report["failure"]) == ("unsupported", "the index is down")


def test_a_corpus_that_is_down_makes_the_report_unknown(way: str) -> None:
    world = World(lambda _messages: AIMessage(WRONG), broken="no disk")
    output = world.ask(way)
    assert len(world.model.asked) == 1
    assert output["quco_report"]["verdict"] == "unknown"


def test_a_conclusion_that_does_not_follow_is_asked_for_again_with_the_reason() -> None:
    said = "Ada Roe was born in 1950. Bob Poe was born in 1949. So the answer is {}."

    def rule(messages: list[BaseMessage]) -> AIMessage:
        told = "1949 is before 1950" in str(messages[-1].text)
        return AIMessage(said.format("Bob Poe" if told else "Ada Roe"))

    world = World(rule)
    question = HumanMessage("Who was born first, Ada Roe or Bob Poe?")
    output: Any = world.agent.invoke({"messages": [question]})
    assert output["messages"][-1].text.endswith("So the answer is Bob Poe.")
    report = output["quco_report"]
    assert report["draft"]["sentences"][-1]["verdict"] == "unsupported"
    assert report["sentences"][-1]["verdict"] == "supported"
    assert [s["follows"] for s in report["sentences"]] == ["", "", "Bob Poe"]
    assert not any("answer" in query for query in world.retriever.queries)


class Director(BaseModel):
    """A structured answer."""

    name: str


def test_structured_answers_pass(way: str) -> None:
    world = World(lambda _m: calling("Director", name="Buster Keaton"), response_format=Director)
    output = world.ask(way)
    assert output["structured_response"] == Director(name="Buster Keaton")
    assert len(world.model.asked) == 1
    assert "quco_report" not in output


def test_the_report_survives_a_checkpoint(way: str) -> None:
    world = World(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}}
    output = world.ask(way, config=config)
    values = world.agent.get_state(config).values
    assert values["quco_report"] == output["quco_report"]


async def test_the_corpus_is_asked_in_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[threading.Thread] = []
    whole = Verifier.check

    def check(self: Verifier, *arguments: Any) -> Any:
        seen.append(threading.current_thread())
        return whole(self, *arguments)

    monkeypatch.setattr(Verifier, "check", check)
    await World().agent.ainvoke(ASKED)
    assert len(seen) == 2
    assert threading.current_thread() not in seen


def test_the_pipeline_is_loaded_when_the_middleware_is_made() -> None:
    extractor = SpacyExtractor()
    verifier = Verifier(FakeStatistics(DOCUMENTS), extractor)
    QuCoMiddleware(verifier.statistics, verifier=verifier, retriever=ScriptedRetriever())
    assert "_nlp" in vars(extractor)


async def test_many_agents_at_once_keep_to_themselves() -> None:
    world = World()
    outputs = await asyncio.gather(*(world.agent.ainvoke(ASKED) for _ in range(20)))
    assert {output["messages"][-1].text for output in outputs} == {RIGHT}


def test_nothing_to_find_passages_in_is_told_at_once() -> None:
    with pytest.raises(ConfigError, match="give a retriever"):
        QuCoMiddleware(FakeStatistics(DOCUMENTS))


def test_without_langchain_the_error_names_the_install_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = sys.modules.pop("quco.langchain.middleware")
    monkeypatch.setitem(sys.modules, "langchain.agents.middleware", None)
    try:
        with pytest.raises(MissingExtraError, match=r"pip install 'quco\[agents\]'"):
            importlib.import_module("quco.langchain.middleware")
    finally:
        sys.modules["quco.langchain.middleware"] = module
