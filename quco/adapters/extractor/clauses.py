"""Reads claims off a dependency parse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from quco.adapters.extractor.questions import read_question
from quco.adapters.extractor.resolve import PERSON_NOUNS, Resolver
from quco.adapters.extractor.spans import Span
from quco.adapters.extractor.syntax import (
    INFERRED,
    WH,
    is_copula,
    is_definite,
    subjects,
    with_conjuncts,
)
from quco.adapters.extractor.terms import Terms
from quco.types import Triplet

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_WORKS = frozenset("film movie song album book novel one other person man woman".split())
"""Nouns whose "the film is X" picks one of several rather than says something of one."""

_COMPARING = frozenset(("before", "after", "than"))
_DASHES = frozenset(("–", "-", "—", "to"))


def read_clauses(doc: Doc, nodes: dict[int, Span], resolver: Resolver) -> list[Triplet]:
    """Return the claims of a parsed sentence.

    Parameters
    ----------
    doc : Doc
        Parse of `parse_with_spans`.
    nodes : dict from int to Span
        Spans behind its placeholder tokens.
    resolver : Resolver
        Knows what was named before the sentence.
    """
    return _Reader(doc, nodes, resolver).read()


class _Reader:
    def __init__(self, doc: Doc, nodes: dict[int, Span], resolver: Resolver) -> None:
        self._doc = doc
        self._nodes = nodes
        self._resolver = resolver
        self._terms = Terms(nodes, resolver)
        self._is_question = doc.text.rstrip().endswith("?")

    def read(self) -> list[Triplet]:
        found: list[Triplet] = []
        for token in self._doc:
            if token.i in self._nodes:
                found += self._life(token)
                found += self._appositions(token)
            if token.pos_ in {"VERB", "AUX"} and token.dep_ not in {"aux", "auxpass"}:
                found += self._verb(token)
            if token.i in self._nodes:
                self._resolver.seen(self._nodes[token.i])
        if self._is_question:
            asked = [item for item in found if item.tail is None]
            found = read_question(self._doc, self._nodes) or asked
        kept = {str(item).casefold(): item for item in reversed(found) if _is_checkable(item)}
        labels = {span.text: span.label for span in self._nodes.values()}
        return [
            replace(item, tail_label=labels.get(item.tail or "", ""))
            for item in reversed(kept.values())
        ]

    # ------------------------------------------------------------ verbs

    def _verb(self, verb: Token) -> list[Triplet]:
        negated = any(child.dep_ == "neg" for child in verb.children)
        found: list[Triplet] = []
        for subject in subjects(verb):
            if self._is_inferred(subject):
                continue
            for relation, tail in self._complements(verb):
                found += self._claim(subject, relation, tail, negated=negated)
            if subject.i in self._nodes:
                self._resolver.seen_subject(self._nodes[subject.i])
        return found

    def _is_inferred(self, subject: Token) -> bool:
        """Whether a subject compares: "the one who died first", "the older director"."""
        if subject.i in self._nodes:
            return False
        words = [token for token in subject.subtree if token.i not in self._nodes]
        return any(t.text.casefold() in INFERRED or t.tag_ in {"JJR", "RBR"} for t in words)

    def _complements(self, verb: Token) -> Iterator[tuple[str, Token]]:
        """Yield relation words and the token of each tail of a verb."""
        word = verb.text.casefold()
        particles = [c.text for c in verb.children if c.dep_ == "prt"]
        base = " ".join([word, *particles])
        for child in verb.children:
            if child.dep_ in {"dobj", "obj", "attr", "oprd", "dative"}:
                for tail in with_conjuncts(child):
                    if not self._is_half(tail):
                        yield base, tail
                yield from self._prepositions(child, base)
            elif child.dep_ in {"prep", "agent"}:
                yield from self._objects(child, base)
            elif child.dep_ == "acomp" and child.tag_ not in {"JJR", "RBR"}:
                yield base, child
                yield from self._prepositions(child, f"{base} {self._terms.text(child)}")

    def _is_half(self, tail: Token) -> bool:
        """Whether a noun says nothing without its complement, as in "a citizen of France"."""
        if tail.i in self._nodes or tail.dep_ != "attr" or self._terms.described(tail):
            return False
        return any(c.dep_ == "prep" and c.text.casefold() == "of" for c in tail.children)

    def _prepositions(self, token: Token, base: str) -> Iterator[tuple[str, Token]]:
        """Yield what hangs on a tail by a preposition: "won X in 1990"."""
        if token.i not in self._nodes and token.pos_ in {"NOUN", "PROPN"}:
            base = f"{base} {self._terms.phrase(token)}"
        for child in token.children:
            if child.dep_ == "prep":
                yield from self._objects(child, base)

    def _objects(self, prep: Token, base: str) -> Iterator[tuple[str, Token]]:
        word = prep.text.casefold()
        relation = f"{base} {word}"
        for child in prep.children:
            if child.dep_ == "prep":
                yield from self._objects(child, base)
            elif child.dep_ == "pobj":
                for tail in with_conjuncts(child):
                    if word in _COMPARING and self._terms.is_name(tail):
                        continue
                    yield relation, tail
                    yield from self._prepositions(tail, base if tail.i in self._nodes else relation)

    # ------------------------------------------------------------ claims

    def _claim(self, subject: Token, relation: str, tail: Token, *, negated: bool) -> list[Triplet]:
        if tail.tag_ in WH or subject.tag_ in WH:
            return self._asked(subject, relation, tail)
        described = self._terms.described(subject)
        tail_text = self._terms.tail(tail)
        if described and tail_text and is_copula(relation) and tail.i in self._nodes:
            head, noun = described
            return [Triplet(head, noun, tail_text, negated)]
        asked = self._asked_for(subject, relation, tail)
        if asked:
            return [Triplet(asked, subject.text, self._nodes[tail.i].text, negated)]
        if head_described := self._terms.described(tail):
            inner, noun = head_described
            named = self._terms.head(subject)
            if is_copula(relation) and named and inner.casefold() != named.casefold():
                return [Triplet(named, f"{relation} {noun} of", inner, negated)]
            return []
        found = []
        named = self._terms.head(subject)
        if described and described[1].split()[0].casefold() not in PERSON_NOUNS:
            named, relation = described[0], f"{described[1]} {relation}"
        if named and tail_text:
            found.append(Triplet(named, relation, tail_text, negated))
        if named and tail.i not in self._nodes:
            found += [
                Triplet(named, relation, self._nodes[c.i].text, negated)
                for c in tail.children
                if c.dep_ in {"amod", "nmod", "compound"} and c.i in self._nodes
            ]
        return found

    def _asked_for(self, subject: Token, relation: str, tail: Token) -> str | None:
        """Return whose noun "the noun is X" tells: that of what was named before."""
        noun = subject.text.casefold()
        if not (is_copula(relation) and self._terms.is_name(tail) and is_definite(subject)):
            return None
        if (
            subject.i in self._nodes
            or self._terms.described(subject)
            or self._terms.inner_name(subject)
        ):
            return None
        if noun in _WORKS or subject.pos_ != "NOUN":
            return None
        return self._resolver.description("film" if noun in PERSON_NOUNS else noun)

    def _asked(self, subject: Token, relation: str, tail: Token) -> list[Triplet]:
        if not self._is_question:
            return []
        other = tail if subject.tag_ in WH else subject
        if described := self._terms.described(other):
            return [Triplet(described[0], described[1], None)]
        head = self._terms.head(other)
        return [Triplet(head, relation, None)] if head and other.tag_ not in WH else []

    def _life(self, token: Token) -> list[Triplet]:
        """Read "John (1900 – 1950)" and "John (born 1900)"."""
        following = list(self._doc[token.i + 1 : token.i + 6])
        close = next((i for i, t in enumerate(following) if t.text == ")"), 0)
        if not (close and following[0].text == "(" and self._nodes[token.i].kind == "NAME"):
            return []
        inside = following[1:close]
        dates = [self._nodes[t.i].text for t in inside if self._terms.is_date(t)]
        words = {t.text for t in inside if t.i not in self._nodes}
        name = self._terms.name(token)
        if len(dates) == 2 and words <= _DASHES:
            return [Triplet(name, "born on", dates[0]), Triplet(name, "died on", dates[1])]
        if len(dates) == 1 and words in ({"born"}, {"died"}):
            return [Triplet(name, f"{words.pop()} on", dates[0])]
        return []

    def _appositions(self, token: Token) -> list[Triplet]:
        """Read "Mary, the wife of John" and "his wife Mary"."""
        found = []
        name = self._nodes[token.i].text
        for child in token.children:
            if child.dep_ == "appos" and child.i not in self._nodes:
                if described := self._terms.described(child):
                    found.append(Triplet(described[0], described[1], name))
            elif child.dep_ == "compound" and child.i not in self._nodes:
                owners = [c for c in token.children if c.dep_ == "poss"]
                head = self._terms.head(owners[0]) if owners else None
                if head:
                    found.append(Triplet(head, child.text, name))
        if token.dep_ == "appos" and (described := self._terms.described(token.head)):
            found.append(Triplet(described[0], described[1], name))
        return found


def _is_checkable(item: Triplet) -> bool:
    return bool(item.head) and (item.tail is None or item.head.casefold() != item.tail.casefold())
