"""`QuCoRAG` in a scripted world: every way of calling it, what it tells, and how it composes."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from operator import add
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document
from langchain_core.load import dumps, loads
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from pydantic import ValidationError
from typing_extensions import TypedDict

from quco.adapters.generator.langchain import ChatModelGenerator
from quco.adapters.retriever import LangChainSearch
from quco.config import ControllerPolicy
from quco.controller import Controller
from quco.errors import GenerationError, InputError
from quco.langchain import QuCoRAG
from quco.langchain.rag import DECISION_EVENT
from quco.types import Verdict
from tests.scripted import ScriptedChecker, ScriptedGenerator, ScriptedRetriever
from tests.scripted_chat import ScriptedChat

ASKED = {"question": "Who is Ada?"}
WRONG = "Ada is a cat."
GOOD = "Ada is a poet. So the answer is poet."


def correcting(prefix: str, task: str) -> str:
    """Write nonsense about Ada until a passage about her is shown."""
    first = " Ada is a poet." if "about Ada" in task else f" {WRONG}"
    return f"{first} So the answer is {'poet' if 'poet' in first else 'cat'}.".removeprefix(prefix)


def controller(generator: Any = None, retriever: Any = None, **policy: Any) -> Controller:
    return Controller(
        generator or ScriptedGenerator(correcting),
        retriever or ScriptedRetriever(),
        ScriptedChecker({WRONG: Verdict.UNSUPPORTED}),
        ControllerPolicy(**policy),
    )


def make(**options: Any) -> QuCoRAG:
    return QuCoRAG(controller=controller(**options))


def timeless(output: Any) -> dict[str, Any]:
    usage = {key: value for key, value in output["usage"].items() if key != "seconds"}
    return {**output, "usage": usage}


async def collected(rag: QuCoRAG) -> list[Any]:
    return [part async for part in rag.astream(ASKED)]


def test_the_output_is_what_the_controller_answers() -> None:
    answer = controller().run(ASKED["question"]).to_dict()
    output = make().invoke(ASKED)
    assert set(output) == {"question", "answer", "context", "decisions", "usage"}
    assert output["question"] == ASKED["question"]
    assert output["answer"] == answer["text"] == GOOD
    assert [document.id for document in output["context"]] == ["about Ada is"]
    assert output["context"][0].page_content == "about Ada is"
    assert output["decisions"] == answer["decisions"]
    assert timeless(output)["usage"] == timeless(answer)["usage"]


def test_every_way_of_calling_gives_the_same() -> None:
    rag = make()
    expected = timeless(rag.invoke(ASKED))
    assert timeless(reduce(add, rag.stream(ASKED))) == expected
    assert timeless(asyncio.run(rag.ainvoke(ASKED))) == expected
    assert [timeless(one) for one in rag.batch([ASKED] * 3)] == [expected] * 3
    assert [timeless(one) for one in asyncio.run(rag.abatch([ASKED] * 3))] == [expected] * 3
    assert timeless(reduce(add, asyncio.run(collected(rag)))) == expected


def test_streams_show_accepted_sentences_only_and_each_once() -> None:
    for parts in (list(make().stream(ASKED)), asyncio.run(collected(make()))):
        answers = [part["answer"] for part in parts if "answer" in part]
        assert answers == ["Ada is a poet.", " So the answer is poet."]
        assert parts[0] == {"question": ASKED["question"]}
        assert list(parts[-1]) == ["usage"]


def test_an_answer_without_sentences_still_has_every_key() -> None:
    output = make(generator=ScriptedGenerator(lambda _p, _t: "")).invoke(ASKED)
    assert (output["answer"], output["context"]) == ("", [])
    assert output["decisions"][-1]["kind"] == "stop"


class Recorder(BaseCallbackHandler):
    """Keeps what callbacks are told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Any, Any]] = []
        self.parents: dict[str, set[Any]] = {}
        self.tags: dict[str, list[str]] = {}

    def _tell(self, kind: str, what: Any, **details: Any) -> None:
        self.told.append((kind, what, details["run_id"]))
        self.parents.setdefault(kind, set()).add(details.get("parent_run_id"))
        self.tags[kind] = details.get("tags") or []

    def on_chain_start(self, serialized: Any, inputs: Any, **details: Any) -> None:
        self._tell("chain", inputs, **details)

    def on_llm_start(self, serialized: Any, prompts: Any, **details: Any) -> None:
        self._tell("model", prompts, **details)

    def on_chat_model_start(self, serialized: Any, messages: Any, **details: Any) -> None:
        self._tell("model", messages, **details)

    def on_llm_end(self, response: Any, **details: Any) -> None:
        self._tell("written", response.generations[0][0].text, **details)

    def on_llm_error(self, error: Any, **details: Any) -> None:
        self._tell("model failed", error, **details)

    def on_retriever_start(self, serialized: Any, query: Any, **details: Any) -> None:
        self._tell("retriever", query, **details)

    def on_retriever_end(self, documents: Any, **details: Any) -> None:
        self._tell("found", [document.page_content for document in documents], **details)

    def on_retriever_error(self, error: Any, **details: Any) -> None:
        self._tell("retriever failed", error, **details)

    def on_custom_event(self, name: str, data: Any, **details: Any) -> None:
        assert name == DECISION_EVENT
        self._tell("decision", data["kind"], **details)


ORDER = [
    "chain",
    "decision",
    "model",
    "written",
    "retriever",
    "found",
    *["decision"] * 2,
    "model",
    "written",
    *["decision"] * 2,
]


@pytest.mark.parametrize("way", ["invoke", "stream", "ainvoke", "astream"])
def test_callbacks_see_nested_runs_in_order(way: str) -> None:
    recorder = Recorder()
    config: Any = {"callbacks": [recorder], "tags": ["mine"]}
    rag = make()

    async def listen() -> list[Any]:
        return [part async for part in rag.astream(ASKED, config)]

    {
        "invoke": lambda: rag.invoke(ASKED, config),
        "stream": lambda: list(rag.stream(ASKED, config)),
        "ainvoke": lambda: asyncio.run(rag.ainvoke(ASKED, config)),
        "astream": lambda: asyncio.run(listen()),
    }[way]()
    assert [kind for kind, _, _ in recorder.told] == ORDER
    root = recorder.told[0][2]
    assert recorder.parents["model"] == recorder.parents["retriever"] == {root}
    assert {run for kind, _, run in recorder.told if kind == "decision"} == {root}
    assert "mine" in recorder.tags["model"]
    assert "mine" in recorder.tags["retriever"]
    assert [what for kind, what, _ in recorder.told if kind == "retriever"] == ["Ada is"]


def test_events_tell_of_each_decision_where_it_was_made() -> None:
    async def listen() -> list[Any]:
        return [event async for event in make().astream_events(ASKED, version="v2")]

    events = asyncio.run(listen())
    decided = [e["data"]["kind"] for e in events if e["event"] == "on_custom_event"]
    assert decided == ["check_question", "retrieve", "regenerate", "accept", "accept"]
    kinds = [e["event"] for e in events]
    first_accept = kinds.index("on_custom_event", kinds.index("on_retriever_end") + 3)
    assert kinds.index("on_llm_start") < kinds.index("on_retriever_start") < first_accept
    assert (kinds[0], kinds[-1]) == ("on_chain_start", "on_chain_end")
    assert events[-1]["data"]["output"]["answer"] == GOOD


class RiverRetriever(BaseRetriever):
    """LangChain's own kind of retriever."""

    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        return [Document(id="r", page_content=f"about {query}", metadata={"title": "R"})]


@pytest.mark.parametrize("way", ["invoke", "ainvoke"])
def test_a_langchain_retriever_reports_itself_once(way: str) -> None:
    recorder = Recorder()
    rag = make(retriever=LangChainSearch(RiverRetriever()))
    config: Any = {"callbacks": [recorder]}
    if way == "invoke":
        output = rag.invoke(ASKED, config)
    else:
        output = asyncio.run(rag.ainvoke(ASKED, config))
    assert [kind for kind, _, _ in recorder.told] == ORDER
    assert recorder.parents["retriever"] == {recorder.told[0][2]}
    assert output["context"][0].metadata == {"title": "R", "score": 0.0}


def test_parts_that_fail_are_seen_to_fail() -> None:
    recorder = Recorder()
    rag = make(generator=ScriptedGenerator(correcting, fails_at=1))
    with pytest.raises(GenerationError, match="down"):
        rag.invoke(ASKED, {"callbacks": [recorder]})
    assert "model failed" in recorder.parents
    recorder = Recorder()
    make(retriever=ScriptedRetriever(broken=True)).invoke(ASKED, {"callbacks": [recorder]})
    assert "retriever failed" in recorder.parents


def test_it_composes() -> None:
    chain = RunnableLambda(lambda name: {"question": f"Who is {name}?"}) | make().pick("answer")
    assert chain.invoke("Ada") == GOOD
    assert "".join(chain.stream("Ada")) == GOOD
    named = make().with_config(run_name="mine", tags=["t"])
    recorder = Recorder()
    named.invoke(ASKED, {"callbacks": [recorder]})
    assert recorder.tags["chain"] == ["t"]


def test_retry_and_fallback_take_over_when_the_model_is_down() -> None:
    down = ScriptedGenerator(correcting, fails_at=1)
    broken = make(generator=down)
    fixed = broken.with_fallbacks([make()])
    assert fixed.invoke(ASKED)["answer"] == GOOD
    again = broken.with_retry(
        retry_if_exception_type=(GenerationError,),
        stop_after_attempt=2,
        wait_exponential_jitter=False,
    )
    down.requests.clear()
    with pytest.raises(GenerationError):
        again.invoke(ASKED)
    assert len(down.requests) == 2


def test_one_bad_question_does_not_spoil_a_batch() -> None:
    good, bad = make().batch([ASKED, {"question": " "}], return_exceptions=True)
    assert good["answer"] == GOOD
    assert isinstance(bad, InputError)


@pytest.mark.parametrize("asked", [{}, {"query": "x"}, "Who is Ada?", {"question": 3}, None])
def test_wrong_input_is_named(asked: Any) -> None:
    with pytest.raises(InputError, match=r"expected \{'question'"):
        make().invoke(asked)
    with pytest.raises(InputError):
        list(make().stream(asked))


def test_unknown_options_are_refused() -> None:
    with pytest.raises(ValidationError, match="retrieverr"):
        QuCoRAG(controller=controller(), retrieverr=None)  # type: ignore[call-arg]


def test_its_schemas_name_the_keys() -> None:
    def keys(schema: dict[str, Any]) -> set[str]:
        return set(schema["$defs"][schema["$ref"].rsplit("/", 1)[-1]]["properties"])

    rag = make()
    assert keys(rag.get_input_jsonschema()) == {"question"}
    assert keys(rag.get_output_jsonschema()) == set(rag.invoke(ASKED))


@pytest.mark.filterwarnings("ignore:The function `loads` is in beta")
def test_the_output_goes_through_dumps_and_loads() -> None:
    output = make().invoke(ASKED)
    assert loads(dumps(output), allowed_objects="core") == output


class State(TypedDict, total=False):
    """State of a graph that asks."""

    question: str
    answer: str
    context: list[Document]
    decisions: list[dict[str, Any]]
    usage: dict[str, Any]


@pytest.mark.parametrize("way", ["invoke", "ainvoke"])
def test_it_is_a_node_whose_state_survives_a_checkpoint(way: str) -> None:
    graph = StateGraph(State)
    graph.add_node("rag", make())
    graph.add_edge(START, "rag")
    graph.add_edge("rag", END)
    app = graph.compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}}
    if way == "invoke":
        output = app.invoke(ASKED, config)
    else:
        output = asyncio.run(app.ainvoke(ASKED, config))
    assert output["answer"] == GOOD
    assert app.get_state(config).values == output
    assert timeless(output) == timeless(make().invoke(ASKED))


@pytest.mark.parametrize("way", ["sync", "async"])
def test_a_chat_model_is_a_nested_run_whose_drafts_no_message_stream_shows(way: str) -> None:
    def rule(messages: list[BaseMessage]) -> AIMessage:
        return AIMessage(correcting("", str(messages[-1].text)).strip())

    model = ChatModelGenerator(ScriptedChat(rule=rule))
    graph = StateGraph(State)
    graph.add_node("rag", QuCoRAG(controller=controller(model)))
    graph.add_edge(START, "rag")
    app = graph.compile()
    recorder = Recorder()

    async def listen() -> list[Any]:
        config: Any = {"callbacks": [recorder]}
        return [m async for m in app.astream(ASKED, config, stream_mode=["messages", "values"])]

    if way == "sync":
        config: Any = {"callbacks": [recorder]}
        shown = list(app.stream(ASKED, config, stream_mode=["messages", "values"]))
    else:
        shown = asyncio.run(listen())
    assert [kind for kind, _ in shown] == ["values", "values"]
    assert shown[-1][1]["answer"] == GOOD
    assert [kind for kind, _, _ in recorder.told].count("model") == 2
    assert "nostream" in recorder.tags["model"]


async def test_fifty_tasks_and_eight_threads_at_once() -> None:
    rag = make()
    expected = timeless(make().invoke(ASKED))
    together = await asyncio.gather(*(rag.ainvoke(ASKED) for _ in range(50)))
    assert [timeless(one) for one in together] == [expected] * 50
    with ThreadPoolExecutor(8) as pool:
        threaded = list(pool.map(rag.invoke, [ASKED] * 24))
    assert [timeless(one) for one in threaded] == [expected] * 24


async def test_a_cancelled_stream_begins_nothing_more() -> None:
    generator = ScriptedGenerator(lambda prefix, _t: f" Item{len(prefix)} is a thing. X is")
    rag = make(generator=generator, draft_tokens=6, max_tokens=10_000, max_llm_calls=10_000)
    async for part in rag.astream(ASKED):
        if "answer" in part:
            break
    await asyncio.sleep(0.05)
    calls = len(generator.requests)
    await asyncio.sleep(0.1)
    assert len(generator.requests) == calls <= 2
