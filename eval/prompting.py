"""Prompts to choose from: what may stand around worked examples, passages and question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from quco.prompts import FewShotPrompt
from quco.types import GenerationRequest, Message, Passage

Layout = Literal["text", "turns"]
"""All in one message, or each worked example as a turn of user and assistant."""


@dataclass(frozen=True, slots=True)
class PromptVariant(FewShotPrompt):
    """A few-shot prompt with lines that may help one model and mislead another.

    Without any of them it asks for the same as `quco.prompts.FewShotPrompt`.

    Examples
    --------
    >>> from quco.demonstrations import Demonstration
    >>> prompt = PromptVariant((Demonstration("Who?", "It is X.", "X"),), reminder="Be brief.")
    >>> print(prompt.request("Why?", (), "", 9).messages[0].content)
    Question: Who?
    Answer: It is X. So the answer is X.
    <BLANKLINE>
    Be brief.
    Question: Why?
    Answer:
    """

    instruction: str = ""
    """A paragraph before the worked examples."""

    reminder: str = ""
    """A line between the passages and the question."""

    layout: Layout = "text"
    """How the worked examples stand; "turns" needs a chat template."""

    def request(
        self, question: str, passages: Sequence[Passage], prefix: str, max_tokens: int
    ) -> GenerationRequest:
        """Return the request that continues `prefix` as an answer to `question`."""
        task = self._task(question, passages)
        examples = [str(example) for example in self.demonstrations]
        if self.layout == "text":
            blocks = [self.instruction, *examples, task]
            messages: tuple[Message, ...] = (
                Message("user", "\n\n".join(block for block in blocks if block)),
            )
        else:
            messages = (*self._turns(), Message("user", task.removesuffix("\nAnswer:")))
        return GenerationRequest(
            messages=messages,
            prefix=prefix,
            stop=("\nQuestion:", "\nContext:"),
            max_tokens=max_tokens,
        )

    def _turns(self) -> list[Message]:
        turns = [Message("system", self.instruction)] if self.instruction else []
        for example in self.demonstrations:
            turns.append(Message("user", f"Question: {example.question}"))
            turns.append(Message("assistant", example.worked))
        return turns

    def _context(self, question: str, passages: Sequence[Passage]) -> str:
        context = FewShotPrompt._context(self, question, passages)
        return f"{context}{self.reminder}\n" if self.reminder else context
