"""Generators and retrievers of ours, seen by LangChain's callbacks as models and retrievers.

They report to whichever run they are called in. What LangChain itself runs reports itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.outputs import Generation as LangChainGeneration
from langchain_core.outputs import LLMResult
from langchain_core.runnables.config import (
    ensure_config,
    get_callback_manager_for_config,
    set_config_context,
)

from quco.adapters.generator.langchain import ChatModelGenerator
from quco.adapters.generator.render import render_plain
from quco.adapters.retriever import LangChainSearch
from quco.langchain.documents import to_document
from quco.langchain.quiet import quiet_config
from quco.ports import Generator, GeneratorCapabilities, Retriever
from quco.types import Generation, GenerationRequest, Passage


class _StandIn:
    """Whatever a generator is and has, but for how it is called."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator

    @property
    def name(self) -> str:
        """The generator's name."""
        return self._generator.name

    @property
    def capabilities(self) -> GeneratorCapabilities:
        """What the generator can do."""
        return self._generator.capabilities


class QuietGenerator(_StandIn):
    """A chat model of LangChain, whose drafts are kept out of message streams."""

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
        """Continue each request; see `quco.ports.Generator`."""
        with set_config_context(quiet_config()) as context:
            return context.run(self._generator.generate, requests)


class TracedGenerator(_StandIn):
    """A generator whose every request is a model run."""

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
        """Continue each request; see `quco.ports.Generator`."""
        manager = get_callback_manager_for_config(ensure_config())
        runs = manager.on_llm_start(
            {"name": self.name},
            [render_plain(request) for request in requests],
            name=self.name,
            invocation_params={"model": self.name},
        )
        try:
            found = self._generator.generate(requests)
        except BaseException as error:
            for run in runs:
                run.on_llm_error(error)
            raise
        for run, generation in zip(runs, found, strict=True):
            run.on_llm_end(_to_result(generation, self.name))
        return found


class TracedRetriever:
    """A retriever whose every query is a retriever run."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever

    def retrieve(self, query: str, k: int) -> list[Passage]:
        """Return up to `k` passages, best first; see `quco.ports.Retriever`."""
        name = type(self._retriever).__name__
        manager = get_callback_manager_for_config(ensure_config())
        run = manager.on_retriever_start({"name": name}, query, name=name)
        try:
            found = self._retriever.retrieve(query, k)
        except BaseException as error:
            run.on_retriever_error(error)
            raise
        run.on_retriever_end([to_document(passage) for passage in found])
        return found


def traced_generator(generator: Generator) -> Generator:
    """Return a generator that callbacks see, and message streams do not."""
    if isinstance(generator, ChatModelGenerator):
        return QuietGenerator(generator)
    return TracedGenerator(generator)


def traced_retriever(retriever: Retriever | None) -> Retriever | None:
    """Return a retriever that callbacks see."""
    if retriever is None or isinstance(retriever, LangChainSearch):
        return retriever
    return TracedRetriever(retriever)


def _to_result(generation: Generation, model: str) -> LLMResult:
    prompt, completion = generation.n_prompt_tokens, generation.n_completion_tokens
    usage = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }
    written = LangChainGeneration(
        text=generation.text, generation_info={"finish_reason": generation.finish_reason}
    )
    return LLMResult(
        generations=[[written]], llm_output={"token_usage": usage, "model_name": model}
    )
