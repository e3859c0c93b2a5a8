"""A prompt as bare text, for models that are asked to continue it."""

from __future__ import annotations

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
