"""Any LangChain chat model; continuing an answer is emulated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from quco.adapters.generator.emulate import (
    ask_to_go_on,
    cut_at_stop,
    is_too_long,
    strip_overlap,
)
from quco.errors import GenerationError, PromptTooLongError
from quco.ports import GeneratorCapabilities
from quco.types import Generation, GenerationRequest

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage

CUT_SHORT = frozenset({"length", "max_tokens", "MAX_TOKENS", "model_length"})
"""What providers call an answer that ran out of tokens."""


class ChatModelGenerator:
    """A chat model of LangChain, whatever its provider.

    It is asked for the rest of an answer in words, and what it says again is taken off. Its
    temperature is its own. Retries, rate limits and tracing are the model's: configure them there.

    Parameters
    ----------
    model : BaseChatModel
        The model; whatever it raises counts as a failed generation.
    limit : str or None
        The model's option for the number of new tokens; None for a model that takes none.
    context_tokens : int or None
        Tokens of prompt and answer together, where they are known.
    parallel : int
        Requests under way at once.
    """

    def __init__(
        self,
        model: BaseChatModel,
        *,
        limit: str | None = "max_tokens",
        context_tokens: int | None = None,
        parallel: int = 8,
    ) -> None:
        self.model = model
        self._limit = limit
        self._context_tokens = context_tokens
        self._parallel = parallel

    @property
    def name(self) -> str:
        """The model's name, or that of its class."""
        for attribute in ("model_name", "model"):
            value = getattr(self.model, attribute, None)
            if isinstance(value, str) and value:
                return value
        return type(self.model).__name__

    @property
    def capabilities(self) -> GeneratorCapabilities:
        """Emulated prefixes, batches."""
        return GeneratorCapabilities("emulated", batch=True, context_tokens=self._context_tokens)

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
        """Continue each request, those with the same options in one batch of the model.

        Raises
        ------
        PromptTooLongError
            If the provider says that a prompt does not fit.
        GenerationError
            If the model fails in any other way.
        """
        groups: dict[tuple[tuple[str, ...], int], list[int]] = {}
        for index, request in enumerate(requests):
            groups.setdefault((request.stop, request.max_tokens), []).append(index)
        results: dict[int, Generation] = {}
        for indices in groups.values():
            batch = [requests[index] for index in indices]
            replies = zip(batch, self._ask(batch), strict=True)
            results |= zip(indices, (_generation(*pair) for pair in replies), strict=True)
        return [results[index] for index in range(len(requests))]

    def _ask(self, batch: Sequence[GenerationRequest]) -> list[AIMessage]:
        options: dict[str, Any] = {"stop": list(batch[0].stop) or None}
        if self._limit is not None:
            options[self._limit] = batch[0].max_tokens
        prompts: list[Any] = [_turns(request) for request in batch]
        try:
            if len(prompts) == 1:
                return [self.model.invoke(prompts[0], **options)]
            return self.model.batch(prompts, {"max_concurrency": self._parallel}, **options)
        except Exception as exc:
            kind = PromptTooLongError if is_too_long(str(exc)) else GenerationError
            raise kind(f"{self.name} failed: {type(exc).__name__}: {exc}") from exc


def _turns(request: GenerationRequest) -> list[BaseMessage]:
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    kinds = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
    return [kinds[turn.role](content=turn.content) for turn in ask_to_go_on(request)]


def _generation(request: GenerationRequest, reply: AIMessage) -> Generation:
    text, stopped = cut_at_stop(strip_overlap(request.prefix, str(reply.text)), request.stop)
    told = reply.response_metadata
    reason = told.get("finish_reason") or told.get("stop_reason") or told.get("done_reason")
    usage = reply.usage_metadata
    return Generation(
        text=text,
        finish_reason="length" if reason in CUT_SHORT and not stopped else "stop",
        n_prompt_tokens=usage["input_tokens"] if usage else 0,
        n_completion_tokens=usage["output_tokens"] if usage else 0,
    )
