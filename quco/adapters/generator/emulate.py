"""Going on with an answer where the interface has no way to say so."""

from __future__ import annotations

import re

from quco.types import GenerationRequest, Message

GO_ON = "Go on with the text below where it ends. Write only what comes next."
"""What a chat model is told before a prompt."""

_TOO_LONG = re.compile(
    r"context[ _-]?(?:length|size|window)|maximum (?:context|prompt|input)|prompt is too long"
    r"|too many (?:input )?tokens",
    re.IGNORECASE,
)


def ask_to_go_on(request: GenerationRequest) -> tuple[Message, ...]:
    r"""Return turns that ask for the rest of an answer: the last one ends with its beginning.

    The instruction stands before the prompt, with or without a prefix, so that what a server has
    cached of the prompt serves all drafts.

    Examples
    --------
    >>> request = GenerationRequest((Message("user", "Question: Who?\nAnswer:"),), prefix=" It is")
    >>> print(ask_to_go_on(request)[-1].content)
    Go on with the text below where it ends. Write only what comes next.
    <BLANKLINE>
    Question: Who?
    Answer: It is
    """
    *before, last = request.messages
    content = f"{last.content}{_joint(last.content, request.prefix)}{request.prefix}"
    return (*before, Message("user", f"{GO_ON}\n\n{content.rstrip()}"))


def strip_overlap(prefix: str, reply: str) -> str:
    """Return what `reply` adds to `prefix`, with the space between them.

    A model may say all of its answer again, or its end, or go on after an ellipsis. Words are
    compared without regard to case and white space; the longest overlap counts.

    Examples
    --------
    >>> strip_overlap(" Oslo is in Norway. The", "Oslo is in Norway. The king is Harald.")
    ' king is Harald.'
    >>> strip_overlap("So the answer is", "the answer is Oslo.")
    ' Oslo.'
    >>> strip_overlap("So it", "...rains.")
    ' rains.'
    """
    reply = re.sub(r"^\s*(?:\.{3}|…)", "", reply)
    said = prefix.casefold().split()
    words = list(re.finditer(r"\S+", reply))
    heard = [word.group().casefold() for word in words]
    for n in range(min(len(said), len(heard)), 0, -1):
        if said[-n:] == heard[:n]:
            reply = reply[words[n - 1].end() :]
            break
    return _joint(prefix, reply) + reply


def _joint(before: str, after: str) -> str:
    """Return the space that belongs between two texts."""
    words_meet = before and not before[-1].isspace() and re.match(r"[\w\"“‘(\[$€£]", after)
    return " " if words_meet else ""


def cut_at_stop(text: str, stops: tuple[str, ...]) -> tuple[str, bool]:
    r"""Return `text` before the first stop string, and whether there was one.

    Examples
    --------
    >>> cut_at_stop("It rains.\n\nQuestion: why?", ("\nQuestion:",))
    ('It rains.\n', True)
    """
    at = min((at for stop in stops if (at := text.find(stop)) >= 0), default=None)
    return (text, False) if at is None else (text[:at], True)


def is_too_long(message: str) -> bool:
    """Return whether an error message of a server says that the prompt does not fit.

    Examples
    --------
    >>> is_too_long("This model's maximum context length is 4096 tokens.")
    True
    """
    return bool(_TOO_LONG.search(message))
