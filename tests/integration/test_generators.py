"""Every generator on a real model: the same weights through four runtimes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from quco.adapters.generator.ik_llama import IkLlamaGenerator
from quco.adapters.generator.ik_runtime import is_available
from quco.adapters.generator.llama_cpp import LlamaCppGenerator
from quco.adapters.generator.openai import OpenAIGenerator
from quco.adapters.generator.transformers import TransformersGenerator
from quco.errors import ModelError, PromptTooLongError, UnknownModelError
from quco.ports import Generator
from quco.types import GenerationRequest, Message

CAPITAL = GenerationRequest(
    (Message("user", "The capital of Italy is Rome.\nThe capital of France is"),),
    stop=(".", "\n"),
    max_tokens=8,
)


@pytest.fixture(scope="module")
def llama(small_gguf: Path) -> LlamaCppGenerator:
    return LlamaCppGenerator(small_gguf, context_tokens=1024, parallel=2)


@pytest.fixture(scope="module")
def server(llama: LlamaCppGenerator) -> Iterator[OpenAIGenerator]:
    generator = OpenAIGenerator(llama.base_url)
    yield generator
    generator.close()


@pytest.fixture(scope="module")
def torch_model(small_gguf: Path) -> TransformersGenerator:
    return TransformersGenerator(small_gguf, device="cpu")


@pytest.fixture(scope="module")
def ik(small_gguf: Path) -> IkLlamaGenerator:
    if not is_available():
        pytest.skip("ik_llama.cpp runs on Linux, on x86-64 with AVX2")
    return IkLlamaGenerator(small_gguf, context_tokens=1024)


@pytest.fixture(params=["llama", "server", "ik", "torch_model"])
def generator(request: pytest.FixtureRequest) -> Generator:
    chosen: Generator = request.getfixturevalue(request.param)
    return chosen


def test_is_a_generator(generator: Generator) -> None:
    assert isinstance(generator, Generator)
    assert "smollm2" in generator.name


def test_continues_a_prompt_up_to_the_stop(generator: Generator) -> None:
    (result,) = generator.generate([CAPITAL])
    assert result.text.strip() == "Paris"
    assert result.finish_reason == "stop"
    assert result.n_prompt_tokens > 10
    assert 1 <= result.n_completion_tokens <= 8


def test_a_prefix_is_continued_not_repeated(generator: Generator) -> None:
    request = GenerationRequest(
        (Message("user", "Count: one two three four five six\nCount:"),),
        prefix=" one two three",
        stop=("\n",),
        max_tokens=3,
    )
    (result,) = generator.generate([request])
    assert result.text.split()[0] == "four"


def test_running_out_of_tokens_is_told(generator: Generator) -> None:
    request = GenerationRequest((Message("user", "Once upon a time"),), max_tokens=4)
    (result,) = generator.generate([request])
    assert result.finish_reason == "length"
    assert result.n_completion_tokens == 4


def test_a_batch_is_answered_in_order(generator: Generator) -> None:
    italy = GenerationRequest(
        (Message("user", "The capital of France is Paris.\nThe capital of Italy is"),),
        stop=(".", "\n"),
        max_tokens=8,
    )
    texts = [result.text.strip() for result in generator.generate([CAPITAL, italy, CAPITAL])]
    assert texts == ["Paris", "Rome", "Paris"]


def test_log_probabilities_agree_between_runtimes(
    llama: LlamaCppGenerator,
    server: OpenAIGenerator,
    ik: IkLlamaGenerator,
    torch_model: TransformersGenerator,
) -> None:
    request = GenerationRequest(CAPITAL.messages, max_tokens=1, logprobs=True)
    values = [
        each.generate([request])[0].tokens[0].logprob for each in (llama, server, ik, torch_model)
    ]
    assert all(value < 0 for value in values)
    assert values == pytest.approx([values[0]] * 4, abs=0.15)


def test_a_prompt_that_does_not_fit_is_refused(llama: LlamaCppGenerator) -> None:
    request = GenerationRequest((Message("user", "word " * 3000),), max_tokens=4)
    with pytest.raises(PromptTooLongError, match="exceeds the available context"):
        llama.generate([request])


def test_the_chat_template_continues_the_prefix(small_gguf: Path) -> None:
    generator = LlamaCppGenerator(small_gguf, context_tokens=512, template="chat")
    assert generator.capabilities.prefix == "template"
    request = GenerationRequest(
        (Message("user", "What is the capital of France?"),),
        prefix="The capital of France is",
        max_tokens=5,
    )
    (result,) = generator.generate([request])
    assert "Paris" in result.text
    assert "capital of France is" not in result.text


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownModelError, match=r"none\.gguf"):
        LlamaCppGenerator(tmp_path / "none.gguf")


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "noise.gguf"
    path.write_bytes(b"not a model" * 100)
    with pytest.raises(ModelError, match="noise"):
        LlamaCppGenerator(path)
