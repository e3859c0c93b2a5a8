"""Dense, sparse and hybrid passage retrieval.

LangChain loads only when one of the retriever classes is asked for; the plain-Python side
(`PassageCollection` and what it is made of) does without it.
"""

import importlib
from typing import TYPE_CHECKING, Any

from retrievers.bm25_index import BM25Options
from retrievers.building import build_passages
from retrievers.collection import PassageCollection
from retrievers.dense_options import DenseOptions
from retrievers.encoder import Encoder
from retrievers.fusion import HybridOptions
from retrievers.onnx_encoder import OnnxEncoder
from retrievers.openai_encoder import OpenAIEncoder
from retrievers.prompts import EncoderStyle
from retrievers.splitting import split_document
from retrievers.transformers_encoder import TransformersEncoder
from retrievers.types import Passage, Progress, ScoredPassage

if TYPE_CHECKING:
    from retrievers.bm25 import BM25Retriever
    from retrievers.dense import DenseRetriever
    from retrievers.hybrid import HybridRetriever
    from retrievers.langchain_encoder import EncoderEmbeddings, LangChainEncoder

__all__ = [
    "BM25Options",
    "BM25Retriever",
    "DenseOptions",
    "DenseRetriever",
    "Encoder",
    "EncoderEmbeddings",
    "EncoderStyle",
    "HybridOptions",
    "HybridRetriever",
    "LangChainEncoder",
    "OnnxEncoder",
    "OpenAIEncoder",
    "Passage",
    "PassageCollection",
    "Progress",
    "ScoredPassage",
    "TransformersEncoder",
    "build_passages",
    "split_document",
]

_LAZY = {
    "BM25Retriever": "retrievers.bm25",
    "DenseRetriever": "retrievers.dense",
    "EncoderEmbeddings": "retrievers.langchain_encoder",
    "HybridRetriever": "retrievers.hybrid",
    "LangChainEncoder": "retrievers.langchain_encoder",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
