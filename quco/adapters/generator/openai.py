"""Any server with the OpenAI interface: vLLM, llama.cpp, and others."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

from quco.adapters.generator.emulate import (
    ask_to_go_on,
    cut_at_stop,
    is_too_long,
    strip_overlap,
)
from quco.adapters.generator.entropy import top_entropy
from quco.adapters.generator.render import render_plain
from quco.errors import ConfigError, GenerationError, MissingExtraError, PromptTooLongError
from quco.ports import GeneratorCapabilities
from quco.types import Generation, GenerationRequest, Message, Token

Interface = Literal["completions", "chat", "chat_assistant", "chat_vllm"]
"""How the server is asked.

completions: ``/v1/completions`` with the prompt rendered here.
chat: ``/v1/chat/completions`` of a server that cannot continue an answer; that is emulated.
chat_assistant: of one that continues the last turn where it is the assistant's, as llama.cpp does.
chat_vllm: of one that does so with ``continue_final_message``, as vLLM does.
"""

TOP_K = 5
"""Alternatives of each token that its entropy is computed from; what servers allow at most."""


class OpenAIGenerator:
    """A model behind a server.

    Parameters
    ----------
    base_url : str
        Such as ``http://127.0.0.1:8000/v1``.
    model : str or None
        The server's name for the model; None for the first it lists.
    api_key : str or None
        None for the environment's ``OPENAI_API_KEY``, or no key.
    interface : {"completions", "chat", "chat_assistant", "chat_vllm"}
        How it is asked; see `Interface`. Prefixes are exact with the first alone.
    timeout_s : float
        Seconds to wait for one answer.
    retries : int
        Further tries where the server is busy or does not answer.
    parallel : int
        Requests under way at once; servers batch them.
    context_tokens : int or None
        Tokens of prompt and answer together, where they are known.

    Raises
    ------
    MissingExtraError
        If the package openai is not installed.
    GenerationError
        If the server is out of reach, or lists no model.
    """

    def __init__(
        self,
        base_url: str,
        *,
        model: str | None = None,
        api_key: str | None = None,
        interface: Interface = "completions",
        timeout_s: float = 120.0,
        retries: int = 2,
        parallel: int = 8,
        context_tokens: int | None = None,
    ) -> None:
        if interface not in _PREFIX:
            raise ConfigError(f"interface is {interface!r}; expected one of {', '.join(_PREFIX)}")
        try:
            import openai
        except ImportError as exc:
            raise MissingExtraError("openai", "openai") from exc
        key = api_key or os.environ.get("OPENAI_API_KEY") or "none"
        self._base_url = base_url
        self._interface = interface
        self._parallel = parallel
        self._context_tokens = context_tokens
        self._errors = openai.OpenAIError
        self._client = openai.OpenAI(
            base_url=base_url, api_key=key, timeout=timeout_s, max_retries=retries
        )
        self._model = model or self._first_model()

    @property
    def name(self) -> str:
        """The server's name for the model."""
        return self._model

    @property
    def capabilities(self) -> GeneratorCapabilities:
        """Log-probabilities, entropies of the best few, batches."""
        return GeneratorCapabilities(
            _PREFIX[self._interface],
            logprobs=True,
            entropy="top_k",
            batch=True,
            context_tokens=self._context_tokens,
        )

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
        """Continue each request, as many at once as `parallel` says.

        Raises
        ------
        PromptTooLongError
            If a prompt does not fit.
        GenerationError
            If the server is out of reach or refuses.
        """
        if len(requests) == 1:
            return [self._one(requests[0])]
        with ThreadPoolExecutor(max(1, min(self._parallel, len(requests)))) as pool:
            return list(pool.map(self._one, requests))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _first_model(self) -> str:
        try:
            for model in self._client.models.list():
                return model.id
        except self._errors as exc:
            raise self._failure(exc) from exc
        raise GenerationError(f"{self._base_url} lists no model; name one")

    def _one(self, request: GenerationRequest) -> Generation:
        try:
            reply = self._ask(request)
        except self._errors as exc:
            raise self._failure(exc) from exc
        if not reply.choices:
            raise GenerationError(f"{self._base_url} answered without a choice")
        choice = reply.choices[0]
        if self._interface == "completions":
            text = choice.text or ""
        else:
            text = self._new_text(request.prefix, choice.message.content or "")
        text, stopped = cut_at_stop(text, request.stop)
        cut_short = choice.finish_reason == "length" and not stopped
        usage = reply.usage
        return Generation(
            text=text,
            finish_reason="length" if cut_short else "stop",
            n_prompt_tokens=usage.prompt_tokens if usage else 0,
            n_completion_tokens=usage.completion_tokens if usage else 0,
            tokens=read_tokens(choice.logprobs) if request.logprobs else (),
        )

    def _ask(self, request: GenerationRequest) -> Any:
        options: dict[str, Any] = {
            "model": self._model,
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "seed": request.seed,
            "stop": list(request.stop) or None,
        }
        if self._interface == "completions":
            if request.logprobs:
                options["logprobs"] = TOP_K
            return self._client.completions.create(prompt=render_plain(request), **options)
        if request.logprobs:
            options |= {"logprobs": True, "top_logprobs": TOP_K}
        turns = request.messages
        if self._interface == "chat":
            turns = ask_to_go_on(request)
        elif request.prefix.strip():
            turns = (*turns, Message("assistant", request.prefix))
            if self._interface == "chat_vllm":
                options["extra_body"] = {
                    "continue_final_message": True,
                    "add_generation_prompt": False,
                }
        messages: Any = [{"role": turn.role, "content": turn.content} for turn in turns]
        return self._client.chat.completions.create(messages=messages, **options)

    def _new_text(self, prefix: str, text: str) -> str:
        """Return the continuation; some servers give the prefix back with it."""
        if self._interface == "chat":
            return strip_overlap(prefix, text)
        for begun in (prefix, prefix.strip()):
            if begun and text.startswith(begun):
                return text[len(begun) :]
        return text

    def _failure(self, exc: Exception) -> GenerationError:
        if getattr(exc, "status_code", None) in {400, 413} and is_too_long(str(exc)):
            return PromptTooLongError(
                f"{self._base_url}: {exc}; ask a shorter question or show fewer passages"
            )
        return GenerationError(f"{self._base_url} failed: {exc}; is the server up?")


_PREFIX: Mapping[str, Literal["exact", "template", "emulated"]] = {
    "completions": "exact",
    "chat": "emulated",
    "chat_assistant": "template",
    "chat_vllm": "template",
}


def read_tokens(logprobs: Any) -> tuple[Token, ...]:
    """Read OpenAI's parallel lists of completions, or the list under ``content`` of chats.

    llama.cpp answers in the second form always.
    """
    content = getattr(logprobs, "content", None)
    if content:
        return tuple(
            _token(item if isinstance(item, dict) else item.model_dump()) for item in content
        )
    texts = getattr(logprobs, "tokens", None) or []
    values = getattr(logprobs, "token_logprobs", None) or []
    best = getattr(logprobs, "top_logprobs", None) or [None] * len(texts)
    return tuple(
        Token(text, value or 0.0, top_entropy(list(top.values())) if top else None)
        for text, value, top in zip(texts, values, best, strict=True)
    )


def _token(item: Mapping[str, Any]) -> Token:
    best = [other["logprob"] for other in item.get("top_logprobs") or []]
    return Token(item["token"], item["logprob"], top_entropy(best) if best else None)
