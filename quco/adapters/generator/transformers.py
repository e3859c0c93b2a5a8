"""Hugging Face models in this process: a hub name, a folder, or a GGUF file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from quco.adapters.generator.render import render_plain
from quco.errors import GenerationError, MissingExtraError, ModelError
from quco.ports import GeneratorCapabilities
from quco.types import Generation, GenerationRequest, Token

Template = Literal["plain", "chat"]
"""Bare text that is continued, or the tokenizer's chat template."""


class TransformersGenerator:
    """A causal language model run by transformers.

    Parameters
    ----------
    model : str or Path
        Name on the hub, folder, or GGUF file.
    template : {"plain", "chat"}
        How the prompt is rendered.
    device : str or None
        Such as ``cpu`` or ``cuda:0``; None for a GPU where there is one.

    Raises
    ------
    MissingExtraError
        If torch or transformers is not installed.
    ModelError
        If the model cannot be loaded.
    """

    def __init__(
        self, model: str | Path, *, template: Template = "plain", device: str | None = None
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
        source, options = _source(model)
        precision = torch.float32 if self._device == "cpu" else torch.bfloat16
        try:
            self._tokenizer = transformers.AutoTokenizer.from_pretrained(source, **options)
            self._model = transformers.AutoModelForCausalLM.from_pretrained(
                source, dtype=precision, trust_remote_code=False, **options
            )
        except (OSError, ValueError, ImportError) as exc:
            raise ModelError(f"transformers cannot load {model}: {exc}") from exc
        self._model.to(self._device).eval()
        if self._tokenizer.pad_token_id is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token
        self._tokenizer.padding_side = "left"

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    @property
    def capabilities(self) -> GeneratorCapabilities:
        """Exact prefixes, log-probabilities."""
        prefix: Literal["exact", "template"] = "exact" if self._template == "plain" else "template"
        room = getattr(self._model.config, "max_position_embeddings", None)
        return GeneratorCapabilities(prefix, logprobs=True, context_tokens=room)

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
        """Continue the requests together, those with the same options in one batch.

        Raises
        ------
        GenerationError
            If a prompt does not fit into the model's context.
        """
        groups: dict[tuple[object, ...], list[int]] = {}
        for index, request in enumerate(requests):
            options = (request.stop, request.max_tokens, request.temperature, request.seed)
            groups.setdefault(options, []).append(index)
        results: dict[int, Generation] = {}
        for indices in groups.values():
            batch = [requests[index] for index in indices]
            results |= dict(zip(indices, self._batch(batch), strict=True))
        return [results[index] for index in range(len(requests))]

    def _batch(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
        torch, first = self._torch, requests[0]
        inputs = self._tokenizer(
            [self._render(r) for r in requests],
            return_tensors="pt",
            padding=True,
            add_special_tokens=self._template == "plain",
        )
        n_prompt = inputs["input_ids"].shape[1]
        self._check_room(n_prompt + first.max_tokens)
        sampling: dict[str, Any] = {"do_sample": False}
        if first.temperature > 0:
            torch.manual_seed(first.seed)
            sampling = {"do_sample": True, "temperature": first.temperature}
        if first.stop:
            sampling |= {"stop_strings": list(first.stop), "tokenizer": self._tokenizer}
        with torch.inference_mode():
            output = self._model.generate(
                **inputs.to(self._device),
                max_new_tokens=first.max_tokens,
                pad_token_id=self._tokenizer.pad_token_id,
                return_dict_in_generate=True,
                output_logits=any(r.logprobs for r in requests),
                **sampling,
            )
        return [
            self._generation(request, row, inputs["attention_mask"][row], output, n_prompt)
            for row, request in enumerate(requests)
        ]

    def _generation(
        self, request: GenerationRequest, row: int, mask: Any, output: Any, n_prompt: int
    ) -> Generation:
        ids = output.sequences[row, n_prompt:].tolist()
        ended = next((i for i, t in enumerate(ids) if t in self._eos), None)
        ids = ids if ended is None else ids[:ended]
        text = self._tokenizer.decode(ids, skip_special_tokens=True)
        cut = _first_stop(text, request.stop)
        stopped = ended is not None or cut < len(text)
        return Generation(
            text=text[:cut],
            finish_reason="stop" if stopped or len(ids) < request.max_tokens else "length",
            n_prompt_tokens=int(mask.sum()),
            n_completion_tokens=len(ids),
            tokens=self._token_logprobs(ids, row, output) if request.logprobs else (),
        )

    def _token_logprobs(self, ids: Sequence[int], row: int, output: Any) -> tuple[Token, ...]:
        return tuple(
            Token(
                self._tokenizer.decode([token]),
                float(output.logits[step][row].float().log_softmax(-1)[token]),
            )
            for step, token in enumerate(ids)
        )

    @property
    def _eos(self) -> set[int]:
        configured = self._model.generation_config.eos_token_id
        ids = configured if isinstance(configured, list) else [configured]
        return {*ids, self._tokenizer.eos_token_id} - {None}

    def _render(self, request: GenerationRequest) -> str:
        if self._template == "plain":
            return render_plain(request)
        messages = [{"role": m.role, "content": m.content} for m in request.messages]
        if not request.prefix:
            return str(
                self._tokenizer.apply_chat_template(
                    messages, tokenize=False, add_generation_prompt=True
                )
            )
        messages.append({"role": "assistant", "content": request.prefix})
        return str(
            self._tokenizer.apply_chat_template(
                messages, tokenize=False, continue_final_message=True
            )
        )

    def _check_room(self, wanted: int) -> None:
        room = self.capabilities.context_tokens
        if room is not None and wanted > room:
            raise GenerationError(
                f"prompt and answer need {wanted} tokens; {self._name} has room for {room}: "
                "ask a shorter question or show fewer passages"
            )


def _source(model: str | Path) -> tuple[str, dict[str, str]]:
    path = Path(model)
    if path.suffix == ".gguf":
        return str(path.parent), {"gguf_file": path.name}
    return str(model), {}


def _first_stop(text: str, stops: Sequence[str]) -> int:
    return min((at for stop in stops if (at := text.find(stop)) >= 0), default=len(text))
