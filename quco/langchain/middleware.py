"""A middleware for LangChain's agents: what the model says is checked before anybody sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NotRequired, cast

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables.config import set_config_context

from quco.errors import ConfigError, MissingExtraError, RetrievalError
from quco.langchain.parts import NO_RETRIEVER, Parts
from quco.langchain.quiet import quiet_config
from quco.langchain.shown import cut, plain_passage, plain_report, shown
from quco.ports import CorpusStatistics, Retriever
from quco.queries import make_queries
from quco.types import Passage, Report, SentenceReport, Verdict
from quco.verifier import Verifier

try:
    from langchain.agents.middleware import (
        AgentMiddleware,
        AgentState,
        ExtendedModelResponse,
        ModelRequest,
        ModelResponse,
    )
    from langgraph.types import Command
except ImportError as exc:
    raise MissingExtraError("langchain", "agents") from exc

MAX_QUERIES = 4
"""Queries put to the retriever about one answer."""

Handler = Callable[[ModelRequest[Any]], ModelResponse[Any]]
"""Calls the model, and whatever other middleware there is inside of this one."""

Wrapped = ModelResponse[Any] | ExtendedModelResponse[Any]
"""A response, with an update of the state where there is one."""

Steps = Generator[ModelRequest[Any] | Callable[[], Any], Any, Wrapped]
"""Yields a request to the model, or something to do meanwhile, and is sent what came of it."""


class QuCoState(AgentState[Any]):
    """State of an agent whose answers are checked."""

    quco_report: NotRequired[dict[str, Any]]
    """The check of the last answer: see `QuCoMiddleware`."""


@dataclass(frozen=True, slots=True)
class _Finding:
    """What the corpus says of an answer, and what was found about its unsupported claims."""

    report: Report
    passages: tuple[Passage, ...] = ()
    failure: str = ""

    @property
    def suspects(self) -> list[SentenceReport]:
        return [s for s in self.report.sentences if s.verdict is Verdict.UNSUPPORTED]


class QuCoMiddleware(AgentMiddleware[QuCoState, Any, Any]):
    """Checks the model's answers against a corpus; asks once more where a claim is unsupported.

    The second call sees the first answer, the sentences that the corpus does not support, and the
    passages found about them; its answer is checked too, and is the one that counts. Messages
    that call tools, and structured responses, pass as they are.

    The state gets ``quco_report``: ``verdict`` and ``sentences`` of the answer that counts;
    ``asked_again``, and then ``draft``, the report on the first answer, and ``passages``;
    ``failure``, where passages could not be had and the first answer was kept. Tokens of the
    model do not show in the message stream; the answer that counts does, as one message.

    Parameters
    ----------
    statistics : CorpusStatistics
        The corpus.
    verifier : Verifier, optional
        Checks texts; `Verifier.default` over the corpus otherwise.
    retriever : Retriever or BaseRetriever, optional
        Finds passages; otherwise the corpus is searched, where it is on this machine.
    k : int
        Passages for each query.

    Raises
    ------
    ConfigError
        If there is nothing to find passages in.
    """

    state_schema = QuCoState

    def __init__(
        self,
        statistics: CorpusStatistics,
        *,
        verifier: Verifier | None = None,
        retriever: Retriever | BaseRetriever | None = None,
        k: int = 3,
    ) -> None:
        super().__init__()
        self._parts = Parts(statistics, verifier, retriever)
        self._k = k
        if not self._parts.can_retrieve:
            raise ConfigError(NO_RETRIEVER)
        self._parts.verifier.load()

    def wrap_model_call(self, request: ModelRequest[Any], handler: Handler) -> Wrapped:
        """Call the model, check its answer, and call it once more where that is wanted."""
        steps = self._steps(request)
        wanted = next(steps)
        with set_config_context(quiet_config()) as context:
            while True:
                if isinstance(wanted, ModelRequest):
                    found: Any = context.run(handler, wanted)
                else:
                    found = wanted()
                try:
                    wanted = steps.send(found)
                except StopIteration as end:
                    return cast(Wrapped, end.value)

    async def awrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    ) -> Wrapped:
        """Do the same; the corpus is asked in threads."""
        steps = self._steps(request)
        wanted = next(steps)
        with set_config_context(quiet_config()) as context:
            while True:
                if isinstance(wanted, ModelRequest):
                    found: Any = await asyncio.create_task(_call(handler, wanted), context=context)
                else:
                    found = await asyncio.to_thread(wanted)
                try:
                    wanted = steps.send(found)
                except StopIteration as end:
                    return cast(Wrapped, end.value)

    def _steps(self, request: ModelRequest[Any]) -> Steps:
        question = _question(request.messages)
        response = yield request
        if (answer := _answer(response)) is None:
            return cast(Wrapped, response)
        first: _Finding = yield partial(self._look_into, str(answer.text), question)
        if not first.suspects or first.failure:
            return _reported(response, first)
        again = yield _asking_again(request, answer, first)
        if (better := _answer(again)) is None:
            return cast(Wrapped, again)
        report = yield partial(self._parts.verifier.check, str(better.text), question)
        return _reported(again, _Finding(report), draft=first)

    def _look_into(self, text: str, question: str) -> _Finding:
        """Check a text, and find passages about what the corpus does not support."""
        finding = _Finding(self._parts.verifier.check(text, question))
        queries = dict.fromkeys(
            query
            for sentence in finding.suspects
            if not sentence.follows  # no passage is needed for what is said already
            for query in make_queries(sentence, question, "head_relation")
        )
        passages: dict[str, Passage] = {}
        try:
            for query in list(queries)[:MAX_QUERIES]:
                found = self._parts.retriever.retrieve(query, self._k)
                passages |= {passage.id: passage for passage in found}
        except RetrievalError as exc:
            return _Finding(finding.report, failure=str(exc))
        return _Finding(finding.report, tuple(passages.values()))


async def _call(
    handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    request: ModelRequest[Any],
) -> ModelResponse[Any]:
    return await handler(request)


def _question(messages: Sequence[BaseMessage]) -> str:
    asked = (message for message in reversed(messages) if isinstance(message, HumanMessage))
    return str(message.text) if (message := next(asked, None)) else ""


def _answer(response: ModelResponse[Any]) -> AIMessage | None:
    """Return the message that answers in text; None where there is none."""
    last = response.result[-1] if response.result else None
    if response.structured_response is not None or not isinstance(last, AIMessage):
        return None
    calls = last.tool_calls or last.invalid_tool_calls
    return None if calls or not str(last.text).strip() else last


def _asking_again(
    request: ModelRequest[Any], answer: AIMessage, finding: _Finding
) -> ModelRequest[Any]:
    lines = ["A text corpus does not support these sentences of your answer:"]
    lines += [
        f"- {cut(sentence.text)}{f' ({cut(sentence.reason)})' if sentence.follows else ''}"
        for sentence in finding.suspects
    ]
    if finding.passages:
        lines.append("Passages of the corpus about them:")
        lines += [shown(passage.title or passage.id, passage.text) for passage in finding.passages]
    lines.append(
        "Answer the question again, without mentioning this check. Correct what is wrong, and "
        "leave out what you cannot know."
    )
    asking = [*request.messages, answer, HumanMessage("\n".join(lines))]
    return request.override(messages=asking)


def _reported(
    response: ModelResponse[Any], finding: _Finding, draft: _Finding | None = None
) -> ExtendedModelResponse[Any]:
    report = plain_report(finding.report) | {"asked_again": draft is not None}
    if finding.failure:
        report["failure"] = finding.failure
    if draft is not None:
        report["draft"] = plain_report(draft.report)
        report["passages"] = [plain_passage(passage) for passage in draft.passages]
    return ExtendedModelResponse(response, Command(update={"quco_report": report}))
