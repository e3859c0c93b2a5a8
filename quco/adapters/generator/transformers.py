"""Hugging Face models in this process: a hub name, a folder, or a GGUF file."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from quco.adapters.generator.render import cut_pieces, first_stop
from quco.adapters.generator.transformers_attention import last_layer_attention
from quco.adapters.generator.transformers_prompts import Prompts, Template, end_ids
from quco.adapters.generator.transformers_watch import Watch, decode_new, decode_pieces
from quco.errors import (
    ConfigError,
    GenerationError,
    MissingExtraError,
    ModelError,
    PromptTooLongError,
)
from quco.ports import GeneratorCapabilities
from quco.types import Attention, Generation, GenerationRequest, Token

BATCH_TOKENS = {"cuda": 131_072, "cpu": 8_192}
"""Tokens, padding included, that one batch may hold; halved where the memory does not suffice."""


class _Prompt(NamedTuple):
    """A request whose prompt is tokenized."""

    request: GenerationRequest
    ids: list[int]


class TransformersGenerator:
    """A causal language model run by transformers.

    Many requests are answered together: they are sorted by length, padded on the left and cut
    into batches of at most `batch_tokens`. A batch gives the answers that single requests give,
    up to rounding: in bfloat16 near ties may fall the other way.

    Parameters
    ----------
    model : str or Path
        Name on the hub, folder, or GGUF file.
    template : {"plain", "chat"}
        How the prompt is rendered.
    device : str or None
        Such as ``cpu`` or ``cuda:0``; None for a GPU where there is one.
    dtype : str or None
        Such as ``bfloat16``; None for bfloat16 on a GPU and float32 on a CPU.
    batch_tokens : int or None
        Tokens of one batch, padding and new tokens included; None for `BATCH_TOKENS`.

    Raises
    ------
    MissingExtraError
        If torch or transformers is not installed.
    ModelError
        If the model cannot be loaded.
    ConfigError
        If there is no such dtype.
    """

    def __init__(
        self,
        model: str | Path,
        *,
        template: Template = "plain",
        device: str | None = None,
        dtype: str | None = None,
        batch_tokens: int | None = None,
    ) -> None:
        try:
            import torch
            import transformers
        except ImportError as exc:
            raise MissingExtraError("transformers", "hf") from exc
        self._torch = torch
        self._name = Path(model).stem if str(model).endswith(".gguf") else str(model)
        self._template = template
        self._device = device or ("cuda:0" if torch.cuda.is_available() else "cpu")
        kind = self._device.partition(":")[0]
        precision = getattr(torch, dtype or ("float32" if kind == "cpu" else "bfloat16"), None)
        if not isinstance(precision, torch.dtype):
            raise ConfigError(f"dtype is {dtype!r}; expected bfloat16, float16 or float32")
        self._batch_tokens = batch_tokens or BATCH_TOKENS.get(kind, BATCH_TOKENS["cpu"])
        source, options = _source(model)
        try:
            self._tokenizer = transformers.AutoTokenizer.from_pretrained(source, **options)
            self._model = transformers.AutoModelForCausalLM.from_pretrained(
                source, dtype=precision, trust_remote_code=False, **options
            )
        except (OSError, ValueError, ImportError) as exc:
            raise ModelError(f"transformers cannot load {model}: {exc}") from exc
        self._model.to(self._device).eval()
        self._prompts = Prompts(self._tokenizer, template)
        self._end_ids = end_ids(self._tokenizer, self._model.generation_config.eos_token_id)
        pad = self._tokenizer.pad_token_id
        self._pad_id = min(self._end_ids, default=0) if pad is None else pad
        # A model's own settings may hold a repetition penalty and the like, even for greedy
        # decoding; requests say all that counts here.
        self._model.generation_config = transformers.GenerationConfig(
            eos_token_id=sorted(self._end_ids) or None, pad_token_id=self._pad_id
        )
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    @property
    def capabilities(self) -> GeneratorCapabilities:
        """Exact prefixes, log-probabilities, entropies, attentions, batches."""
        return GeneratorCapabilities(
            "exact" if self._template == "plain" else "template",
            logprobs=True,
            entropy="exact",
            attentions=True,
            batch=True,
            context_tokens=getattr(self._model.config, "max_position_embeddings", None),
        )

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
        """Continue the requests, as many together as fit.

        Requests of one batch share temperature and seed; greedy ones always share.

        Raises
        ------
        PromptTooLongError
            If a prompt does not fit into the model's context.
        GenerationError
            If the memory does not suffice.
        """
        prompts = [_Prompt(request, self._prompts.encode(request)) for request in requests]
        for prompt in prompts:
            self._check_room(len(prompt.ids) + prompt.request.max_tokens)
        results: dict[int, Generation] = {}
        with self._lock:
            for indices in self._plan(prompts):
                batch = [prompts[index] for index in indices]
                results |= dict(zip(indices, self._run(batch), strict=True))
        return [results[index] for index in range(len(requests))]

    # ------------------------------------------------------------ batches

    def _plan(self, prompts: Sequence[_Prompt]) -> Iterator[list[int]]:
        """Yield batches of indices: like sampling, like length, not more tokens than allowed."""
        groups: dict[tuple[float, int], list[int]] = {}
        for index, prompt in enumerate(prompts):
            request = prompt.request
            sampling = (request.temperature, request.seed if request.temperature > 0 else 0)
            groups.setdefault(sampling, []).append(index)
        for indices in groups.values():
            batch: list[int] = []
            for index in sorted(indices, key=lambda i: -len(prompts[i].ids)):
                longest = prompts[batch[0] if batch else index]
                width = len(longest.ids) + longest.request.max_tokens
                if batch and width * (len(batch) + 1) > self._batch_tokens:
                    yield batch
                    batch = []
                batch.append(index)
            yield batch

    def _run(self, batch: Sequence[_Prompt]) -> list[Generation]:
        """Run a batch, in halves where the accelerator's memory does not suffice."""
        try:
            return self._generate(batch)
        except self._torch.OutOfMemoryError as exc:
            if len(batch) == 1:
                raise GenerationError(
                    f"{self._device} has too little memory for {len(batch[0].ids)} tokens: {exc}"
                ) from exc
        self._torch.cuda.empty_cache()
        middle = len(batch) // 2
        return self._run(batch[:middle]) + self._run(batch[middle:])

    def _generate(self, batch: Sequence[_Prompt]) -> list[Generation]:
        torch, requests = self._torch, [prompt.request for prompt in batch]
        width = max(len(prompt.ids) for prompt in batch)
        padding = [width - len(prompt.ids) for prompt in batch]
        ids = [[self._pad_id] * n + p.ids for n, p in zip(padding, batch, strict=True)]
        mask = [[0] * n + [1] * len(p.ids) for n, p in zip(padding, batch, strict=True)]
        watch = Watch(requests, self._tokenizer, width, self._end_ids)
        sampling: dict[str, Any] = {"do_sample": False}
        if requests[0].temperature > 0:
            torch.manual_seed(requests[0].seed)
            sampling = {"do_sample": True, "temperature": requests[0].temperature, "top_k": 0}
        with torch.inference_mode():
            output = self._model.generate(
                input_ids=torch.tensor(ids, device=self._device),
                attention_mask=torch.tensor(mask, device=self._device),
                max_new_tokens=max(request.max_tokens for request in requests),
                logits_processor=[watch.keep_logits],
                stopping_criteria=[watch.is_done],
                **sampling,
            )
        written = [
            row[: watch.length(number)] for number, row in enumerate(output[:, width:].tolist())
        ]
        logprobs, entropies = watch.scores()
        return [
            self._generation(*row) for row in zip(batch, written, logprobs, entropies, strict=True)
        ]

    # ------------------------------------------------------------ one answer

    def _generation(
        self,
        prompt: _Prompt,
        written: Sequence[int],
        logprobs: Sequence[float],
        entropies: Sequence[float],
    ) -> Generation:
        request = prompt.request
        end = next((i for i, token in enumerate(written) if token in self._end_ids), None)
        ids = written[:end]
        text = decode_new(self._tokenizer, prompt.ids, ids)
        cut = first_stop(text, request.stop)
        stopped = end is not None or cut < len(text)
        pieces: list[str] = []
        if request.logprobs or request.attentions:
            pieces = cut_pieces(decode_pieces(self._tokenizer, prompt.ids, ids), cut)
        scored = zip(pieces, logprobs, entropies, strict=False)
        return Generation(
            text=text[:cut],
            finish_reason="stop" if stopped else "length",
            n_prompt_tokens=len(prompt.ids),
            n_completion_tokens=len(ids),
            tokens=tuple(Token(*values) for values in scored) if request.logprobs else (),
            attention=self._attention(prompt, ids, pieces) if request.attentions else None,
        )

    def _attention(
        self, prompt: _Prompt, ids: Sequence[int], pieces: Sequence[str]
    ) -> Attention | None:
        if not pieces:
            return None
        n_new = len(pieces)
        weights = last_layer_attention(self._model, [*prompt.ids, *ids[:n_new]], n_new)
        return Attention((*self._prompts.pieces(prompt.request), *pieces), weights)

    def _check_room(self, wanted: int) -> None:
        room = self.capabilities.context_tokens
        if room is not None and wanted > room:
            raise PromptTooLongError(
                f"prompt and answer need {wanted} tokens; {self._name} has room for {room}: "
                "ask a shorter question or show fewer passages"
            )


def _source(model: str | Path) -> tuple[str, dict[str, str]]:
    path = Path(model)
    if path.suffix == ".gguf":
        return str(path.parent), {"gguf_file": path.name}
    return str(model), {}
