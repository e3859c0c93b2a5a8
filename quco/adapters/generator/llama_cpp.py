"""GGUF models in this process, through llama.cpp (package xllamacpp)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from quco.adapters.generator.render import render_plain
from quco.errors import GenerationError, ModelError, PromptTooLongError, UnknownModelError
from quco.ports import GeneratorCapabilities
from quco.types import Generation, GenerationRequest, Token

Template = Literal["plain", "chat"]
"""Bare text that is continued, or the chat template stored in the model file."""


class LlamaCppGenerator:
    """A GGUF file, run by llama.cpp on the CPU or on whatever it finds.

    The beginning of a prompt that was read before is not read again, so that a draft that
    continues an answer costs its new tokens only.

    Parameters
    ----------
    path : Path
        The GGUF file.
    context_tokens : int
        Room for prompt and answer together; memory grows with it.
    threads : int or None
        Threads; None for the cores this process may use.
    parallel : int
        Requests worked on at once; each has ``context_tokens`` of room.
    template : {"plain", "chat"}
        How the prompt is rendered.

    Raises
    ------
    UnknownModelError
        If there is no such file.
    ModelError
        If llama.cpp cannot load it.
    """

    def __init__(
        self,
        path: Path,
        *,
        context_tokens: int = 4096,
        threads: int | None = None,
        parallel: int = 1,
        template: Template = "plain",
    ) -> None:
        if not path.is_file():
            raise UnknownModelError(f"{path} is not a file; name a GGUF file or a known model")
        self._path = path
        self._template = template
        self._parallel = parallel
        self._context_tokens = context_tokens
        self._server = _start(path, context_tokens * parallel, threads or _cores(), parallel)

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self._path.stem

    @property
    def capabilities(self) -> GeneratorCapabilities:
        """Exact prefixes, log-probabilities."""
        prefix: Literal["exact", "template"] = "exact" if self._template == "plain" else "template"
        return GeneratorCapabilities(prefix, logprobs=True, context_tokens=self._context_tokens)

    @property
    def base_url(self) -> str:
        """Address on loopback where llama.cpp serves the same model over HTTP."""
        return f"{self._server.listening_address}/v1"

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
        """Continue each request, as many at once as `parallel` says.

        Raises
        ------
        PromptTooLongError
            If a prompt does not fit.
        GenerationError
            If llama.cpp reports another error.
        """
        if len(requests) == 1 or self._parallel == 1:
            return [self._one(request) for request in requests]
        with ThreadPoolExecutor(self._parallel) as pool:
            return list(pool.map(self._one, requests))

    def read_ahead(self, request: GenerationRequest) -> None:
        """Read a prompt, so that one that begins like it is answered sooner."""
        self.generate([replace(request, max_tokens=1)])

    def _one(self, request: GenerationRequest) -> Generation:
        if self._template == "plain":
            body = _sampling(request) | {"prompt": render_plain(request)}
            if request.logprobs:
                body["logprobs"] = 1
            reply = self._server.handle_completions(body)
            choice = _only_choice(reply)
            return _generation(reply, choice, choice["text"])
        messages = [{"role": m.role, "content": m.content} for m in request.messages]
        if request.prefix:
            messages.append({"role": "assistant", "content": request.prefix})
        body = _sampling(request) | {"messages": messages, "logprobs": request.logprobs}
        reply = self._server.handle_chat_completions(body)
        choice = _only_choice(reply)
        text = choice["message"].get("content") or ""
        return _generation(reply, choice, text.removeprefix(request.prefix))


def _start(path: Path, context_tokens: int, threads: int, parallel: int) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = context_tokens
    params.n_parallel = parallel
    params.warmup = False
    params.verbosity = -1
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.prefill_assistant = True
    try:
        return xllamacpp.Server(params)
    except RuntimeError as exc:
        raise ModelError(f"llama.cpp cannot load {path}: {exc}; is it a GGUF file?") from exc


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _sampling(request: GenerationRequest) -> dict[str, Any]:
    return {
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "seed": request.seed,
        "stop": list(request.stop),
        "cache_prompt": True,
        **({"grammar": request.grammar} if request.grammar else {}),
    }


def _only_choice(reply: Mapping[str, Any]) -> Mapping[str, Any]:
    if "error" in reply:
        error = reply["error"]
        message = f"llama.cpp: {error.get('message', error)}"
        if error.get("type") == "exceed_context_size_error":
            hint = "ask a shorter question, show fewer passages or raise context_tokens"
            raise PromptTooLongError(f"{message}; {hint}")
        raise GenerationError(message)
    choice: Mapping[str, Any] = reply["choices"][0]
    return choice


def _generation(reply: Mapping[str, Any], choice: Mapping[str, Any], text: str) -> Generation:
    usage = reply.get("usage", {})
    logprobs = (choice.get("logprobs") or {}).get("content") or []
    return Generation(
        text=text,
        finish_reason="length" if choice.get("finish_reason") == "length" else "stop",
        n_prompt_tokens=usage.get("prompt_tokens", 0),
        n_completion_tokens=usage.get("completion_tokens", 0),
        tokens=tuple(Token(t["token"], t["logprob"]) for t in logprobs),
    )
