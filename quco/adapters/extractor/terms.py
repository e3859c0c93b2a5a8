"""What the words of a parse name: the heads and tails of claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quco.adapters.extractor.resolve import Resolver
from quco.adapters.extractor.spans import Span
from quco.adapters.extractor.syntax import INFERRED, is_definite, singular

if TYPE_CHECKING:
    from spacy.tokens import Token

_NAMING = frozenset(("appos", "compound", "nmod", "oprd"))
_GENITIVE = frozenset(("of", "by", "for", "to"))


class Terms:
    """Puts names back where the parse has placeholders, and resolves what stands for a name.

    Parameters
    ----------
    nodes : dict from int to Span
        Spans behind the placeholder tokens.
    resolver : Resolver
        Knows what was named before.
    """

    def __init__(self, nodes: dict[int, Span], resolver: Resolver) -> None:
        self._nodes = nodes
        self._resolver = resolver

    def is_date(self, token: Token) -> bool:
        """Whether a token stands for a date."""
        return token.i in self._nodes and self._nodes[token.i].kind == "DATE"

    def is_name(self, token: Token) -> bool:
        """Whether a token stands for a name."""
        return token.i in self._nodes and self._nodes[token.i].kind == "NAME"

    def name(self, token: Token) -> str:
        """Return the fullest form of a name that was used so far."""
        return self._resolver.full_name(self._nodes[token.i])

    def head(self, token: Token) -> str | None:
        """Return what a subject names."""
        if token.i in self._nodes:
            return self.name(token)
        if token.pos_ == "PRON" or token.tag_ == "PRP$":
            return self._resolver.pronoun(token.text)
        if token.pos_ not in {"NOUN", "PROPN"}:
            return None
        if is_definite(token):
            if inner := self.inner_name(token):
                return inner
            if described := self.described(token):
                owner, noun = described
                return self._resolver.holder(noun, owner) or f"{noun} of {owner}"
            if resolved := self._resolver.description(token.text):
                return resolved
        return self.phrase(token)

    def described(self, token: Token) -> tuple[str, str] | None:
        """Return (X, noun) of "X's noun" and "the noun of X"."""
        if token.i in self._nodes or token.pos_ not in {"NOUN", "PROPN"}:
            return None
        noun = self.phrase(token)
        for child in token.children:
            if child.dep_ == "poss":
                head = self.head(child)
                return (head, noun) if head else None
            if child.dep_ == "prep" and child.text.casefold() in _GENITIVE:
                for grandchild in child.children:
                    if grandchild.dep_ == "pobj":
                        if inner := self.described(grandchild):
                            return inner[0], f"{noun} {child.text} {inner[1]}"
                        named = self._named_below(grandchild)
                        if named:
                            return named, noun
                        if grandchild.pos_ == "NOUN":
                            noun = f"{noun} {child.text} {self.phrase(grandchild)}"
        return None

    def _named_below(self, token: Token) -> str | None:
        return self._nodes[token.i].text if token.i in self._nodes else self.inner_name(token)

    def inner_name(self, token: Token) -> str | None:
        """Return the name of "the film X" and "his father X"."""
        inner = [c for c in token.children if c.i in self._nodes and c.dep_ in _NAMING]
        return self._nodes[inner[-1].i].text if inner else None

    def tail(self, token: Token) -> str | None:
        """Return what a complement names; None where nobody could look it up."""
        if token.i in self._nodes:
            return self._nodes[token.i].text
        first = token.head if token.dep_ == "conj" else token
        if first.dep_ in {"attr", "acomp", "oprd"} and token.pos_ in {"NOUN", "PROPN"}:
            return None if singular(token) in INFERRED else self.phrase(token)
        is_kind = token.dep_ == "pobj" and token.head.text.casefold() in {"as", "of"}
        if token.pos_ == "PROPN" or (is_kind and token.head.head.pos_ == "VERB"):
            return self.phrase(token)
        return self._named_below(token) if token.pos_ == "NOUN" else None

    def phrase(self, token: Token) -> str:
        """Return a noun with its compounds, names put back."""
        words = [c for c in token.children if c.dep_ == "compound" and c.i < token.i]
        return " ".join(self.text(word) for word in [*words, token])

    def text(self, token: Token) -> str:
        """Return a token as it was written."""
        return self._nodes[token.i].text if token.i in self._nodes else token.text
