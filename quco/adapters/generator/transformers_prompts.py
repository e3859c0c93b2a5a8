"""Requests as a tokenizer of transformers sees them, and what ends an answer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Literal

from quco.adapters.generator.render import render_plain
from quco.types import GenerationRequest

Template = Literal["plain", "chat"]
"""Bare text that is continued, or the tokenizer's chat template."""

END_TOKENS = ("<|endoftext|>", "<|im_end|>", "<|eot_id|>", "<|end_of_text|>", "<end_of_turn>")
"""End an answer wherever a vocabulary has them, as in llama.cpp: GGUF files often name only one."""


class Prompts:
    """Renders requests and makes tokens of them.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerBase
        The model's tokenizer.
    template : {"plain", "chat"}
        How a request is rendered.
    """

    def __init__(self, tokenizer: Any, template: Template) -> None:
        self._tokenizer = tokenizer
        self._template = template

    def encode(self, request: GenerationRequest) -> list[int]:
        """Return the tokens of a prompt."""
        ids: list[int] = self._tokenize(self._render(request))["input_ids"]
        return ids

    def pieces(self, request: GenerationRequest) -> list[str]:
        """Return the text of each token of a prompt, the space before it included."""
        text = self._render(request)
        ends = [
            end for _, end in self._tokenize(text, return_offsets_mapping=True)["offset_mapping"]
        ]
        starts = list(accumulate(ends, max, initial=0))
        return [text[start:end] for start, end in zip(starts, ends, strict=False)]

    def _tokenize(self, text: str, **options: Any) -> Any:
        # A chat template writes its special tokens itself.
        return self._tokenizer(text, add_special_tokens=self._template == "plain", **options)

    def _render(self, request: GenerationRequest) -> str:
        if self._template == "plain":
            return render_plain(request)
        messages = [{"role": m.role, "content": m.content} for m in request.messages]
        if not request.prefix.strip():
            rendered = self._tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True
            )
            return str(rendered) + request.prefix
        messages.append({"role": "assistant", "content": request.prefix})
        return str(
            self._tokenizer.apply_chat_template(
                messages, tokenize=False, continue_final_message=True
            )
        )


def end_ids(tokenizer: Any, configured: int | Sequence[int] | None) -> set[int]:
    """Return the tokens that end an answer: those a model is configured with, and `END_TOKENS`."""
    ids = [configured] if configured is None or isinstance(configured, int) else configured
    vocabulary = tokenizer.get_vocab()
    named = [vocabulary.get(token) for token in END_TOKENS]
    return {token for token in [*ids, *named, tokenizer.eos_token_id] if token is not None}
