"""Every error that QuCo raises on purpose.

::

    QuCoError                     caught by the command line: one line, exit code 1
    ├── UsageError                the caller asked for something impossible: exit code 2
    │   ├── ConfigError           a policy or option has a wrong value
    │   └── UnknownModelError     no such model, file or folder
    ├── InputError                a document, question or file cannot be read
    │   └── BadRecordError        one record of a file, named by its line number
    ├── MissingExtraError         an optional package is not installed
    ├── ModelError                a model could not be fetched, verified or loaded
    │   └── HashMismatchError     what was fetched is not what was pinned
    ├── GenerationError           the language model failed or is out of reach
    │   └── PromptTooLongError    prompt and answer do not fit into its context
    ├── RetrievalError            the retriever failed or is out of reach
    ├── StatisticsError           the corpus could not be asked
    ├── ExtractionError           entities or triplets could not be extracted
    └── BudgetExhaustedError      a budget ran out and the policy says "raise"
"""

from __future__ import annotations


class QuCoError(Exception):
    """Base of all errors raised by this package."""


class UsageError(QuCoError):
    """The caller asked for something impossible."""


class ConfigError(UsageError):
    """A policy or option has a wrong value."""


class UnknownModelError(UsageError):
    """No model, file or folder has this name."""


class InputError(QuCoError):
    """A document, question or file cannot be read."""


class BadRecordError(InputError):
    """One record of a file cannot be used; the message names file and line."""


class MissingExtraError(QuCoError):
    """An optional package is not installed; the message holds the install command."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"this needs the package {package!r}: pip install 'quco[{extra}]'")
        self.package = package
        self.extra = extra


class ModelError(QuCoError):
    """A model could not be fetched, verified or loaded."""


class HashMismatchError(ModelError):
    """What was fetched is not what was pinned."""


class GenerationError(QuCoError):
    """The language model failed or is out of reach."""


class PromptTooLongError(GenerationError):
    """Prompt and answer do not fit into the context; fewer passages may."""


class RetrievalError(QuCoError):
    """The retriever failed or is out of reach."""


class StatisticsError(QuCoError):
    """The corpus could not be asked; never to be read as a count of zero."""


class ExtractionError(QuCoError):
    """Entities or triplets could not be extracted."""


class BudgetExhaustedError(QuCoError):
    """A budget ran out and the policy says "raise"."""
