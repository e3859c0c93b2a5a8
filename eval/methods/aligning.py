"""Which tokens of a draft make up a sentence, and which make up a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quco.types import Generation, Token


def tokens_of(sentence: str, draft: Generation) -> list[Token]:
    """Return the tokens of the draft's first sentence.

    Tokens are counted until their text holds the sentence. A token that also holds the beginning
    of what follows belongs to it.

    Examples
    --------
    >>> tokens = (Token("A", -0.1), Token(" b.", -0.1), Token(" C", -0.1))
    >>> [t.text for t in tokens_of("A b.", Generation("A b. C", "stop", tokens=tokens))]
    ['A', ' b.']
    """
    wanted = len(sentence.lstrip())
    taken: list[Token] = []
    seen = ""
    for token in draft.tokens:
        if len(seen.lstrip()) >= wanted:
            break
        taken.append(token)
        seen += token.text
    return taken


@dataclass(frozen=True, slots=True)
class Word:
    """Neighbouring tokens without a space between them."""

    text: str
    """Its text without white space."""

    first: int
    """Position of its first token."""

    end: int
    """Position after its last token."""


def words_of(texts: Sequence[str]) -> list[Word]:
    """Return the words that tokens with these texts make up.

    Examples
    --------
    >>> [word.text for word in words_of([" Fri", "tz", " Lang", "."])]
    ['Fritz', 'Lang.']
    """
    words: list[Word] = []
    begins = True
    for position, text in enumerate(texts):
        if begins or text[:1].isspace():
            words.append(Word(text.strip(), position, position + 1))
        else:
            last = words[-1]
            words[-1] = Word(last.text + text.strip(), last.first, position + 1)
        begins = text != text.rstrip()
    return [word for word in words if word.text]
