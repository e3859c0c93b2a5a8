"""Reads a draft: its whole sentences, where it turns in circles, whether it declines to answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from quco.prompts import split_closing
from quco.types import Generation

_CIRCLE = re.compile(r"(?P<phrase>\b\w[^\n]{0,79}?)(?:[\s,;.]+(?P=phrase)\b){3,}")
_REFUSAL = re.compile(
    r"\b(?:i|we)\s+(?:do\s+not|don['’]t|cannot|can['’]t|can\s+not|could\s+not|couldn['’]t"
    r"|am\s+(?:not\s+able|unable)\s+to|['’]?m\s+(?:not\s+able|unable)\s+to)\s+"
    r"(?:have|know|answer|find|provide|determine|say|help|tell)\b"
    r"|\bas\s+an\s+ai\b|\bi\s*(?:am|['’]m)\s+sorry\b|\bcannot\s+be\s+(?:determined|answered)\b"
    r"|\b(?:is|are|was|were)\s+not\s+(?:known|mentioned|provided|given|specified|stated)\b",
    re.IGNORECASE,
)
_NO_ANSWER = re.compile(
    r"(?:the\s+answer\s+is\s+)?(?:unknown|not\s+(?:known|mentioned|provided|given|specified"
    r"|stated|available|found|enough\s+information)|unclear|undetermined|n/?a)\b[^\w]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CutDraft:
    """The sentences of a draft that can be judged."""

    sentences: tuple[str, ...]
    """In order; each begins, and none ends, with white space."""

    ended: bool
    """Whether the answer ends with them."""

    circular: bool = False
    """Whether the model turned in a circle; what it wrote after that is dropped."""


def cut_draft(draft: Generation, split: Callable[[str], list[str]], *, begun: bool) -> CutDraft:
    """Return the sentences of a draft that can be judged, and whether the answer has ended.

    The first sentence that states the final answer is the last. A last sentence that the token
    limit cut short is left for the next draft, unless it is the only one.

    Parameters
    ----------
    draft : Generation
        What the model wrote.
    split : callable
        Text to sentences; joined, they must give the text back.
    begun : bool
        Whether there is text before the draft.
    """
    text, circles = cut_circle(draft.text)
    body, closing = split_closing(text)
    sentences = leading_space(split(body) if body.strip() else [])
    if closing is not None:
        closing = split(" ".join(closing.split()))[0].rstrip()
        sentences.append((" " if sentences or begun else "") + closing)
    goes_on = closing is not None and not " ".join(text.split()).endswith(closing)
    whole = draft.finish_reason == "stop" or goes_on or circles
    if not whole and len(sentences) > 1:
        return CutDraft(tuple(sentences[:-1]), ended=False)
    return CutDraft(tuple(sentences), ended=whole or closing is not None, circular=circles)


def leading_space(pieces: Sequence[str]) -> list[str]:
    """Move white space from the end of a sentence to the beginning of the next.

    A prompt that ends in white space makes models stumble.

    Examples
    --------
    >>> leading_space(["It rains. ", "It pours. "])
    ['It rains.', ' It pours.']
    """
    sentences: list[str] = []
    space = ""
    for piece in pieces:
        text = space + piece
        kept = text.rstrip()
        space = text[len(kept) :]
        if kept:
            sentences.append(kept)
    return sentences


def cut_circle(text: str) -> tuple[str, bool]:
    """Return `text` up to where it says one phrase four times in a row, and whether it does.

    Examples
    --------
    >>> cut_circle("He was a king, a king, a king, a king, a king")
    ('He was a king', True)
    >>> cut_circle("It is long, long ago.")
    ('It is long, long ago.', False)
    """
    found = _CIRCLE.search(text)
    return (text, False) if found is None else (text[: found.end("phrase")], True)


def is_refusal(text: str) -> bool:
    """Return whether a sentence, or a final answer, declines to answer.

    Examples
    --------
    >>> is_refusal("I'm sorry, but I cannot answer that."), is_refusal("Unknown")
    (True, True)
    >>> is_refusal("The Unknown Soldier is a novel."), is_refusal("The date is not mentioned.")
    (False, True)
    """
    return bool(_REFUSAL.search(text) or _NO_ANSWER.fullmatch(text.strip()))
