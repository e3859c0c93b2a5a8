"""Errors of the retrieval package.

RetrieverError
├── PassageError             a passage cannot be stored
│   └── DuplicatePassageError
├── CollectionError          a saved folder cannot be used
│   ├── CollectionNotFoundError
│   ├── CollectionExistsError
│   └── CollectionFormatError    damaged, truncated or of another version
├── EncoderError             an encoder cannot be loaded or gave wrong vectors
│   └── EncoderMismatchError     vectors were made by another encoder
├── MissingIndexError        the collection has no dense (or no BM25) index
├── QueryError               k, a filter or an option is out of range
└── MissingPackageError      an optional package is not installed
"""


class RetrieverError(Exception):
    """Base of every error that this package raises on purpose."""


class PassageError(RetrieverError, ValueError):
    """A passage is not storable: empty id, metadata that is not JSON, no passages at all."""


class DuplicatePassageError(PassageError):
    """Two passages carry one id."""


class CollectionError(RetrieverError):
    """A saved passage collection cannot be used."""


class CollectionNotFoundError(CollectionError, FileNotFoundError):
    """The folder holds no passage collection."""


class CollectionExistsError(CollectionError, FileExistsError):
    """The folder already holds something that would be overwritten."""


class CollectionFormatError(CollectionError):
    """A file of the collection is missing, damaged or of an unknown version."""


class EncoderError(RetrieverError):
    """An encoder could not be loaded, or returned something that is not a vector per text."""


class EncoderMismatchError(EncoderError):
    """The encoder at hand is not the one that made the stored vectors."""


class MissingIndexError(RetrieverError):
    """The collection was built without the index that this search needs."""


class QueryError(RetrieverError, ValueError):
    """An argument of a search or of an index is out of range."""


class MissingPackageError(RetrieverError, ImportError):
    """An optional package is not installed; the message names the command that installs it."""
