"""Exact n-gram and co-occurrence statistics over suffix arrays."""

from corpus_engine.build.acceleration import accelerate
from corpus_engine.build.pipeline import build_index
from corpus_engine.build.publish import has_checkpoint
from corpus_engine.engine import CorpusIndex
from corpus_engine.errors import (
    BuildError,
    CorpusEngineError,
    DiskFullError,
    DocumentError,
    EmptyCorpusError,
    EmptyQueryError,
    IndexExistsError,
    IndexFormatError,
    IndexVersionError,
    MissingPartError,
    QueryError,
    TokenIdError,
    TokenizerError,
)
from corpus_engine.types import (
    JSON,
    AttributedSpan,
    Continuation,
    CoOccurrence,
    Count,
    Document,
    DocumentExtract,
    Evidence,
    IndexSummary,
    NextTokenDistribution,
    Probability,
    Progress,
    Segment,
    Term,
)
from corpus_engine.verification import Verification, verify

__all__ = [
    "JSON",
    "AttributedSpan",
    "BuildError",
    "CoOccurrence",
    "Continuation",
    "CorpusEngineError",
    "CorpusIndex",
    "Count",
    "DiskFullError",
    "Document",
    "DocumentError",
    "DocumentExtract",
    "EmptyCorpusError",
    "EmptyQueryError",
    "Evidence",
    "IndexExistsError",
    "IndexFormatError",
    "IndexSummary",
    "IndexVersionError",
    "MissingPartError",
    "NextTokenDistribution",
    "Probability",
    "Progress",
    "QueryError",
    "Segment",
    "Term",
    "TokenIdError",
    "TokenizerError",
    "Verification",
    "accelerate",
    "build_index",
    "has_checkpoint",
    "verify",
]
