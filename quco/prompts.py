"""The prompt: worked examples, passages, the question, and how an answer ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from quco.demonstrations import DEMONSTRATIONS, Demonstration
from quco.excerpts import SENTENCE_END, excerpt, shorten
from quco.types import GenerationRequest, Message, Passage

_CLOSING = re.compile(
    r"(?:\b(?:so|thus|hence|therefore|in\s+conclusion),?\s+)?"
    r"(?:\b(?:the|my)\s+(?:(?:final|correct|short)\s+)?answer\s+(?:to\s+the\s+question\s+)?is\b[:,]?"
    r"|\b(?:the\s+)?(?:final\s+)?answer:)",
    re.IGNORECASE,
)
_YES_NO = re.compile(r"(yes|no|maybe)\b\s*[,;:–—].*", re.IGNORECASE | re.DOTALL)
_DISAMBIGUATOR = re.compile(r"\s*\([^()]*\)$")
_WRAPPING = " \t\n\"'“”‘’*`_"


@dataclass(frozen=True, slots=True)
class FewShotPrompt:
    """Worked examples, then passages, then the question; the answer follows.

    Bare examples without an instruction line: small models then end their answers in the form of
    the examples far more often. The passages stand after the examples, so that a generator that
    caches the beginning of a prompt reads the examples once.
    """

    demonstrations: tuple[Demonstration, ...] = DEMONSTRATIONS
    """The worked examples, in order."""

    passage_chars: int = 1200
    """A longer passage is cut here, at a word."""

    focused: bool = False
    """Whether only the sentences of a passage that bear on the question are shown.

    A small model on a processor spends most of its time reading passages.
    """

    numbered: bool = True
    """Whether passages are numbered."""

    def request(
        self, question: str, passages: Sequence[Passage], prefix: str, max_tokens: int
    ) -> GenerationRequest:
        """Return the request that continues `prefix` as an answer to `question`."""
        blocks = [str(example) for example in self.demonstrations]
        blocks.append(self._task(question, passages))
        return GenerationRequest(
            messages=(Message("user", "\n\n".join(blocks)),),
            prefix=prefix,
            stop=("\nQuestion:", "\nContext:"),
            max_tokens=max_tokens,
        )

    def _task(self, question: str, passages: Sequence[Passage]) -> str:
        return f"{self._context(question, passages)}Question: {' '.join(question.split())}\nAnswer:"

    def _context(self, question: str, passages: Sequence[Passage]) -> str:
        shown = [self._show(passage, question) for passage in passages]
        if self.numbered:
            shown = [f"[{i}] {text}" for i, text in enumerate(shown, 1)]
        return "\n".join(["Context:", *shown, ""]) if shown else ""

    def _show(self, passage: Passage, question: str) -> str:
        title = passage.title
        if self.focused:
            text = excerpt(passage.text, self.passage_chars, question=question, title=title)
            named = text.startswith(_DISAMBIGUATOR.sub("", title))
        else:
            text = shorten(" ".join(passage.text.split()), self.passage_chars)
            named = not title
        return text if named else f"{title}: {text}"


def split_closing(draft: str) -> tuple[str, str | None]:
    r"""Return the draft before its final-answer sentence, and that sentence up to its line's end.

    Whatever the model wrote after that line is dropped.

    Examples
    --------
    >>> split_closing(" It is Oslo. So the answer is Oslo.\n\nBye")
    (' It is Oslo. ', 'So the answer is Oslo.')
    >>> split_closing(" It is Oslo.")
    (' It is Oslo.', None)
    """
    match = _CLOSING.search(draft)
    if match is None:
        return draft, None
    stated = draft[match.end() :]
    blank = len(stated) - len(stated.lstrip())
    line = stated[blank:].split("\n", 1)[0]
    return draft[: match.start()], match.group() + stated[:blank] + line


def final_answer(text: str) -> str:
    """Return the final answer that `text` states last; empty where it states none.

    It ends with its sentence; quotation marks and emphasis around it, and what follows a plain
    yes or no, are no part of it.

    Examples
    --------
    >>> final_answer("He was born there. So the answer is: J. R. R. Tolkien.")
    'J. R. R. Tolkien'
    >>> final_answer("The answer is **Oslo**. Oslo is in Norway.")
    'Oslo'
    >>> final_answer("Answer: no, never")
    'no'
    >>> final_answer("I do not know.")
    ''
    """
    matches = list(_CLOSING.finditer(text))
    if not matches:
        return ""
    stated = text[matches[-1].end() :].lstrip(_WRAPPING + ":").split("\n", 1)[0]
    if end := SENTENCE_END.search(stated):
        stated = stated[: end.start()]
    stated = stated.strip(_WRAPPING).removesuffix(".").strip(_WRAPPING)
    qualified = _YES_NO.fullmatch(stated)
    return qualified.group(1) if qualified else stated
