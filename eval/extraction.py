"""An extractor that works in several processes: spaCy holds Python's lock while it parses."""

from __future__ import annotations

from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import get_context
from typing import TypeVar

from quco.adapters.extractor.sentences import split_sentences
from quco.adapters.extractor.spacy import DEFAULT_PIPELINE, SpacyExtractor
from quco.errors import ExtractionError
from quco.ports import ExtractionContext
from quco.types import Entity, Triplet

T = TypeVar("T")


class PooledExtractor:
    """`SpacyExtractor` in `jobs` processes; made to be asked by as many threads.

    Parameters
    ----------
    pipeline : str
        Name of an installed spaCy pipeline.
    jobs : int
        Processes; each loads the pipeline when it is first asked.
    """

    def __init__(self, pipeline: str = DEFAULT_PIPELINE, jobs: int = 2) -> None:
        self.pipeline = pipeline
        self._pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))

    def split(self, text: str) -> list[str]:
        """Return the sentences of `text`; joined, they give `text` back to the character."""
        return split_sentences(text)

    def entities(self, text: str) -> list[Entity]:
        """Return the entities of `text` in order of appearance, without duplicates."""
        return self._result(self._pool.submit(_entities, self.pipeline, text))

    def triplets(self, sentence: str, context: ExtractionContext | None = None) -> list[Triplet]:
        """Return the claims of one sentence; of a question, with the tail None."""
        return self._result(self._pool.submit(_triplets, self.pipeline, sentence, context))

    def close(self) -> None:
        """End the processes."""
        self._pool.shutdown(cancel_futures=True)

    def _result(self, future: Future[T]) -> T:
        try:
            return future.result()
        except BrokenProcessPool as exc:
            raise ExtractionError(f"a process that extracts claims has died: {exc}") from exc


@cache
def _extractor(pipeline: str) -> SpacyExtractor:
    return SpacyExtractor(pipeline)


def _entities(pipeline: str, text: str) -> list[Entity]:
    return _extractor(pipeline).entities(text)


def _triplets(pipeline: str, sentence: str, context: ExtractionContext | None) -> list[Triplet]:
    return _extractor(pipeline).triplets(sentence, context)
