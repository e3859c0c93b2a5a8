"""A generator that says what it is told to: for tests, demonstrations and dry runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from quco.errors import GenerationError, PromptTooLongError
from quco.ports import GeneratorCapabilities
from quco.types import Generation, GenerationRequest


class ScriptedGenerator:
    """Continues answers by a script; a word is a token.

    Parameters
    ----------
    script : str or callable
        The whole answer, which each request gets from its prefix on; or a rule from a request to
        the continuation.
    capabilities : GeneratorCapabilities, optional
        What it claims to be able to do; with `context_tokens`, longer prompts are refused.
    fails_at : int or None
        The call, from 1, from which on it fails as a server that is down does.

    Examples
    --------
    >>> generator = ScriptedGenerator(" Oslo is in Norway. So the answer is Norway.")
    >>> request = GenerationRequest((), prefix=" Oslo is in Norway.", max_tokens=4)
    >>> generator.generate([request])[0].text
    ' So the answer is'
    """

    name = "scripted"

    def __init__(
        self,
        script: str | Callable[[GenerationRequest], str],
        *,
        capabilities: GeneratorCapabilities | None = None,
        fails_at: int | None = None,
    ) -> None:
        self.capabilities = capabilities or GeneratorCapabilities(batch=True)
        self.requests: list[GenerationRequest] = []
        """All requests so far, in order."""
        self.batches: list[int] = []
        """How many requests each call had."""
        self._script = script
        self._fails_at = fails_at

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Generation]:
        """Continue each request, in order.

        Raises
        ------
        GenerationError
            From the call `fails_at` on.
        PromptTooLongError
            If prompt and answer have more words than `context_tokens`.
        """
        self.batches.append(len(requests))
        return [self._one(request) for request in requests]

    def _one(self, request: GenerationRequest) -> Generation:
        self.requests.append(request)
        if self._fails_at is not None and len(self.requests) >= self._fails_at:
            raise GenerationError("the model is down")
        n_prompt = sum(len(message.content.split()) for message in request.messages)
        room = self.capabilities.context_tokens
        if room is not None and n_prompt + request.max_tokens > room:
            raise PromptTooLongError(f"the prompt is too long: {n_prompt} words")
        text = self._continuation(request)
        stops = [at for stop in request.stop if (at := text.find(stop)) >= 0]
        words = re.findall(r"\s*\S+", text[: min(stops, default=len(text))])
        kept = words[: request.max_tokens]
        return Generation(
            "".join(kept),
            "length" if len(kept) < len(words) else "stop",
            n_prompt_tokens=n_prompt,
            n_completion_tokens=len(kept),
        )

    def _continuation(self, request: GenerationRequest) -> str:
        if callable(self._script):
            return self._script(request)
        if not self._script.startswith(request.prefix):
            raise GenerationError(f"the script does not begin with {request.prefix!r}")
        return self._script[len(request.prefix) :]
