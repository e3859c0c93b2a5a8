"""What a dependency parse says of single words: subjects, conjuncts, articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Token

_DEEPEST = 4
_SUBJECTS = frozenset(("nsubj", "nsubjpass"))
WH = frozenset(("WP", "WP$", "WDT", "WRB"))
"""Tags of question words and relative pronouns."""

INFERRED = frozenset(
    "same different equal answer older younger earlier later first last both two".split()
)
"""Words of a comparison or conclusion: it rests on earlier sentences, not on the corpus."""

_PARTS = frozenset("some one many several most two three all".split())


def singular(token: Token) -> str:
    """Return a word in lower case, without the ending of a plural."""
    return token.text.casefold().removesuffix("s")


def is_definite(token: Token) -> bool:
    """Whether a noun has "the", "this" or an owner before it."""
    return any(
        child.dep_ == "poss" or (child.dep_ == "det" and child.text.casefold() in {"the", "this"})
        for child in token.children
    )


def is_copula(relation: str) -> bool:
    """Whether a relation says no more than "is"."""
    return relation in {"is", "was", "are", "were", "be", "been", "became", "remains", "'s"}


def subjects(verb: Token) -> list[Token]:
    """Return the subjects of a verb; one without its own takes that of the verb it hangs on."""
    for _ in range(_DEEPEST):
        own = [child for child in verb.children if child.dep_ in _SUBJECTS]
        if verb.dep_ in {"acl", "relcl"} and all(t.tag_ in WH for t in own):
            return _described_by(verb.head)
        if own:
            return [token for subject in own for token in with_conjuncts(_whole(subject))]
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


def with_conjuncts(token: Token) -> list[Token]:
    """Return a word and what is coordinated with it."""
    return [token, *token.conjuncts] if token.dep_ != "conj" else [token]
