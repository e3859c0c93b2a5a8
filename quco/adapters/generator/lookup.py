"""Guesses at the next tokens of an answer: what followed the same tokens before.

Answers from passages repeat them: "Akira" is followed by "Kurosawa" again. A model reads several
guessed tokens in little more time than one, and keeps those that it would have written itself.
Source: prompt lookup decoding, after speculative decoding (arXiv 2211.17192).
"""

from __future__ import annotations

from collections.abc import Sequence

SHORTEST = 1
"""Tokens that must be the same, at least; a wrong guess costs little."""

LONGEST = 6
"""Tokens that are compared, at most: the longer the match, the better the guess."""


def look_up(tokens: Sequence[int], n: int) -> list[int]:
    """Return up to `n` tokens that followed when the last few stood in the text before.

    The longest match counts, and of several the latest.

    Examples
    --------
    >>> look_up([7, 1, 2, 3, 4, 5, 1, 2], 3)
    [3, 4, 5]
    >>> look_up([7, 1, 2, 3, 4, 5, 9], 3)
    []
    """
    best, at = SHORTEST - 1, 0
    last = tokens[-1] if tokens else None
    for end in range(len(tokens) - 1, SHORTEST - 1, -1):
        if tokens[end - 1] != last:
            continue
        same = 1
        while same < LONGEST and end > same and tokens[end - 1 - same] == tokens[-1 - same]:
            same += 1
        if same > best:
            best, at = same, end
    return list(tokens[at : at + n]) if at else []
