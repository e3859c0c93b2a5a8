"""What known encoders want before a text, and how they pool.

Read from the models' own cards. An unknown model gets no prompt and mean pooling, unless its
folder holds sentence-transformers' configuration, which goes before this table.
"""

from dataclasses import dataclass
from typing import Literal

from retrievers.encoder import Kind

Pooling = Literal["mean", "cls", "last"]


@dataclass(frozen=True, slots=True)
class EncoderStyle:
    """How texts go into a model and vectors come out."""

    pooling: Pooling = "mean"
    """Mean of the tokens, the first token, or the last."""

    query_prompt: str = ""
    """Put before each query."""

    passage_prompt: str = ""
    """Put before each passage."""

    def prompt(self, kind: Kind) -> str:
        """Return what is put before a text of this kind."""
        return self.query_prompt if kind == "query" else self.passage_prompt


_TASK = "Given a web search query, retrieve relevant passages that answer the query"

_STYLES = (
    (
        ("multilingual-e5-large-instruct", "e5-mistral"),
        EncoderStyle("mean", f"Instruct: {_TASK}\nQuery: "),
    ),
    (("/e5-", "multilingual-e5"), EncoderStyle("mean", "query: ", "passage: ")),
    (("bge-m3",), EncoderStyle("cls")),
    (
        ("bge-small-en", "bge-base-en", "bge-large-en", "snowflake-arctic-embed", "mxbai-embed"),
        EncoderStyle("cls", "Represent this sentence for searching relevant passages: "),
    ),
    (("qwen3-embedding",), EncoderStyle("last", f"Instruct: {_TASK}\nQuery:")),
    (("gte-base-en", "gte-large-en", "gte-modernbert"), EncoderStyle("cls")),
    (
        ("nomic-embed-text", "modernbert-embed"),
        EncoderStyle("mean", "search_query: ", "search_document: "),
    ),
)


def known_style(model: str) -> EncoderStyle:
    """Return the style of a model by its hub name or folder.

    Examples
    --------
    >>> known_style("intfloat/e5-base-v2").query_prompt
    'query: '
    >>> known_style("Qwen/Qwen3-Embedding-0.6B").pooling
    'last'
    """
    name = f"/{model}".replace("\\", "/").lower()
    for fragments, style in _STYLES:
        if any(fragment in name for fragment in fragments):
            return style
    return EncoderStyle()
