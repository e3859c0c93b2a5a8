"""A scripted generator, retriever and checker: the control loop's world, laid out by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from quco.adapters.generator import scripted
from quco.errors import QuCoError, RetrievalError
from quco.ports import ExtractionContext
from quco.types import (
    ClaimReport,
    Evidence,
    GenerationRequest,
    Passage,
    QuestionReport,
    SentenceReport,
    Surroundings,
    Triplet,
    Verdict,
)


class ScriptedGenerator(scripted.ScriptedGenerator):
    """Continues an answer by a rule over the prefix and the task at the prompt's end.

    Parameters
    ----------
    answer : callable
        From (prefix, task) to the rest of the whole answer.
    fails_at : int or None
        The call (from 1) from which on it fails.
    """

    def __init__(self, answer: Callable[[str, str], str], *, fails_at: int | None = None) -> None:
        super().__init__(
            lambda request: answer(request.prefix, task_of(request)), fails_at=fails_at
        )


def task_of(request: GenerationRequest) -> str:
    """Return the last paragraph of a prompt: passages and question."""
    prompt = request.messages[-1].content
    return prompt[prompt.rfind("\n\n") :]


def continuing(whole: str) -> Callable[[str, str], str]:
    """Return a rule that always gives the rest of one answer."""

    def rest(prefix: str, _task: str) -> str:
        assert whole.startswith(prefix), (whole, prefix)
        return whole[len(prefix) :]

    return rest


class ScriptedRetriever:
    """Passages by query; the query itself becomes a passage where none is laid out."""

    def __init__(
        self, passages: Mapping[str, Sequence[str]] | None = None, *, broken: bool = False
    ) -> None:
        self.passages = passages or {}
        self.broken = broken
        self.queries: list[str] = []

    def retrieve(self, query: str, k: int) -> list[Passage]:
        self.queries.append(query)
        if self.broken:
            raise RetrievalError("the index is down")
        texts = self.passages.get(query, [f"about {query}"])
        return [Passage(text, text) for text in texts[:k]]


class ScriptedChecker:
    """Verdicts by the sentence's text; what is not laid out is supported.

    A final answer claims nothing, unless `finals` says so.
    """

    def __init__(
        self,
        sentences: Mapping[str, Verdict] | None = None,
        *,
        question: Verdict = Verdict.SUPPORTED,
        broken: QuCoError | None = None,
        finals: bool = False,
        around: Surroundings | None = None,
        evidence: Mapping[str, tuple[Evidence, ...]] | None = None,
        p_wrong: Mapping[str, float] | None = None,
        instead: Mapping[str, str] | None = None,
        head_count: int | None = None,
    ) -> None:
        self.head_count = head_count
        self.finals = finals
        self.around = around or Surroundings()
        self.evidence = evidence or {}
        self.p_wrong = p_wrong or {}
        self.instead = instead or {}
        self.sentences = sentences or {}
        self.question = question
        self.broken = broken
        self.contexts: list[ExtractionContext | None] = []

    def split(self, text: str) -> list[str]:
        return re.findall(r"\s*[^.]+\.?\s*$|\s*[^.]+\.", text)

    def check_question(self, question: str) -> QuestionReport:
        if self.broken:
            raise self.broken
        return QuestionReport(question, (), self.question, "scripted")

    def check_questions(self, questions: Sequence[str]) -> list[QuestionReport]:
        return [self.check_question(question) for question in questions]

    def look_around(self, report: QuestionReport, *, articles: bool = True) -> Surroundings:
        return self.around if articles else Surroundings(self.around.names)

    def check_sentences(
        self, sentences: Sequence[tuple[str, ExtractionContext]]
    ) -> list[SentenceReport]:
        return [self.check_sentence(text, context) for text, context in sentences]

    def check_sentence(
        self, sentence: str, context: ExtractionContext | None = None
    ) -> SentenceReport:
        self.contexts.append(context)
        if self.broken:
            raise self.broken
        if "answer is" in sentence and not self.finals:
            return SentenceReport(sentence, Verdict.UNKNOWN, reason="no checkable claim")
        head, _, tail = sentence.strip(" .").partition(" is ")
        verdict = self.sentences.get(sentence.strip(), Verdict.SUPPORTED)
        claim = ClaimReport(
            Triplet(head, "is", tail or None),
            verdict,
            head_count=self.head_count,
            p_wrong=self.p_wrong.get(sentence.strip()),
            reason="scripted",
            evidence=self.evidence.get(sentence.strip(), ()),
            instead=self.instead.get(sentence.strip(), ""),
        )
        return SentenceReport(sentence, verdict, (claim,))
