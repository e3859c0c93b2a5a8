"""A prompt as bare text, for models that are asked to continue it, and where the answer stops."""

from __future__ import annotations

from collections.abc import Sequence

from quco.types import GenerationRequest


def render_plain(request: GenerationRequest) -> str:
    r"""Return the messages one after the other, and the beginning of the answer.

    Examples
    --------
    >>> from quco.types import Message
    >>> render_plain(GenerationRequest((Message("user", "Question: Why?\nAnswer:"),), " Well,"))
    'Question: Why?\nAnswer: Well,'
    """
    return "\n\n".join(message.content for message in request.messages) + request.prefix


def first_stop(text: str, stops: Sequence[str]) -> int:
    """Return where the first of the stop strings begins, or the length of the text.

    Examples
    --------
    >>> first_stop("Oslo. Question: Why?", ["Context:", "Question:"])
    6
    """
    return min((at for stop in stops if (at := text.find(stop)) >= 0), default=len(text))


def cut_pieces(pieces: Sequence[str], cut: int) -> list[str]:
    """Return the texts of tokens up to `cut` characters; the last one may be shortened.

    Examples
    --------
    >>> cut_pieces(["Os", "lo", ". Q"], 5)
    ['Os', 'lo', '.']
    """
    kept: list[str] = []
    used = 0
    for piece in pieces:
        if used >= cut:
            break
        kept.append(piece[: cut - used])
        used += len(piece)
    return kept
