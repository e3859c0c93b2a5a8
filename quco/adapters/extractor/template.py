"""Parses sentences whose names are replaced by placeholders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from quco.adapters.extractor.spans import Span, through

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_PLACEHOLDERS = {"PERSON": "Smith", "GPE": "London", "LOC": "London", "ORG": "Microsoft"}
"""Names that the parser surely knows, one for each label."""

_NEEDED = ("tok2vec", "transformer", "tagger", "parser", "attribute_ruler")


def parse_with_spans(
    nlp: Language, texts: Sequence[tuple[str, Sequence[Span]]]
) -> list[tuple[Doc, dict[int, Span]]]:
    """Parse texts with one token in place of each of their spans.

    Returns
    -------
    doc : Doc
        The parse of each text; its text is not the text's.
    nodes : dict from int to Span
        The span that each placeholder token stands for.
    """
    built = [_template(nlp, text, spans) for text, spans in texts]
    docs: Iterable[Doc] = [doc for doc, _ in built]
    for name in nlp.pipe_names:
        if name in _NEEDED:
            docs = through(nlp, name, docs)
    return [(doc, nodes) for doc, (_, nodes) in zip(docs, built, strict=True)]


def _template(nlp: Language, text: str, spans: Sequence[Span]) -> tuple[Doc, dict[int, Span]]:
    from spacy.tokens import Doc

    words: list[str] = []
    spaces: list[bool] = []
    nodes: dict[int, Span] = {}
    at = 0
    for span in spans:
        _append(nlp, text[at : span.start], words, spaces)
        nodes[len(words)] = span
        words.append(_placeholder(span))
        spaces.append(text[span.end : span.end + 1].isspace())
        at = span.end
    _append(nlp, text[at:], words, spaces)
    return Doc(nlp.vocab, words=words, spaces=spaces), nodes


def _placeholder(span: Span) -> str:
    if span.kind == "DATE":
        return "1990"
    if span.label == "NORP":  # "American" is an adjective as often as a name
        return span.text if span.text.isalpha() else "American"
    return _PLACEHOLDERS.get(span.label, "Microsoft")


def _append(nlp: Language, piece: str, words: list[str], spaces: list[bool]) -> None:
    for token in nlp.make_doc(piece):
        if token.is_space:
            if spaces:
                spaces[-1] = True
            continue
        text, space = token.text, bool(token.whitespace_)
        joins = token.i > 0 and not token.nbor(-1).whitespace_ and token.nbor(-1).text == "-"
        if words and not spaces[-1] and (text == "-" or joins) and token.i > 0:
            words[-1] += text  # "co-founder" is one noun
            spaces[-1] = space
            continue
        words.append(text)
        spaces.append(space)
