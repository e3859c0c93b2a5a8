"""A second, slower look at the best passages."""

from collections.abc import Sequence
from typing import TypeAlias

from langchain_core.cross_encoders import BaseCrossEncoder
from langchain_core.documents import BaseDocumentCompressor, Document

from retrievers.documents import to_document, to_passage
from retrievers.types import ScoredPassage

Reranker: TypeAlias = BaseDocumentCompressor | BaseCrossEncoder


def rerank(reranker: Reranker, query: str, found: Sequence[ScoredPassage]) -> list[ScoredPassage]:
    """Return passages in the order that `reranker` gives them, best first.

    A cross-encoder's scores become the scores. A document compressor may leave passages out; its
    scores are taken from the metadata `relevance_score` where it writes them, as LangChain's
    rerankers do, else the former scores stay.
    """
    if isinstance(reranker, BaseCrossEncoder):
        scores = reranker.score([(query, passage.content) for passage, _ in found])
        order = sorted(range(len(found)), key=lambda i: -float(scores[i]))
        return [ScoredPassage(found[i].passage, float(scores[i])) for i in order]
    documents = reranker.compress_documents([to_document(one) for one in found], query)
    return [_scored(document) for document in documents]


def _scored(document: Document) -> ScoredPassage:
    metadata = dict(document.metadata)
    score = metadata.pop("relevance_score", metadata.get("score", 0.0))
    passage = to_passage(document.model_copy(update={"metadata": metadata}))
    return ScoredPassage(passage, float(score))
