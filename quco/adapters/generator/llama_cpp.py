"""GGUF models in this process, through llama.cpp (package xllamacpp)."""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from quco.adapters.generator.cores import all_cores, free_cores, waiting_threads_sleep
from quco.adapters.generator.entropy import top_entropy
from quco.adapters.generator.prompt_memory import PromptMemory
from quco.adapters.generator.render import render_plain
from quco.errors import GenerationError, ModelError, PromptTooLongError, UnknownModelError
from quco.ports import GeneratorCapabilities
from quco.types import Generation, GenerationRequest, Token

Template = Literal["plain", "chat"]
"""Bare text that is continued, or the chat template stored in the model file."""

TOP_K = 20
"""Alternatives of each token that its entropy is computed from."""

PROMPT_CACHE_MIB = 256
"""Memory for prompts read earlier; llama.cpp would take up to 8 GiB."""


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
        Threads; None for the cores that are free while the model is loaded.
    parallel : int
        Requests worked on at once; each has ``context_tokens`` of room.
    template : {"plain", "chat"}
        How the prompt is rendered.
    reuse : bool
        Whether the beginning of a prompt that was read before is kept. Without, every answer is the
        same to the bit, whatever was asked before it; with, close calls may fall either way.
    memory : Path or None
        Folder that keeps what `read_ahead` read for later processes; None to read it anew.

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
        reuse: bool = True,
        memory: Path | None = None,
    ) -> None:
        if not path.is_file():
            raise UnknownModelError(f"{path} is not a file; name a GGUF file or a known model")
        self._path = path
        self._template = template
        self._reuse = reuse
        self._parallel = parallel
        self._context_tokens = context_tokens
        cores = all_cores()
        free = threads or free_cores(cores)
        runtime = _runtime(crowded=free < len(cores))
        params = _params(runtime, path, context_tokens * parallel, parallel)
        params.cpuparams.n_threads = free
        params.cpuparams_batch.n_threads = threads or len(cores)
        self._memory = None
        if memory is not None:
            version = f"xllamacpp {runtime.__version__}, {parallel} times {context_tokens} tokens"
            self._memory = PromptMemory(memory, path, version)
            params.slot_save_path = f"{memory}{os.sep}"
        try:
            self._server = runtime.Server(params)
        except RuntimeError as exc:
            raise ModelError(f"llama.cpp cannot load {path}: {exc}; is it a GGUF file?") from exc

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self._path.stem

    @property
    def capabilities(self) -> GeneratorCapabilities:
        """Exact prefixes with bare prompts; log-probabilities; grammars."""
        return GeneratorCapabilities(
            "exact" if self._template == "plain" else "template",
            logprobs=True,
            entropy="top_k",
            batch=self._parallel > 1,
            context_tokens=self._context_tokens,
        )

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
        """Read a prompt, so that one that begins like it is answered sooner.

        With a folder for it, this is done once for all processes.
        """
        if self._memory is None:
            self._one(replace(request, max_tokens=1))
            return
        name = self._memory.name(repr((self._template, request.messages, request.prefix)))
        if self._memory.holds(name) and self._restore(name, 0):
            return
        self._one(replace(request, max_tokens=1), slot=0)
        if self._memory.store(name, lambda written: self._slot("save", 0, written)):
            self._restore(name, 1)

    def _restore(self, name: str, first: int) -> bool:
        """Read a state into the slots from `first` on."""
        return all(self._slot("restore", slot, name) for slot in range(first, self._parallel))

    def _slot(self, action: Literal["save", "restore"], slot: int, name: str) -> bool:
        """Write or read the state of a slot, and return whether that was done.

        llama.cpp offers this over HTTP alone.
        """
        address = urlsplit(self._server.listening_address).netloc
        connection = http.client.HTTPConnection(address)
        try:
            body = json.dumps({"filename": name})
            headers = {"Content-Type": "application/json"}
            connection.request("POST", f"/slots/{slot}?action={action}", body, headers)
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _one(self, request: GenerationRequest, *, slot: int = -1) -> Generation:
        """Continue one request in a certain slot, or in the one that suits best."""
        common = _sampling(request) | {"id_slot": slot, "cache_prompt": self._reuse}
        if self._template == "plain":
            body = common | {"prompt": render_plain(request)}
            if request.logprobs:
                body["logprobs"] = TOP_K
            reply = self._server.handle_completions(body)
            choice = _only_choice(reply)
            return _generation(reply, choice, choice["text"])
        messages = [{"role": m.role, "content": m.content} for m in request.messages]
        if request.prefix:
            messages.append({"role": "assistant", "content": request.prefix})
        body = common | {"messages": messages}
        if request.logprobs:
            body |= {"logprobs": True, "top_logprobs": TOP_K}
        reply = self._server.handle_chat_completions(body)
        choice = _only_choice(reply)
        text = choice["message"].get("content") or ""
        return _generation(reply, choice, text.removeprefix(request.prefix))


def _runtime(*, crowded: bool) -> Any:
    with waiting_threads_sleep(crowded):
        import xllamacpp
    return xllamacpp


def _params(runtime: Any, path: Path, context_tokens: int, parallel: int) -> Any:
    params = runtime.CommonParams()
    params.model.path = str(path)
    params.n_ctx = context_tokens
    params.n_parallel = parallel
    params.cache_ram_mib = PROMPT_CACHE_MIB
    params.warmup = False
    params.verbosity = -1
    params.prefill_assistant = True
    # Fitting the layers into a GPU's memory takes as long as loading them.
    params.fit_params = any("GPU" in str(device["type"]) for device in runtime.get_device_info())
    return params


def _sampling(request: GenerationRequest) -> dict[str, Any]:
    return {
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "seed": request.seed,
        "stop": list(request.stop),
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
    timings = reply.get("timings", {})
    logprobs = (choice.get("logprobs") or {}).get("content") or []
    return Generation(
        text=text,
        finish_reason="length" if choice.get("finish_reason") == "length" else "stop",
        n_prompt_tokens=usage.get("prompt_tokens", 0),
        n_completion_tokens=usage.get("completion_tokens", 0),
        n_cached_tokens=timings.get("cache_n", 0),
        first_token_s=timings["prompt_ms"] / 1000 if "prompt_ms" in timings else None,
        tokens=tuple(_token(item) for item in logprobs),
    )


def _token(item: Mapping[str, Any]) -> Token:
    best = [other["logprob"] for other in item["top_logprobs"]]
    return Token(item["token"], item["logprob"], top_entropy(best))
