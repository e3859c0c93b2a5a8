"""Generators behind an interface: a real server on loopback, and servers that misbehave."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from langchain_core.language_models import BaseChatModel, FakeListChatModel
from langchain_openai import ChatOpenAI

from quco.adapters.generator.langchain import ChatModelGenerator
from quco.adapters.generator.llama_cpp import LlamaCppGenerator
from quco.adapters.generator.openai import Interface, OpenAIGenerator
from quco.controller import Controller
from quco.errors import ConfigError, GenerationError, PromptTooLongError
from quco.ports import Generator
from quco.types import GenerationRequest, Message
from tests.scripted import ScriptedChecker, ScriptedRetriever

FRANCE = GenerationRequest(
    (Message("user", "Question: What is the capital of France?\nAnswer:"),),
    prefix=" The capital of France is",
    max_tokens=12,
)


@pytest.fixture(scope="module")
def llama(small_gguf: Path) -> LlamaCppGenerator:
    return LlamaCppGenerator(small_gguf, context_tokens=512, parallel=2)


@pytest.mark.parametrize("interface", ["chat_assistant", "chat_vllm", "chat"])
def test_chats_continue_the_prefix(llama: LlamaCppGenerator, interface: Interface) -> None:
    generator = OpenAIGenerator(llama.base_url, interface=interface)
    result, again = generator.generate([replace(FRANCE, logprobs=True)] * 2)
    generator.close()
    assert "Paris" in result.text
    assert FRANCE.prefix.strip() not in result.text
    assert result.text == again.text
    assert all(token.entropy is not None and token.entropy > 0 for token in result.tokens)
    expected = "emulated" if interface == "chat" else "template"
    assert generator.capabilities.prefix == expected


def test_entropies_of_the_best_few_are_a_lower_bound(
    llama: LlamaCppGenerator, small_gguf: Path
) -> None:
    from quco.adapters.generator.transformers import TransformersGenerator

    request = GenerationRequest(
        (Message("user", "The capital of France is"),), max_tokens=1, logprobs=True
    )
    server = OpenAIGenerator(llama.base_url)
    (few,) = server.generate([request])[0].tokens
    server.close()
    (whole,) = TransformersGenerator(small_gguf, device="cpu").generate([request])[0].tokens
    assert few.entropy is not None
    assert whole.entropy is not None
    assert 0 < few.entropy <= whole.entropy + 0.1


def test_a_prompt_that_does_not_fit_is_told_apart(llama: LlamaCppGenerator) -> None:
    request = GenerationRequest((Message("user", "word " * 900),), max_tokens=2)
    chat = ChatOpenAI(base_url=llama.base_url, api_key="none", model="any")  # type: ignore[arg-type]
    for generator in (
        OpenAIGenerator(llama.base_url),
        OpenAIGenerator(llama.base_url, interface="chat"),
        ChatModelGenerator(chat),
    ):
        with pytest.raises(PromptTooLongError, match="exceeds the available context"):
            generator.generate([request])


def test_a_real_chat_model_of_langchain_goes_on(llama: LlamaCppGenerator) -> None:
    chat = ChatOpenAI(
        base_url=llama.base_url,
        api_key="none",  # type: ignore[arg-type]
        model="smollm2",
        temperature=0,
    )
    generator = ChatModelGenerator(chat)
    assert isinstance(generator, Generator)
    assert generator.name == "smollm2"
    results = generator.generate([FRANCE, replace(FRANCE, max_tokens=1), FRANCE])
    assert "Paris" in results[0].text
    assert FRANCE.prefix.strip() not in results[0].text
    assert results[0] == results[2]
    assert results[1].finish_reason == "length"
    assert results[0].n_prompt_tokens > 20
    assert results[0].n_completion_tokens > 1


WHOLE = "Ada is a poet. Poets is people. So the answer is people."


@pytest.mark.parametrize(
    "replies",
    [
        [WHOLE],
        ["Ada is a poet. Poets is people.", "So the answer is people."],
        ["Ada is a poet. Poets is people.", f"Sorry. {WHOLE}", "people."],
    ],
    ids=["at once", "asked to go on", "with a word before it"],
)
def test_the_loop_runs_over_a_chat_model(replies: list[str]) -> None:
    chat: BaseChatModel = FakeListChatModel(responses=replies)
    controller = Controller(
        ChatModelGenerator(chat, limit=None), ScriptedRetriever(), ScriptedChecker()
    )
    answer = controller.run("What is Ada?")
    assert answer.final == "people"
    assert answer.text.startswith("Ada is a poet. Poets is people.")
    assert answer.outcome == "complete"


def test_a_chat_model_that_fails_is_told() -> None:
    class Down(FakeListChatModel):
        def _call(self, *args: object, **kwargs: object) -> str:
            raise ConnectionError("no route")

    with pytest.raises(GenerationError, match="ConnectionError: no route"):
        ChatModelGenerator(Down(responses=[])).generate([FRANCE])


def test_an_unknown_interface_is_named() -> None:
    with pytest.raises(ConfigError, match="telnet"):
        OpenAIGenerator("http://127.0.0.1:9/v1", interface="telnet")  # type: ignore[arg-type]


# ------------------------------------------------------------ servers that misbehave


@contextmanager
def serving(status: int, body: object, wait_s: float = 0.0) -> Iterator[str]:
    """Serve one answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            time.sleep(wait_s)
            raw = json.dumps(body).encode() if not isinstance(body, bytes) else body
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            with suppress(BrokenPipeError):  # the client has given up
                self.wfile.write(raw)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask(url: str, timeout_s: float = 5.0) -> Callable[[], object]:
    generator = OpenAIGenerator(url, model="any", retries=0, timeout_s=timeout_s)

    def call() -> object:
        try:
            return generator.generate([FRANCE])
        finally:
            generator.close()

    return call


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"error": {"message": "out of order"}}),
        (401, {"error": {"message": "who are you"}}),
        (404, {"error": {"message": "no such model"}}),
        (429, {"error": {"message": "too busy"}}),
        (200, {"choices": []}),
    ],
)
def test_every_failure_of_a_server_is_a_failed_generation(status: int, body: object) -> None:
    with serving(status, body) as url, pytest.raises(GenerationError, match=r"127\.0\.0\.1"):
        ask(url)()


def test_a_context_that_is_too_small_is_understood_from_vllm_s_words() -> None:
    said = "This model's maximum context length is 4096 tokens. However, you requested 5000."
    with serving(400, {"message": said}) as url, pytest.raises(PromptTooLongError):
        ask(url)()


def test_a_server_that_is_slow_is_given_up() -> None:
    with serving(200, {}, wait_s=1.0) as url, pytest.raises(GenerationError, match="timed out"):
        ask(url, timeout_s=0.2)()


def test_a_server_that_is_down_is_told() -> None:
    with pytest.raises(GenerationError, match="is the server up"):
        ask("http://127.0.0.1:9/v1")()


def test_openai_s_lists_of_log_probabilities_are_read() -> None:
    lists = {
        "tokens": [" Par", "is"],
        "token_logprobs": [-0.5, None],
        "top_logprobs": [{" Par": -0.5, " L": -2.0}, None],
        "text_offset": [0, 4],
    }
    choice = {"index": 0, "text": " Paris", "finish_reason": "length", "logprobs": lists}
    body = {"id": "1", "object": "text_completion", "created": 1, "model": "any"}
    with serving(200, {**body, "choices": [choice]}) as url:
        generator = OpenAIGenerator(url, model="any")
        (result,) = generator.generate([replace(FRANCE, logprobs=True)])
        generator.close()
    assert [token.text for token in result.tokens] == [" Par", "is"]
    assert [token.logprob for token in result.tokens] == [-0.5, 0.0]
    assert result.tokens[0].entropy == pytest.approx(0.9235, abs=1e-4)
    assert result.tokens[1].entropy is None
