"""A GGUF model in ik_llama.cpp (package ik-llama-cpp-python): tokens in, logits out.

A fork of llama.cpp that reads prompts faster on processors with AVX2 alone. The package's own
class has no way to pack the weights for that, to keep what was read, or to see logits; this uses
the functions of the C library that the package binds, and binds some more.
"""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quco.adapters.generator.cores import waiting_threads_sleep
from quco.errors import GenerationError, MissingExtraError, ModelError

BATCH_TOKENS = 512
"""Tokens that are read at once."""

WORTH_KEEPING = 16
"""Tokens from which on what is forgotten is laid aside."""

_PROCESSORS = Path("/proc/cpuinfo")
_PACKAGE = "ik-llama-cpp-python"
_PIECE_BYTES = 256
_Log = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)

_SILENT = _Log(lambda *_message: None)
"""Takes the library's log, which would go to stderr; must live as long as the library."""


def is_available() -> bool:
    """Return whether the package is installed, and this processor can run what it holds."""
    if find_spec("ik_llama_cpp") is None or not _PROCESSORS.exists():
        return False
    return "avx2" in _PROCESSORS.read_text("ascii", errors="ignore").split()


class _Aside(NamedTuple):
    """What was read before something else."""

    tokens: list[int]
    state: ctypes.Array[ctypes.c_char]


class IkRuntime:
    """One sequence of one model, which remembers what it has read.

    What it last forgot is laid aside, so that going back to that costs nothing.

    Parameters
    ----------
    path : Path
        The GGUF file; its weights are packed anew in memory.
    context_tokens : int
        Tokens that the sequence may have.
    threads : int
        Threads for writing.
    batch_threads : int
        Threads for reading.

    Raises
    ------
    MissingExtraError
        If the package is not installed.
    ModelError
        If the file cannot be loaded.
    """

    def __init__(self, path: Path, context_tokens: int, threads: int, batch_threads: int) -> None:
        api = _imported(crowded=threads < batch_threads)
        self._api = api
        self._library = _bound(api)
        self._library.llama_log_set(_SILENT, None)
        api.llama_backend_init()
        options = api.llama_model_default_params()
        options.n_gpu_layers = 0
        options.use_mmap = False  # weights that are packed anew cannot stay in the file
        options.repack_tensors = True
        self._model = api.llama_model_load_from_file(str(path).encode(), options)
        if not self._model:
            raise ModelError(f"ik_llama.cpp cannot load {path}; is it a GGUF file?")
        options = api.llama_context_default_params()
        options.n_ctx = context_tokens
        options.n_batch = options.n_ubatch = BATCH_TOKENS
        options.n_threads = threads
        options.n_threads_batch = batch_threads
        options.flash_attn = False  # fails an assertion on long prompts without AVX-VNNI
        self._context = api.llama_init_from_model(self._model, options)
        weakref.finalize(self, _free, api, self._context, self._model)
        if not self._context:
            raise ModelError(f"ik_llama.cpp has no memory for {context_tokens} tokens of {path}")
        self._n_words = api.llama_vocab_n_tokens(api.llama_model_get_vocab(self._model))
        self._room = context_tokens
        self._held: list[int] = []
        self._aside: _Aside | None = None

    @property
    def version(self) -> str:
        """Name and version of the package."""
        return f"{_PACKAGE} {version(_PACKAGE)}"

    def encode(self, text: str) -> list[int]:
        """Return the tokens of a text, with the one that begins a text where the model has one."""
        data = text.encode()
        buffer = (ctypes.c_int32 * (len(data) + 2))()
        n = self._api.llama_tokenize(self._model, data, len(data), buffer, len(buffer), True, False)
        return list(buffer[:n])

    def piece(self, token: int) -> bytes:
        """Return the bytes of a token; a character may need several tokens."""
        buffer = ctypes.create_string_buffer(_PIECE_BYTES)
        n = self._api.llama_token_to_piece(self._model, token, buffer, _PIECE_BYTES, 0, False)
        return buffer.raw[: max(n, 0)]

    def ends(self, token: int) -> bool:
        """Return whether a token ends an answer."""
        return bool(self._api.llama_token_is_eog(self._model, token))

    def known(self, tokens: Sequence[int]) -> int:
        """Return how many of the first tokens are remembered."""
        aside = _shared(tokens, self._aside.tokens) if self._aside else 0
        return max(_shared(tokens, self._held), aside)

    def read(self, tokens: Sequence[int], wanted: int = 1) -> NDArray[np.float32]:
        """Read what is new in a sequence, and forget what it does not begin with.

        Parameters
        ----------
        tokens : sequence of int
            The whole sequence.
        wanted : int, default=1
            For how many of the last tokens logits are wanted.

        Returns
        -------
        array, shape (wanted, n_words), float32
            The logits of the token after each of them.

        Raises
        ------
        GenerationError
            If the library fails.
        """
        self._turn_to(tokens)
        start = min(_shared(tokens, self._held), len(tokens) - wanted)
        self._library.llama_kv_cache_seq_rm(self._context, 0, start, -1)
        del self._held[start:]
        rows: list[NDArray[np.float32]] = []
        for at in range(start, len(tokens), BATCH_TOKENS):
            part = tokens[at : at + BATCH_TOKENS]
            rows += self._decode(part, at, len(tokens) - wanted - at)
            self._held += part
        return np.stack(rows)

    def save(self, path: Path) -> bool:
        """Write what is remembered into a file, and return whether that was done."""
        held = (ctypes.c_int32 * len(self._held))(*self._held)
        name = str(path).encode()
        return bool(self._library.llama_state_save_file(self._context, name, held, len(held)))

    def load(self, path: Path) -> bool:
        """Remember what a file says instead, and return whether that was done."""
        held, n = (ctypes.c_int32 * self._room)(), ctypes.c_size_t()
        name, told = str(path).encode(), ctypes.byref(n)
        done = self._library.llama_state_load_file(self._context, name, held, len(held), told)
        self._held = list(held[: n.value]) if done else []
        return bool(done)

    def _turn_to(self, tokens: Sequence[int]) -> None:
        """Lay aside what will be forgotten, or go back to what was where it holds more."""
        known, aside = _shared(tokens, self._held), self._aside
        go_back = aside is not None and _shared(tokens, aside.tokens) >= known + WORTH_KEEPING
        if go_back or len(self._held) >= known + WORTH_KEEPING:
            self._aside = self._copied()
        if aside is not None and go_back:
            self._library.llama_kv_cache_seq_rm(self._context, 0, 0, -1)
            size = len(aside.state)
            done = self._library.llama_state_seq_set_data(self._context, aside.state, size, 0, 0)
            self._held = aside.tokens if done else []

    def _copied(self) -> _Aside:
        """Return what is remembered; a token of a 1.5B model takes 28 kB."""
        size = self._library.llama_state_seq_get_size(self._context, 0, 0)
        state = ctypes.create_string_buffer(size)
        self._library.llama_state_seq_get_data(self._context, state, size, 0, 0)
        return _Aside(self._held.copy(), state)

    def _decode(self, tokens: Sequence[int], at: int, first: int) -> list[NDArray[np.float32]]:
        """Read one batch, and return the logits from its `first` token on."""
        batch = self._api.llama_batch_init(len(tokens), 0, 1)
        try:
            batch.n_tokens = len(tokens)
            for i, token in enumerate(tokens):
                batch.token[i] = token
                batch.pos[i] = at + i
                batch.n_seq_id[i] = 1
                batch.seq_id[i][0] = 0
                batch.logits[i] = i >= first
            if status := self._api.llama_decode(self._context, batch):
                self._held.clear()
                self._api.llama_kv_cache_clear(self._context)
                raise GenerationError(f"ik_llama.cpp cannot read on at token {at}: {status}")
            return [self._logits(i) for i in range(max(first, 0), len(tokens))]
        finally:
            self._api.llama_batch_free(batch)

    def _logits(self, i: int) -> NDArray[np.float32]:
        found = self._api.llama_get_logits_ith(self._context, i)
        return np.ctypeslib.as_array(found, shape=(self._n_words,)).copy()


def _shared(a: Sequence[int], b: Sequence[int]) -> int:
    """Return how many of their first tokens are the same."""
    both = enumerate(zip(a, b, strict=False))
    return next((i for i, (x, y) in both if x != y), min(len(a), len(b)))


def _imported(*, crowded: bool) -> Any:
    try:
        with waiting_threads_sleep(crowded):
            from ik_llama_cpp import _ctypes_api
    except (ImportError, OSError) as exc:
        raise MissingExtraError(_PACKAGE, "fast") from exc
    return _ctypes_api


def _free(api: Any, context: int | None, model: int) -> None:
    if context:
        api.llama_free(context)
    api.llama_free_model(model)


def _bound(api: Any) -> Any:
    """Return the library with the types of the functions that the package does not bind."""
    library = api._lib
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    tokens = ctypes.POINTER(ctypes.c_int32)
    library.llama_log_set.argtypes = [_Log, pointer]
    library.llama_log_set.restype = None
    library.llama_kv_cache_seq_rm.argtypes = [pointer, *[ctypes.c_int32] * 3]
    library.llama_kv_cache_seq_rm.restype = ctypes.c_bool
    # The last argument of the next three is a set of flags, which older versions do not have.
    library.llama_state_seq_get_size.argtypes = [pointer, ctypes.c_int32, ctypes.c_uint32]
    library.llama_state_seq_get_size.restype = size
    library.llama_state_seq_get_data.argtypes = [
        pointer, ctypes.c_char_p, size, ctypes.c_int32, ctypes.c_uint32,
    ]  # fmt: skip
    library.llama_state_seq_get_data.restype = size
    library.llama_state_seq_set_data.argtypes = library.llama_state_seq_get_data.argtypes
    library.llama_state_seq_set_data.restype = size
    library.llama_state_save_file.argtypes = [pointer, ctypes.c_char_p, tokens, size]
    library.llama_state_save_file.restype = ctypes.c_bool
    library.llama_state_load_file.argtypes = [
        pointer, ctypes.c_char_p, tokens, size, ctypes.POINTER(size),
    ]  # fmt: skip
    library.llama_state_load_file.restype = ctypes.c_bool
    return library
