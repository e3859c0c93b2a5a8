"""The prompt: worked examples, passages, the question, and how an answer ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from quco.excerpts import SENTENCE_END, excerpt, shorten
from quco.types import GenerationRequest, Message, Passage

CLOSING = "So the answer is"
"""The words that introduce the final answer."""

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
class Demonstration:
    """A worked example."""

    question: str
    """The question."""

    reasoning: str
    """Short sentences, each with one checkable claim."""

    answer: str
    """The final answer."""

    def __str__(self) -> str:
        return f"Question: {self.question}\nAnswer: {self.reasoning} {CLOSING} {self.answer}."


DEMONSTRATIONS = (
    Demonstration(
        "Which opera has the composer who was born first, Aida or Tosca?",
        "The composer of Aida is Giuseppe Verdi. Giuseppe Verdi was born on 10 October 1813. "
        "The composer of Tosca is Giacomo Puccini. "
        "Giacomo Puccini was born on 22 December 1858.",
        "Aida",
    ),
    Demonstration(
        "Where was the composer of The Planets born?",
        "The composer of The Planets is Gustav Holst. Gustav Holst was born in Cheltenham.",
        "Cheltenham",
    ),
    Demonstration(
        "Are the authors of Frankenstein and Middlemarch of the same nationality?",
        "The author of Frankenstein is Mary Shelley. Mary Shelley was English. "
        "The author of Middlemarch is George Eliot. George Eliot was English.",
        "yes",
    ),
    Demonstration(
        "Who is the mother of the king who was crowned at Westminster Abbey in 1937?",
        "The king who was crowned at Westminster Abbey in 1937 is George VI. "
        "The mother of George VI is Mary of Teck.",
        "Mary of Teck",
    ),
)
"""Worked examples of two-hop and comparison questions."""


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
        shown = [self._show(passage, question) for passage in passages]
        lines = [f"[{i}] {text}" for i, text in enumerate(shown, 1)]
        context = "\n".join(["Context:", *lines, ""]) if lines else ""
        return f"{context}Question: {' '.join(question.split())}\nAnswer:"

    def _show(self, passage: Passage, question: str) -> str:
        title, text = passage.title, " ".join(passage.text.split())
        if self.focused:
            text = excerpt(text, self.passage_chars, question=question, title=title)
            if text.startswith(_DISAMBIGUATOR.sub("", title)):
                return text
        text = shorten(text, self.passage_chars)
        return f"{title}: {text}" if title else text


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
