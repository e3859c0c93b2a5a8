"""The control loop as a LangChain runnable."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

from langchain_core.callbacks import (
    AsyncCallbackManagerForChainRun,
    CallbackManagerForChainRun,
    adispatch_custom_event,
    dispatch_custom_event,
)
from langchain_core.documents import Document
from langchain_core.runnables import RunnableConfig, RunnableSerializable
from langchain_core.runnables.utils import AddableDict
from pydantic import ConfigDict, PrivateAttr
from typing_extensions import TypedDict

from quco.answer import Answer, AnswerSentence, Decision
from quco.controller import Controller
from quco.controller.running import Event
from quco.errors import InputError
from quco.langchain.documents import to_document
from quco.langchain.spans import traced_generator, traced_retriever
from quco.serialize import to_jsonable
from quco.types import Passage
from quco.verifier import Verifier

DECISION_EVENT = "quco_decision"
"""Name of the custom event of each decision, as in ``astream_events``."""


class Question(TypedDict):
    """What the chain takes."""

    question: str
    """The question."""


class Answered(TypedDict):
    """What the chain gives."""

    question: str
    """The question."""

    answer: str
    """The text of the answer, reasoning included; all its sentences were accepted."""

    context: list[Document]
    """Every passage that was found, in order of arrival."""

    decisions: list[dict[str, Any]]
    """What was decided, in order: `quco.answer.Decision` as plain dicts, evidence included."""

    usage: dict[str, Any]
    """What it cost: `quco.answer.Usage` as a plain dict."""


class QuCoRAG(RunnableSerializable[Question, Answered]):
    """Answers ``{"question": …}``; retrieves where the corpus says that the model is guessing.

    The output has the keys ``question``, ``answer``, ``context``, ``decisions`` and ``usage``, so
    that it stands where a retrieval chain stood. Streams yield parts that add up to the output:
    a sentence when it is accepted, a passage and a decision when there is one. Each decision is a
    custom event too (`DECISION_EVENT`), and each draft and each query a nested run.

    Parameters
    ----------
    controller : Controller
        Generator, retriever, verifier and policy, such as ``QuCo("my-index").controller``.

    Raises
    ------
    InputError
        From every way of calling it: if the input is not a dict with a question.
    GenerationError, BudgetExhaustedError
        As `quco.Controller.run`.
    """

    controller: Controller
    """What answers."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    _traced: Controller = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Load what a first question would wait for; let callbacks see what the controller does."""
        super().model_post_init(context)
        given = self.controller
        if isinstance(given.verifier, Verifier):
            given.verifier.load()
        self._traced = Controller(
            traced_generator(given.generator),
            traced_retriever(given.retriever),
            given.verifier,
            given.policy,
            given.prompt,
        )

    def invoke(
        self, input: Question, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Answered:
        """Answer one question."""
        return self._call_with_config(self._invoke, input, config, **kwargs)

    async def ainvoke(
        self, input: Question, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Answered:
        """Answer one question; the event loop is free meanwhile."""
        return await self._acall_with_config(self._ainvoke, input, config, **kwargs)

    def stream(
        self, input: Question, config: RunnableConfig | None = None, **kwargs: Any | None
    ) -> Iterator[Answered]:
        """Yield parts of the output as they come; added up, they are the output of `invoke`."""
        yield from self._transform_stream_with_config(iter([input]), self._stream, config, **kwargs)

    async def astream(
        self, input: Question, config: RunnableConfig | None = None, **kwargs: Any | None
    ) -> AsyncIterator[Answered]:
        """Yield the parts of `stream`; the event loop is free between them."""

        async def once() -> AsyncIterator[Question]:
            yield input

        async for part in self._atransform_stream_with_config(
            once(), self._astream, config, **kwargs
        ):
            yield part

    def _invoke(
        self, asked: Question, run_manager: CallbackManagerForChainRun, config: RunnableConfig
    ) -> Answered:
        del run_manager
        whole = AddableDict()
        for part in self._parts(asked, config):
            whole += part
        return cast(Answered, dict(whole))

    async def _ainvoke(
        self, asked: Question, run_manager: AsyncCallbackManagerForChainRun, config: RunnableConfig
    ) -> Answered:
        del run_manager
        whole = AddableDict()
        async for part in self._aparts(asked, config):
            whole += part
        return cast(Answered, dict(whole))

    def _stream(
        self,
        asked: Iterator[Question],
        run_manager: CallbackManagerForChainRun,
        config: RunnableConfig,
    ) -> Iterator[Answered]:
        del run_manager
        for one in asked:
            yield from cast(Iterator[Answered], self._parts(one, config))

    async def _astream(
        self,
        asked: AsyncIterator[Question],
        run_manager: AsyncCallbackManagerForChainRun,
        config: RunnableConfig,
    ) -> AsyncIterator[Answered]:
        del run_manager
        async for one in asked:
            async for part in self._aparts(one, config):
                yield cast(Answered, part)

    def _parts(self, asked: Any, config: RunnableConfig) -> Iterator[AddableDict]:
        parts = _Parts(_question(asked))
        yield parts.first()
        for event in self._traced.stream(parts.question):
            if isinstance(event, Decision):
                dispatch_custom_event(DECISION_EVENT, to_jsonable(event), config=config)
            yield parts.of(event)

    async def _aparts(self, asked: Any, config: RunnableConfig) -> AsyncIterator[AddableDict]:
        parts = _Parts(_question(asked))
        yield parts.first()
        async for event in self._traced.astream(parts.question):
            if isinstance(event, Decision):
                await adispatch_custom_event(DECISION_EVENT, to_jsonable(event), config=config)
            yield parts.of(event)


class _Parts:
    """Events of the controller as parts of the output."""

    def __init__(self, question: str) -> None:
        self.question = question
        self._given: set[str] = set()

    def first(self) -> AddableDict:
        return AddableDict(question=self.question)

    def of(self, event: Event) -> AddableDict:
        match event:
            case Passage():
                part: dict[str, Any] = {"context": [to_document(event)]}
            case Decision():
                part = {"decisions": [to_jsonable(event)]}
            case AnswerSentence():
                begun = "answer" in self._given
                part = {"answer": event.text if begun else event.text.lstrip()}
            case Answer():
                empty: dict[str, Any] = {"answer": "", "context": [], "decisions": []}
                part = {key: value for key, value in empty.items() if key not in self._given}
                part["usage"] = to_jsonable(event.usage)
        self._given.update(part)
        return AddableDict(part)


def _question(asked: Any) -> str:
    question = asked.get("question") if isinstance(asked, dict) else None
    if not isinstance(question, str):
        raise InputError(f"expected {{'question': '…'}}, got {str(asked)[:200]!r}")
    return question
