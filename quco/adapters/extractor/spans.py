"""Spans of a text that name something: spelling first, the entity recogniser beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from quco.mentions import find_mentions
from quco.titles import cued_titles

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.tokens import Span as SpacySpan


@dataclass(frozen=True, slots=True)
class Span:
    """A span that names something."""

    text: str
    """As written."""

    start: int
    """Character offset."""

    end: int
    """End, exclusive."""

    kind: Literal["NAME", "DATE"]
    """What it is."""

    label: str = ""
    """The recogniser's label, such as ``PERSON``; empty where it saw nothing."""


_IGNORED = frozenset(("CARDINAL", "ORDINAL", "PERCENT", "QUANTITY", "MONEY", "TIME", "LANGUAGE"))
_COMPOUND = frozenset(("GPE", "ORG", "WORK_OF_ART", "EVENT", "FAC", "LAW"))
"""Labels of names that hold an "and" or a comma more often than the recogniser errs."""

_PARTS = re.compile(r"\b(?:or|is|was|are|were)\b")
"""Words between two names that are never of one: "The director of Timber Falls is Tony Giglio"."""

_DIGIT = re.compile(r"\d{3,4}")
_GENERIC = frozenset(
    "film films movie song album director composer performer author writer singer actor actress"
    " country nationality place date birth death father mother husband wife spouse child son"
    " daughter city person people name one year award cause capital what which who whom whose"
    " where when why how".split()
)
"""Nouns that ask for something rather than name it."""


def recognise(nlp: Language, texts: Sequence[str]) -> list[tuple[Span, ...]]:
    """Return what the entity recogniser of a pipeline sees in each text, dates and names alike."""
    docs = through(nlp, "ner", map(nlp.make_doc, texts))
    return [tuple(_seen(ent) for ent in doc.ents) for doc in docs]


def through(nlp: Language, name: str, docs: Iterable[Doc]) -> Iterable[Doc]:
    """Return documents after one component of a pipeline, several at once where it can."""
    component = nlp.get_pipe(name)
    at_once: Callable[[Iterable[Doc]], Iterable[Doc]] | None = getattr(component, "pipe", None)
    return at_once(docs) if at_once else map(component, docs)


def _seen(ent: SpacySpan) -> Span:
    kind: Literal["NAME", "DATE"] = "DATE" if ent.label_ == "DATE" else "NAME"
    return Span(ent.text, ent.start_char, ent.end_char, kind, ent.label_)


def find_spans(text: str, recognised: Sequence[Span], known: Sequence[Span] = ()) -> list[Span]:
    """Return names and dates of `text`, in order and without overlap.

    Parameters
    ----------
    text : str
        Any text.
    recognised : sequence of Span
        What `recognise` says of it.
    known : sequence of Span, optional
        What was named before: a verbatim repetition is taken whole, however it is spelt.
    """
    spans = _repeated(text, known)
    for start, end in cued_titles(text):
        if not _overlaps(spans, start, end):
            spans.append(Span(text[start:end], start, end, "NAME"))
    for mention in find_mentions(text):
        if not _overlaps(spans, mention.start, mention.end):
            spans.append(Span(mention.text, mention.start, mention.end, mention.kind))
    for seen in recognised:
        spans = _merge(spans, seen)
    return sorted(spans, key=lambda span: span.start)


def noun_chunks(nlp: Language, text: str) -> list[Span]:
    """Return the noun phrases of `text`, without those that only ask for something."""
    found = []
    for chunk in nlp(text).noun_chunks:
        words = [token for token in chunk if not token.is_stop and not token.is_punct]
        if words and not all(token.text.casefold() in _GENERIC for token in words):
            start, end = words[0].idx, words[-1].idx + len(words[-1])
            found.append(Span(text[start:end], start, end, "NAME"))
    return found


def _overlaps(spans: Sequence[Span], start: int, end: int) -> bool:
    return any(span.start < end and start < span.end for span in spans)


def _repeated(text: str, known: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    folded = text.casefold()
    for span in sorted(known, key=lambda s: -len(s.text)):
        if span.kind == "DATE" or len(folded) != len(text):
            continue
        pattern = rf"(?<!\w){re.escape(span.text.casefold())}(?!\w)"
        for match in re.finditer(pattern, folded):
            if not _overlaps(found, *match.span()):
                start, end = match.span()
                found.append(Span(text[start:end], start, end, "NAME", span.label))
    return found


def _merge(spans: list[Span], seen: Span) -> list[Span]:
    """Add what the recogniser saw: as a label of a span, or as a span that spelling missed."""
    text, start, end, label = seen.text, seen.start, seen.end, seen.label
    if (
        label in _IGNORED
        or not any(map(str.isalnum, text))
        or (label == "DATE" and not _DIGIT.search(text))
    ):
        return spans
    same = [s for s in spans if s.start < end and start < s.end]
    if not same:
        if text.endswith(("'s", "’s")):
            text, end = text[:-2], end - 2
        return [*spans, replace(seen, text=text, end=end)]
    whole = [s for s in same if start <= s.start and s.end <= end and not _PARTS.search(text)]
    if len(whole) == len(same) > 1 and label in _COMPOUND:
        return [*(s for s in spans if s not in same), Span(text, start, end, "NAME", label)]
    widest = max(same, key=lambda s: s.end - s.start)
    if label == "DATE" and widest.kind == "NAME":
        return spans
    covered = min(widest.end, end) - max(widest.start, start)
    if 2 * covered < widest.end - widest.start:
        return spans
    return [replace(s, label=label) if s is widest and not s.label else s for s in spans]
