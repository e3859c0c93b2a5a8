"""LangChain around a real small model and a real index."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_openai import ChatOpenAI

from quco import Controller, ControllerPolicy, QuCo
from quco.adapters.generator.llama_cpp import LlamaCppGenerator
from quco.demonstrations import DEMONSTRATIONS
from quco.langchain import QuCoMiddleware, QuCoRAG, corpus_tools
from quco.prompts import FewShotPrompt
from tests.scripted_chat import ScriptedChat, calling

ASKED = {"question": "Who designed the Sydney Opera House?"}


@pytest.fixture(scope="module")
def quco(demo_index: Path) -> Iterator[QuCo]:
    with QuCo(demo_index) as opened:
        yield opened


@pytest.fixture(scope="module")
def rag(quco: QuCo, small_gguf: Path) -> QuCoRAG:
    """A chain whose model answers the same to the bit, whatever it read before."""
    generator = LlamaCppGenerator(small_gguf, context_tokens=1024, reuse=False)
    policy = ControllerPolicy(k=1, draft_tokens=32)
    prompt = FewShotPrompt(DEMONSTRATIONS[1:2], passage_chars=300)
    return QuCoRAG(controller=Controller(generator, quco.retriever, quco.verifier, policy, prompt))


TIMES = {"seconds", "first_token_s"}


def timeless(output: Any) -> dict[str, Any]:
    usage = {key: value for key, value in output["usage"].items() if key not in TIMES}
    return {**output, "usage": usage}


def test_every_way_of_calling_gives_the_same(rag: QuCoRAG) -> None:
    async def collect() -> list[Any]:
        return [part async for part in rag.astream(ASKED)]

    expected = timeless(rag.invoke(ASKED))
    assert "Utzon" in expected["answer"]
    assert expected["context"]
    assert timeless(reduce(add, rag.stream(ASKED))) == expected
    assert timeless(asyncio.run(rag.ainvoke(ASKED))) == expected
    assert [timeless(one) for one in rag.batch([ASKED] * 2)] == [expected] * 2
    assert [timeless(one) for one in asyncio.run(rag.abatch([ASKED] * 2))] == [expected] * 2
    assert timeless(reduce(add, asyncio.run(collect()))) == expected


async def test_threads_and_tasks_ask_the_corpus_at_once(quco: QuCo) -> None:
    tools = corpus_tools(quco.statistics, verifier=quco.verifier, retriever=quco.retriever)
    calls: list[tuple[Any, Any]] = [
        (tools[0], {"terms": ["Fritz Lang", "Metropolis"]}),
        (tools[1], {"a": "Fritz Lang", "b": "Metropolis"}),
        (tools[2], {"text": "Metropolis was directed by Fritz Lang. It was directed by Keaton."}),
        (tools[3], {"query": "director of Metropolis"}),
    ] * 13
    expected = [tool.invoke(arguments) for tool, arguments in calls[:4]] * 13
    together = await asyncio.gather(*(tool.ainvoke(arguments) for tool, arguments in calls))
    assert together == expected
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda call: call[0].invoke(call[1]), calls)) == expected


WRONG = "Hamlet was written by Fritz Lang."
RIGHT = "Hamlet was written by William Shakespeare."


def looking_up(messages: list[BaseMessage]) -> AIMessage:
    """Search, guess, and say what the passages say when told."""
    if not any(isinstance(message, ToolMessage) for message in messages):
        return calling("search_passages", query="author of the tragedy Hamlet")
    told = "does not support" in str(messages[-1].text) and "Shakespeare" in str(messages[-1].text)
    return AIMessage(RIGHT if told else WRONG)


@pytest.mark.parametrize("way", ["sync", "async"])
def test_an_agent_uses_tools_and_is_corrected(quco: QuCo, way: str) -> None:
    parts: Any = {"verifier": quco.verifier, "retriever": quco.retriever}
    agent = create_agent(
        ScriptedChat(rule=looking_up),
        corpus_tools(quco.statistics, **parts),
        middleware=[QuCoMiddleware(quco.statistics, **parts)],
    )
    asked: Any = {"messages": [HumanMessage("Who wrote the tragedy Hamlet?")]}
    output = agent.invoke(asked) if way == "sync" else asyncio.run(agent.ainvoke(asked))
    assert "Shakespeare" in str(output["messages"][2].text)
    assert output["messages"][-1].text == RIGHT
    assert output["quco_report"]["verdict"] == "supported"
    assert output["quco_report"]["draft"]["verdict"] == "unsupported"


def test_an_agent_with_a_real_model_is_checked(quco: QuCo, small_gguf: Path) -> None:
    server = LlamaCppGenerator(small_gguf, context_tokens=2048)
    model = ChatOpenAI(
        base_url=server.base_url, api_key="none", model=server.name, max_tokens=40, temperature=0
    )
    agent = create_agent(
        model, middleware=[QuCoMiddleware(quco.statistics, verifier=quco.verifier, k=1)]
    )
    output = agent.invoke({"messages": [HumanMessage("Who directed the film Metropolis?")]})
    report = output["quco_report"]
    said = str(output["messages"][-1].text)
    assert said.strip()
    assert report["n_sentences"] >= 1
    assert report["asked_again"] == ("draft" in report)
    if report["asked_again"]:
        assert report["draft"]["verdict"] == "unsupported"
