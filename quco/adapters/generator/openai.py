"""Any server with the OpenAI completions interface: vLLM, llama.cpp, and others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from quco.adapters.generator.render import render_plain
from quco.errors import GenerationError, MissingExtraError
from quco.ports import GeneratorCapabilities
from quco.types import Generation, GenerationRequest, Token


class OpenAIGenerator:
    """Text completions of a server; the prompt is rendered here, so that prefixes are exact.

    Parameters
    ----------
    base_url : str
        Such as ``http://127.0.0.1:8000/v1``.
    model : str or None
        The server's name for the model; None for the first it lists.
    api_key : str or None
        None for the environment's ``OPENAI_API_KEY``, or no key.
    timeout_s : float
        Seconds to wait for one answer.

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
        timeout_s: float = 120.0,
    ) -> None:
        try:
            import openai
        except ImportError as exc:
            raise MissingExtraError("openai", "openai") from exc
        import os

        key = api_key or os.environ.get("OPENAI_API_KEY") or "none"
        self._base_url = base_url
        self._errors = openai.OpenAIError
        self._client = openai.OpenAI(base_url=base_url, api_key=key, timeout=timeout_s)
        self._model = model or self._first_model()

    @property
    def name(self) -> str:
        """The server's name for the model."""
        return self._model

    @property
    def capabilities(self) -> GeneratorCapabilities:
        """Exact prefixes, log-probabilities."""
        return GeneratorCapabilities("exact", logprobs=True)

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
        """Continue each request, one call after the other.

        Raises
        ------
        GenerationError
            If the server is out of reach or refuses.
        """
        return [self._one(request) for request in requests]

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
            reply = self._client.completions.create(
                model=self._model,
                prompt=render_plain(request),
                max_tokens=request.max_tokens,
                temperature=request.temperature,
                seed=request.seed,
                stop=list(request.stop) or None,
                logprobs=1 if request.logprobs else None,
            )
        except self._errors as exc:
            raise self._failure(exc) from exc
        if not reply.choices:
            raise GenerationError(f"{self._base_url} answered without a choice")
        choice = reply.choices[0]
        usage = reply.usage
        return Generation(
            text=choice.text or "",
            finish_reason="length" if choice.finish_reason == "length" else "stop",
            n_prompt_tokens=usage.prompt_tokens if usage else 0,
            n_completion_tokens=usage.completion_tokens if usage else 0,
            tokens=_tokens(choice.logprobs),
        )

    def _failure(self, exc: Exception) -> GenerationError:
        return GenerationError(f"{self._base_url} failed: {exc}; is the server up?")


def _tokens(logprobs: Any) -> tuple[Token, ...]:
    """Read both forms: OpenAI's parallel lists, and llama.cpp's list under ``content``."""
    content = getattr(logprobs, "content", None)
    if content:
        return tuple(Token(t["token"], t["logprob"]) for t in content)
    texts = getattr(logprobs, "tokens", None) or []
    values = getattr(logprobs, "token_logprobs", None) or []
    return tuple(Token(text, value or 0.0) for text, value in zip(texts, values, strict=True))
