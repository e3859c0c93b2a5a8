"""LangChain's `Embeddings` as encoders, and encoders as `Embeddings`."""

from collections.abc import Sequence

from langchain_core.embeddings import Embeddings

from retrievers.encoder import Encoder, Kind, Vectors, stacked
from retrievers.types import Progress, report

_PROBE = "dimension"


class LangChainEncoder:
    """Any LangChain `Embeddings`: OpenAI, Cohere, Ollama, sentence-transformers.

    Parameters
    ----------
    embeddings : Embeddings
        What makes the vectors.
    name : str
        Name that indexes record; say the model, since `Embeddings` do not.
    dimension : int, optional
        Length of a vector; found by embedding one word when not given.
    batch_size : int, default=256
        Texts a call.
    """

    def __init__(
        self,
        embeddings: Embeddings,
        *,
        name: str,
        dimension: int | None = None,
        batch_size: int = 256,
    ) -> None:
        self._embeddings = embeddings
        self._name = name
        self._batch_size = batch_size
        self._dimension = dimension or len(embeddings.embed_query(_PROBE))

    @property
    def name(self) -> str:
        """Name that an index records."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def encode(
        self, texts: Sequence[str], *, kind: Kind = "passage", progress: Progress = None
    ) -> Vectors:
        """Return float32 vectors of shape (len(texts), dimension), each of length 1."""
        if kind == "query":
            rows = [self._embeddings.embed_query(text) for text in texts]
        else:
            rows = []
            for start in range(0, len(texts), self._batch_size):
                batch = list(texts[start : start + self._batch_size])
                rows += self._embeddings.embed_documents(batch)
                report(progress, "encoding", len(rows), len(texts))
        return stacked(rows, self._dimension, self.name)


class EncoderEmbeddings(Embeddings):
    """An encoder of ours where LangChain wants `Embeddings`: Qdrant, Chroma, a semantic cache."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector for each passage."""
        vectors: list[list[float]] = self._encoder.encode(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a query."""
        vector: list[float] = self._encoder.encode([text], kind="query")[0].tolist()
        return vector
