"""Exact n-gram and co-occurrence statistics over suffix arrays."""

from corpus_engine.build.pipeline import build_index
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
)
from corpus_engine.types import (
    JSON,
    CoOccurrence,
    Count,
    Document,
    Evidence,
    IndexSummary,
    Progress,
    Segment,
    Term,
)

__all__ = [
    "JSON",
    "BuildError",
    "CoOccurrence",
    "CorpusEngineError",
    "CorpusIndex",
    "Count",
    "DiskFullError",
    "Document",
    "DocumentError",
    "EmptyCorpusError",
    "EmptyQueryError",
    "Evidence",
    "IndexExistsError",
    "IndexFormatError",
    "IndexSummary",
    "IndexVersionError",
    "MissingPartError",
    "Progress",
    "QueryError",
    "Segment",
    "Term",
    "TokenIdError",
    "build_index",
]
