"""Reads what a question asks for: pairs of a head and a relation whose tail is missing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from quco.adapters.extractor.resolve import PERSON_NOUNS
from quco.adapters.extractor.spans import Span
from quco.types import Triplet

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_JOINING = frozenset(("of", "for", "by", "in", "to"))
_COORDINATING = frozenset(("and", "or", ","))
_KINDS = frozenset(
    "film films movie movies song songs album albums book books novel novels one person people"
    " actor actors director directors which what who place places country question".split()
)
_EVENTS = frozenset(("born", "died", "die", "released", "founded", "located", "established"))


def read_question(doc: Doc, nodes: dict[int, Span]) -> list[Triplet]:
    """Return what a question asks of each of its names.

    Word order tells it, so that a title in an odd place, which derails a parse, does no harm.

    Parameters
    ----------
    doc : Doc
        Tagged text of `parse_with_spans`.
    nodes : dict from int to Span
        Spans behind its placeholder tokens.
    """
    names = [i for i in sorted(nodes) if nodes[i].kind == "NAME"]
    found: dict[int, str] = {}
    for i in names:
        relation = _before(doc, nodes, i) or _after(doc, nodes, i)
        if not relation and i - 1 >= 0 and doc[i - 1].text.casefold() in _COORDINATING:
            relation = next((found[j] for j in reversed(list(found)) if j < i), "")
        if relation:
            found[i] = relation
    if not found and (shared := _shared(doc, nodes)):
        found = dict.fromkeys(names, shared)
    return [Triplet(nodes[i].text, relation, None) for i, relation in found.items()]


def _before(doc: Doc, nodes: dict[int, Span], at: int) -> str:
    """Return "director" of "the director of the film X"."""
    i = at - 1
    while i > 0 and i not in nodes and (_is_noun(doc[i]) or doc[i].text in {"the", "a", "both"}):
        i -= 1
    if i <= 0 or doc[i].text.casefold() not in _JOINING:
        return ""
    return _phrase_before(doc, nodes, i)


def _phrase_before(doc: Doc, nodes: dict[int, Span], end: int) -> str:
    words: list[str] = []
    for i in range(end - 1, -1, -1):
        is_part = _is_noun(doc[i]) or (words and doc[i].tag_ == "JJ")
        if i in nodes or not is_part or doc[i].text.casefold() in {"which", "what"}:
            break
        words.append(doc[i].text)
    return " ".join(reversed(words))


def _after(doc: Doc, nodes: dict[int, Span], at: int) -> str:
    """Return "father" of "X's father"."""
    if at + 2 >= len(doc) or doc[at + 1].tag_ != "POS":
        return ""
    words: list[str] = []
    for i in range(at + 2, len(doc)):
        if i in nodes or not (_is_noun(doc[i]) or doc[i].tag_ == "JJ"):
            break
        words.append(doc[i].text)
    return " ".join(words)


def _shared(doc: Doc, nodes: dict[int, Span]) -> str:
    """Return what a comparison asks of all its names: "director", "nationality", "released"."""
    words = [token for token in doc if token.i not in nodes]
    for token in words:
        singular = token.text.casefold().removesuffix("s")
        if singular in PERSON_NOUNS and singular not in {"person", "man", "woman"}:
            return singular
    return next(_compared(words), "")


def _compared(words: list[Token]) -> Iterator[str]:
    for left, token in pairwise(words):
        if left.text.casefold() == "same" and _is_noun(token):
            yield token.text
    for token in words:
        folded = token.text.casefold()
        if folded in _EVENTS or (token.tag_ in {"VBN", "VBD"} and token.pos_ == "VERB"):
            yield token.text
    yield from (t.text for t in words if _is_noun(t) and t.text.casefold() not in _KINDS)


def _is_noun(token: Token) -> bool:
    return token.tag_ in {"NN", "NNS", "NNP", "NNPS"}
