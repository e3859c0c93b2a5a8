"""Reads claims off a dependency parse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quco.adapters.extractor.questions import read_question
from quco.adapters.extractor.resolve import PERSON_NOUNS, Resolver
from quco.adapters.extractor.spans import Span
from quco.types import Triplet

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_DEEPEST = 4
_SUBJECTS = frozenset(("nsubj", "nsubjpass"))
_WH = frozenset(("WP", "WP$", "WDT", "WRB"))
_INFERRED = frozenset(
    "same different equal answer older younger earlier later first last both two".split()
)
"""Words of a comparison or conclusion: it rests on earlier sentences, not on the corpus."""

_WORKS = frozenset("film movie song album book novel one other person man woman".split())
"""Nouns whose "the film is X" picks one of several rather than says something of one."""

_PARTS = frozenset("some one many several most two three all".split())

_COMPARING = frozenset(("before", "after", "than"))
_DASHES = frozenset(("–", "-", "—", "to"))
_GENITIVE = frozenset(("of", "by", "for", "to"))


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
        return list(reversed(kept.values()))

    # ------------------------------------------------------------ verbs

    def _verb(self, verb: Token) -> list[Triplet]:
        subjects = _subjects(verb)
        negated = any(child.dep_ == "neg" for child in verb.children)
        found: list[Triplet] = []
        for subject in subjects:
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
        return any(t.text.casefold() in _INFERRED or t.tag_ in {"JJR", "RBR"} for t in words)

    def _complements(self, verb: Token) -> Iterator[tuple[str, Token]]:
        """Yield relation words and the token of each tail of a verb."""
        word = verb.text.casefold()
        particles = [c.text for c in verb.children if c.dep_ == "prt"]
        base = " ".join([word, *particles])
        for child in verb.children:
            if child.dep_ in {"dobj", "obj", "attr", "oprd", "dative"}:
                for tail in _with_conjuncts(child):
                    if not self._is_half(tail):
                        yield base, tail
                yield from self._prepositions(child, base)
            elif child.dep_ in {"prep", "agent"}:
                yield from self._objects(child, base)
            elif child.dep_ == "acomp" and child.tag_ not in {"JJR", "RBR"}:
                yield base, child
                yield from self._prepositions(child, f"{base} {self._text(child)}")

    def _is_half(self, tail: Token) -> bool:
        """Whether a noun says nothing without its complement, as in "a citizen of France"."""
        if tail.i in self._nodes or tail.dep_ != "attr" or self._described(tail):
            return False
        return any(c.dep_ == "prep" and c.text.casefold() == "of" for c in tail.children)

    def _prepositions(self, token: Token, base: str) -> Iterator[tuple[str, Token]]:
        """Yield what hangs on a tail by a preposition: "won X in 1990"."""
        if token.i not in self._nodes and token.pos_ in {"NOUN", "PROPN"}:
            base = f"{base} {self._phrase(token)}"
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
                for tail in _with_conjuncts(child):
                    if word in _COMPARING and self._is_name(tail):
                        continue
                    yield relation, tail
                    yield from self._prepositions(tail, base if tail.i in self._nodes else relation)

    # ------------------------------------------------------------ claims

    def _claim(self, subject: Token, relation: str, tail: Token, *, negated: bool) -> list[Triplet]:
        if tail.tag_ in _WH or subject.tag_ in _WH:
            return self._asked(subject, relation, tail)
        described = self._described(subject)
        tail_text = self._tail(tail)
        if described and tail_text and _is_copula(relation) and tail.i in self._nodes:
            head, noun = described
            return [Triplet(head, noun, tail_text, negated)]
        asked = self._asked_for(subject, relation, tail)
        if asked:
            return [Triplet(asked, subject.text, self._nodes[tail.i].text, negated)]
        if head_described := self._described(tail):
            inner, noun = head_described
            named = self._head(subject)
            if _is_copula(relation) and named and inner.casefold() != named.casefold():
                return [Triplet(named, f"{relation} {noun} of", inner, negated)]
            return []
        found = []
        named = self._head(subject)
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
        if not (_is_copula(relation) and self._is_name(tail) and _is_definite(subject)):
            return None
        if subject.i in self._nodes or self._described(subject) or self._inner_name(subject):
            return None
        if noun in _WORKS or subject.pos_ != "NOUN":
            return None
        return self._resolver.description("film" if noun in PERSON_NOUNS else noun)

    def _asked(self, subject: Token, relation: str, tail: Token) -> list[Triplet]:
        if not self._is_question:
            return []
        other = tail if subject.tag_ in _WH else subject
        if described := self._described(other):
            return [Triplet(described[0], described[1], None)]
        head = self._head(other)
        return [Triplet(head, relation, None)] if head and other.tag_ not in _WH else []

    def _life(self, token: Token) -> list[Triplet]:
        """Read "John (1900 – 1950)" and "John (born 1900)"."""
        following = list(self._doc[token.i + 1 : token.i + 6])
        close = next((i for i, t in enumerate(following) if t.text == ")"), 0)
        if not (close and following[0].text == "(" and self._nodes[token.i].kind == "NAME"):
            return []
        inside = following[1:close]
        dates = [self._nodes[t.i].text for t in inside if self._is_date(t)]
        words = {t.text for t in inside if t.i not in self._nodes}
        name = self._name(token)
        if len(dates) == 2 and words <= _DASHES:
            return [Triplet(name, "born on", dates[0]), Triplet(name, "died on", dates[1])]
        if len(dates) == 1 and words in ({"born"}, {"died"}):
            return [Triplet(name, f"{words.pop()} on", dates[0])]
        return []

    def _is_date(self, token: Token) -> bool:
        return token.i in self._nodes and self._nodes[token.i].kind == "DATE"

    def _is_name(self, token: Token) -> bool:
        return token.i in self._nodes and self._nodes[token.i].kind == "NAME"

    def _name(self, token: Token) -> str:
        """Return the fullest form of a name that was used so far."""
        return self._resolver.full_name(self._nodes[token.i])

    def _appositions(self, token: Token) -> list[Triplet]:
        """Read "Mary, the wife of John" and "his wife Mary"."""
        found = []
        name = self._nodes[token.i].text
        for child in token.children:
            if child.dep_ == "appos" and child.i not in self._nodes:
                if described := self._described(child):
                    found.append(Triplet(described[0], described[1], name))
            elif child.dep_ == "compound" and child.i not in self._nodes:
                owners = [c for c in token.children if c.dep_ == "poss"]
                head = self._head(owners[0]) if owners else None
                if head:
                    found.append(Triplet(head, child.text, name))
        if token.dep_ == "appos" and (described := self._described(token.head)):
            found.append(Triplet(described[0], described[1], name))
        return found

    # ------------------------------------------------------------ terms

    def _head(self, token: Token) -> str | None:
        """Return what a subject names."""
        if token.i in self._nodes:
            return self._name(token)
        if token.pos_ == "PRON" or token.tag_ == "PRP$":
            return self._resolver.pronoun(token.text)
        if token.pos_ not in {"NOUN", "PROPN"}:
            return None
        if _is_definite(token):
            if inner := self._inner_name(token):
                return inner
            if described := self._described(token):
                return f"{described[1]} of {described[0]}"
            if resolved := self._resolver.description(token.text):
                return resolved
        return self._phrase(token)

    def _described(self, token: Token) -> tuple[str, str] | None:
        """Return (X, noun) of "X's noun" and "the noun of X"."""
        if token.i in self._nodes or token.pos_ not in {"NOUN", "PROPN"}:
            return None
        noun = self._phrase(token)
        for child in token.children:
            if child.dep_ == "poss":
                head = self._head(child)
                return (head, noun) if head else None
            if child.dep_ == "prep" and child.text.casefold() in _GENITIVE:
                for grandchild in child.children:
                    if grandchild.dep_ == "pobj":
                        if inner := self._described(grandchild):
                            return inner[0], f"{noun} {child.text} {inner[1]}"
                        named = self._named_below(grandchild)
                        if named:
                            return named, noun
                        if grandchild.pos_ == "NOUN":
                            noun = f"{noun} {child.text} {self._phrase(grandchild)}"
        return None

    def _named_below(self, token: Token) -> str | None:
        return self._nodes[token.i].text if token.i in self._nodes else self._inner_name(token)

    def _inner_name(self, token: Token) -> str | None:
        """Return the name of "the film X" and "his father X"."""
        inner = [c for c in token.children if c.i in self._nodes and c.dep_ in _NAMING]
        return self._nodes[inner[-1].i].text if inner else None

    def _tail(self, token: Token) -> str | None:
        if token.i in self._nodes:
            return self._nodes[token.i].text
        first = token.head if token.dep_ == "conj" else token
        if first.dep_ in {"attr", "acomp", "oprd"} and token.pos_ in {"NOUN", "PROPN"}:
            return None if _singular(token) in _INFERRED else self._phrase(token)
        is_kind = token.dep_ == "pobj" and token.head.text.casefold() in {"as", "of"}
        if token.pos_ == "PROPN" or (is_kind and token.head.head.pos_ == "VERB"):
            return self._phrase(token)
        return self._named_below(token) if token.pos_ == "NOUN" else None

    def _phrase(self, token: Token) -> str:
        """Return a noun with its compounds, names put back."""
        words = [c for c in token.children if c.dep_ == "compound" and c.i < token.i]
        return " ".join(self._text(word) for word in [*words, token])

    def _text(self, token: Token) -> str:
        return self._nodes[token.i].text if token.i in self._nodes else token.text


_NAMING = frozenset(("appos", "compound", "nmod", "oprd"))


def _singular(token: Token) -> str:
    return token.text.casefold().removesuffix("s")


def _is_definite(token: Token) -> bool:
    return any(
        child.dep_ == "poss" or (child.dep_ == "det" and child.text.casefold() in {"the", "this"})
        for child in token.children
    )


def _is_copula(relation: str) -> bool:
    return relation in {"is", "was", "are", "were", "be", "been", "became", "remains", "'s"}


def _is_checkable(item: Triplet) -> bool:
    return bool(item.head) and (item.tail is None or item.head.casefold() != item.tail.casefold())


def _subjects(verb: Token) -> list[Token]:
    """Return the subjects of a verb; one without its own takes that of the verb it hangs on."""
    for _ in range(_DEEPEST):
        own = [child for child in verb.children if child.dep_ in _SUBJECTS]
        if verb.dep_ in {"acl", "relcl"} and all(t.tag_ in _WH for t in own):
            return _described_by(verb.head)
        if own:
            return [token for subject in own for token in _with_conjuncts(_whole(subject))]
        if verb.dep_ not in {"conj", "xcomp", "advcl", "pcomp"}:
            return []
        verb = verb.head.head if verb.dep_ == "pcomp" else verb.head
    return []


def _whole(token: Token) -> Token:
    """Return the films of "some of his films"."""
    if token.text.casefold() in _PARTS:
        for child in token.children:
            if child.dep_ == "prep" and child.text.casefold() == "of":
                return next((c for c in child.children if c.dep_ == "pobj"), token)
    return token


def _described_by(noun: Token) -> list[Token]:
    """Return what a noun with a clause describes: in "X is a film that ...", X."""
    if noun.dep_ == "attr":
        return [t for t in noun.head.children if t.dep_ in _SUBJECTS] or [noun]
    return [noun.head] if noun.dep_ == "appos" else [noun]


def _with_conjuncts(token: Token) -> list[Token]:
    return [token, *token.conjuncts] if token.dep_ != "conj" else [token]
