"""Everything that the engine raises on purpose.

::

    CorpusEngineError
    ├── IndexFormatError          a file of the index is missing, damaged or of another format
    │   └── IndexVersionError     written by a release with another format version
    ├── BuildError                an index could not be built
    │   ├── IndexExistsError      the target is there and may not be replaced   (FileExistsError)
    │   ├── EmptyCorpusError      no documents were given                       (ValueError)
    │   ├── BuildRunningError     another build of the same index is running
    │   ├── DocumentError         a document cannot be indexed                  (ValueError)
    │   └── DiskFullError         the file system has no room                   (OSError)
    ├── QueryError                a question that has no answer                 (ValueError)
    │   ├── EmptyQueryError       a text without a single word
    │   └── TokenIdError          a token id that the index cannot hold
    ├── ServiceError              an HTTP service could not be asked, or refused
    ├── TokenizerError            a tokenizer cannot be loaded or used
    └── MissingPartError          the index lacks the part that a call needs (text, analyzer)
"""

from __future__ import annotations


class CorpusEngineError(Exception):
    """Base of every error of this package."""


class IndexFormatError(CorpusEngineError):
    """A file of the index is missing, damaged or not of the expected format."""


class IndexVersionError(IndexFormatError):
    """The index was written by a release with another format version."""


class BuildError(CorpusEngineError):
    """An index could not be built."""


class IndexExistsError(BuildError, FileExistsError):
    """The target of a build exists and `overwrite` was not given."""


class BuildRunningError(BuildError):
    """Another process is building the same index."""


class EmptyCorpusError(BuildError, ValueError):
    """A build was given no documents."""


class DocumentError(BuildError, ValueError):
    """A document cannot be indexed."""


class DiskFullError(BuildError, OSError):
    """The file system ran out of room during a build."""


class QueryError(CorpusEngineError, ValueError):
    """A query that has no answer."""


class EmptyQueryError(QueryError):
    """A text without a single token, whose count would mean nothing."""


class TokenIdError(QueryError):
    """A token id outside the range of the index."""


class ServiceError(CorpusEngineError):
    """An HTTP service could not be asked, or refused; never to be read as a count of zero."""


class TokenizerError(CorpusEngineError):
    """A tokenizer cannot be loaded or used."""


class MissingPartError(CorpusEngineError):
    """The index lacks the part that a call needs."""
