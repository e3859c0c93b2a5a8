"""Encoders behind an HTTP service with OpenAI's embeddings interface: vLLM, TEI, llama.cpp."""

import os
from collections.abc import Sequence

from retrievers.encoder import Kind, Vectors, stacked
from retrievers.errors import EncoderError, MissingPackageError
from retrievers.prompts import EncoderStyle, known_style
from retrievers.types import Progress, report


class OpenAIEncoder:
    """A model of an OpenAI-compatible server; needs the `openai` package.

    Parameters
    ----------
    base_url : str
        Such as ``http://127.0.0.1:8000/v1``.
    model : str
        The server's name for the model.
    dimension : int, optional
        Length of a vector; found by embedding one word when not given.
    style : EncoderStyle, optional
        Prompts for queries and passages, which these servers do not add; those of known models
        when not given.
    api_key : str, optional
        ``OPENAI_API_KEY`` of the environment, or no key, when not given.
    batch_size : int, default=128
        Texts a request.
    timeout_s : float, default=60
        Seconds to wait for one request.
    max_retries : int, default=3
        Requests repeated, with growing pauses, where the server is busy.

    Raises
    ------
    MissingPackageError
        If the package openai is not installed.
    EncoderError
        If the server is out of reach or refuses.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        dimension: int | None = None,
        style: EncoderStyle | None = None,
        api_key: str | None = None,
        batch_size: int = 128,
        timeout_s: float = 60.0,
        max_retries: int = 3,
    ) -> None:
        try:
            import openai
        except ImportError as exc:
            raise MissingPackageError("this encoder needs openai: pip install openai") from exc
        self._base_url = base_url
        self._model = model
        self._style = style or known_style(model)
        self._batch_size = batch_size
        self._errors = openai.OpenAIError
        self._client = openai.OpenAI(
            base_url=base_url,
            api_key=api_key or os.environ.get("OPENAI_API_KEY") or "none",
            timeout=timeout_s,
            max_retries=max_retries,
        )
        self._dimension = dimension or len(self._request(["dimension"])[0])

    @property
    def name(self) -> str:
        """Name that an index records."""
        return self._model

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def encode(
        self, texts: Sequence[str], *, kind: Kind = "passage", progress: Progress = None
    ) -> Vectors:
        """Return float32 vectors of shape (len(texts), dimension), each of length 1.

        Raises
        ------
        EncoderError
            If the server is out of reach or refuses.
        """
        prompt = self._style.prompt(kind)
        rows: list[list[float]] = []
        for start in range(0, len(texts), self._batch_size):
            rows += self._request([prompt + t for t in texts[start : start + self._batch_size]])
            report(progress, "encoding", len(rows), len(texts))
        return stacked(rows, self._dimension, self.name)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _request(self, texts: list[str]) -> list[list[float]]:
        try:
            reply = self._client.embeddings.create(
                model=self._model, input=texts, encoding_format="float"
            )
        except self._errors as exc:
            raise EncoderError(f"{self._base_url} failed: {exc}; is the server up?") from exc
        if len(reply.data) != len(texts):
            raise EncoderError(
                f"{self._base_url} returned {len(reply.data)} vectors for {len(texts)} texts"
            )
        return [item.embedding for item in sorted(reply.data, key=lambda item: item.index)]
