"""GGUF models in this process, through ik_llama.cpp: faster than llama.cpp on many processors."""

from __future__ import annotations

import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, zip_longest
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quco.adapters.generator.cores import all_cores, free_cores
from quco.adapters.generator.ik_runtime import IkRuntime
from quco.adapters.generator.lookup import look_up
from quco.adapters.generator.prompt_memory import PromptMemory
from quco.adapters.generator.render import cut_pieces, first_stop, render_plain
from quco.errors import PromptTooLongError, UnknownModelError
from quco.ports import GeneratorCapabilities
from quco.types import Generation, GenerationRequest, Token

GUESSED = 3
"""Tokens that are guessed and read together with the next one."""


class _Chosen(NamedTuple):
    """A token, and what it was chosen from."""

    id: int
    logits: NDArray[np.float32]


class IkLlamaGenerator:
    """A GGUF file, run by ik_llama.cpp on the processor.

    The beginning of a prompt that was read before is not read again. Greedy answers are written
    several tokens at a time where they repeat the prompt (see `lookup`); that changes a token only
    where rounding does. Grammars are not kept to.

    Parameters
    ----------
    path : Path
        The GGUF file.
    context_tokens : int
        Room for prompt and answer together; memory grows with it.
    threads : int or None
        Threads; None for the cores that are free while the model is loaded.
    memory : Path or None
        Folder that keeps what `read_ahead` read for later processes; None to read it anew.

    Raises
    ------
    UnknownModelError
        If there is no such file.
    ModelError
        If it cannot be loaded.
    MissingExtraError
        If ik_llama.cpp is not installed.
    """

    def __init__(
        self,
        path: Path,
        *,
        context_tokens: int = 4096,
        threads: int | None = None,
        memory: Path | None = None,
    ) -> None:
        if not path.is_file():
            raise UnknownModelError(f"{path} is not a file; name a GGUF file or a known model")
        self._path = path
        self._context_tokens = context_tokens
        cores = all_cores()
        writing, reading = threads or free_cores(cores), threads or len(cores)
        self._runtime = IkRuntime(path, context_tokens, writing, reading)
        version = f"{self._runtime.version}, {context_tokens} tokens"
        self._memory = None if memory is None else PromptMemory(memory, path, version)
        self._lock = threading.RLock()  # whoever says `enough` may ask the model

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self._path.stem

    @property
    def capabilities(self) -> GeneratorCapabilities:
        """Exact prefixes; log-probabilities and entropies over the whole vocabulary."""
        return GeneratorCapabilities(
            "exact", logprobs=True, entropy="exact", context_tokens=self._context_tokens
        )

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
        """Continue each request, one after the other.

        Raises
        ------
        PromptTooLongError
            If a prompt does not fit.
        GenerationError
            If ik_llama.cpp reports another error.
        """
        with self._lock:
            return [self._one(request) for request in requests]

    def read_ahead(self, request: GenerationRequest) -> None:
        """Read a prompt, so that one that begins like it is answered sooner.

        With a folder for it, this is done once for all processes.
        """
        with self._lock:
            tokens = self._fitting(request)
            if self._memory is None:
                self._runtime.read(tokens)
            elif not self._restored(self._memory, name := self._memory.name(repr(tokens))):
                self._runtime.read(tokens)
                folder = self._memory.folder
                self._memory.store(name, lambda written: self._runtime.save(folder / written))

    def _restored(self, memory: PromptMemory, name: str) -> bool:
        return memory.holds(name) and self._runtime.load(memory.folder / name)

    def _fitting(self, request: GenerationRequest) -> list[int]:
        """Return the tokens of a prompt that leaves room for an answer."""
        tokens = self._runtime.encode(render_plain(request))
        if len(tokens) >= self._context_tokens:
            raise PromptTooLongError(
                f"ik_llama.cpp: the prompt has {len(tokens)} tokens of {self._context_tokens}; ask "
                "a shorter question, show fewer passages or raise context_tokens"
            )
        return tokens

    def _one(self, request: GenerationRequest) -> Generation:
        begun = time.perf_counter()
        prompt = self._fitting(request)
        n_cached = min(self._runtime.known(prompt), len(prompt) - 1)
        room = min(request.max_tokens, self._context_tokens - len(prompt))
        decode = getincrementaldecoder("utf-8")("ignore").decode
        pieces, scores = list[str](), list[tuple[float, float]]()
        whole, cut, first_token_s = "", 0, 0.0
        reason: Literal["stop", "length"] = "length"
        for token in islice(self._write(prompt, request), room):
            first_token_s = first_token_s or time.perf_counter() - begun
            if self._runtime.ends(token.id):
                reason = "stop"
                break
            pieces.append(decode(self._runtime.piece(token.id)))
            whole += pieces[-1]
            if request.logprobs:
                scores.append(_scores(token))
            cut = first_stop(whole, request.stop)
            if cut < len(whole):
                reason = "stop"
                break
            if request.enough is not None and request.enough(whole):
                break
        texts = cut_pieces(pieces, cut)
        return Generation(
            whole[:cut],
            reason,
            n_prompt_tokens=len(prompt),
            n_cached_tokens=n_cached,
            first_token_s=first_token_s,
            n_completion_tokens=len(pieces),
            tokens=tuple(Token(text, *told) for text, told in zip(texts, scores, strict=False)),
        )

    def _write(self, prompt: Sequence[int], request: GenerationRequest) -> Iterator[_Chosen]:
        """Yield tokens without end; those that were guessed right cost nothing."""
        choose = _chooser(request)
        tokens, guesses = list(prompt), list[int]()
        while True:
            rows = self._runtime.read([*tokens, *guesses], 1 + len(guesses))
            for logits, guess in zip_longest(rows, guesses):
                token = choose(logits)
                yield _Chosen(token, logits)
                tokens.append(token)
                if token != guess:
                    break
            room = self._context_tokens - len(tokens)
            guesses = look_up(tokens, min(GUESSED, room)) if request.temperature == 0 else []


def _chooser(request: GenerationRequest) -> Callable[[NDArray[np.float32]], int]:
    """Return what chooses a token from logits: the likeliest, or one at random by its chance."""
    if request.temperature == 0:
        return lambda logits: int(logits.argmax())
    random = np.random.default_rng(request.seed)
    return lambda logits: int(
        (logits / request.temperature + random.gumbel(size=logits.size)).argmax()
    )


def _scores(token: _Chosen) -> tuple[float, float]:
    """Return the token's log-probability and the entropy it was chosen under, in nats."""
    shifted = token.logits.astype(np.float64) - token.logits.max()
    logprobs = shifted - np.log(np.exp(shifted).sum())
    entropy = -float(np.exp(logprobs) @ logprobs)
    return float(logprobs[token.id]), max(entropy, 0.0)
