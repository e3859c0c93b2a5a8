"""The corpus as tools for agents: how often, how often together, is it supported, who says so.

What goes in and what comes out is bounded. Each tool gives a short text for the model and, as the
artifact, the same as plain dicts for programs. A call that fails gives the model one line that
says what to do.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool, StructuredTool, ToolException
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from quco.errors import QuCoError
from quco.langchain.parts import Parts
from quco.langchain.shown import describe, plain_passage, plain_report, plain_window, shown
from quco.ports import CorpusStatistics, Retriever
from quco.verifier import Verifier

Found = tuple[str, dict[str, Any]]
"""What a tool gives: text for the model, and the artifact."""

Term = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CountArguments(_Arguments):
    """Arguments of ``corpus_count``."""

    terms: list[Term] = Field(
        min_length=1, max_length=20, description="Names or phrases, each counted on its own."
    )


class CooccurrenceArguments(_Arguments):
    """Arguments of ``corpus_cooccurrence``."""

    a: Term = Field(description="A name or phrase.")
    b: Term = Field(description="Another name or phrase.")
    window: int = Field(100, ge=1, le=1000, description="How many words may lie between them.")
    places: int = Field(3, ge=0, le=5, description="How many places of the corpus are shown.")


class VerifyArguments(_Arguments):
    """Arguments of ``verify_text``."""

    text: str = Field(min_length=1, max_length=5000, description="Sentences to check.")
    question: str = Field("", max_length=1000, description="The question that they answer.")


class SearchArguments(_Arguments):
    """Arguments of ``search_passages``."""

    query: str = Field(min_length=1, max_length=500, description="What is looked for.")
    k: int = Field(3, ge=1, le=10, description="How many passages are wanted.")


def corpus_tools(
    statistics: CorpusStatistics,
    *,
    verifier: Verifier | None = None,
    retriever: Retriever | BaseRetriever | None = None,
) -> list[BaseTool]:
    """Return ``corpus_count``, ``corpus_cooccurrence``, ``verify_text`` and ``search_passages``.

    Parameters
    ----------
    statistics : CorpusStatistics
        The corpus.
    verifier : Verifier, optional
        Checks texts; `Verifier.default` over the corpus otherwise.
    retriever : Retriever or BaseRetriever, optional
        Finds passages; otherwise the corpus itself is searched for places that name the query's
        entities. A corpus that is not on this machine has no such search: without a retriever
        there is no ``search_passages`` then.
    """
    parts = Parts(statistics, verifier, retriever)
    parts.verifier.load()
    calls = _Calls(parts)
    tools = [
        _tool(calls.corpus_count, CountArguments),
        _tool(calls.corpus_cooccurrence, CooccurrenceArguments),
        _tool(calls.verify_text, VerifyArguments),
    ]
    if parts.can_retrieve:
        tools.append(_tool(calls.search_passages, SearchArguments))
    return tools


def _tool(call: Callable[..., Found], arguments: type[BaseModel]) -> BaseTool:
    return StructuredTool.from_function(
        call,
        description=inspect.getdoc(call),
        args_schema=arguments,
        response_format="content_and_artifact",
        handle_tool_error=True,
        handle_validation_error=_wrong,
    )


class _Calls:
    """The tools; their docstrings are what a model reads."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def corpus_count(self, terms: Sequence[str]) -> Found:
        """Count how often names or phrases occur in the corpus, whatever the case of letters.

        A count of 0 means that the corpus never names it: then nobody should be sure about it.
        """
        with _told():
            n_tokens = self._parts.statistics.n_tokens
            counts = self._parts.statistics.count_many(list(terms))
        rows = [
            {
                "term": term,
                "count": count.value,
                "per_million": count.value * 1e6 / max(n_tokens, 1),
                "exact": count.exact,
            }
            for term, count in zip(terms, counts, strict=True)
        ]
        lines = [f"{row['term']}: {row['count']:,}" for row in rows]
        lines.append(f"(corpus of {n_tokens:,} words)")
        return "\n".join(lines), {"n_tokens": n_tokens, "counts": rows}

    def corpus_cooccurrence(self, a: str, b: str, window: int = 100, places: int = 3) -> Found:
        """Count how often two names occur near each other in the corpus, and show where.

        A count of 0 means that the corpus never mentions them together.
        """
        with _told():
            met = self._parts.statistics.cooccurrence(a, b, window=window)
            found = (
                self._parts.statistics.windows(a, b, window=window, k=places)
                if places and met.value
                else []
            )
        windows = [plain_window(place) for place in found]
        lines = [f"{a} and {b} meet {met.value:,} times within {window} words."]
        lines += [shown(place["title"] or place["document_id"], place["text"]) for place in windows]
        artifact = {
            "a": a, "b": b, "window": window, "count": met.value, "exact": met.exact,
            "windows": windows,
        }  # fmt: skip
        return "\n".join(lines), artifact

    def verify_text(self, text: str, question: str = "") -> Found:
        """Say of each sentence whether the corpus supports what it claims, and show the evidence.

        Verdicts are supported, unsupported (the corpus speaks against it or knows of no such
        thing) and unknown (the corpus cannot say).
        """
        with _told():
            report = self._parts.verifier.check(text, question)
        return describe(report), plain_report(report)

    def search_passages(self, query: str, k: int = 3) -> Found:
        """Find the passages of the corpus that fit a query best."""
        with _told():
            found = self._parts.retriever.retrieve(query, k)
        passages = [plain_passage(passage) for passage in found[:k]]
        lines = [shown(one["title"] or one["id"], one["text"]) for one in passages]
        return "\n".join(lines) or "nothing found", {"query": query, "passages": passages}


@contextmanager
def _told() -> Iterator[None]:
    """Raise our errors as those that LangChain shows to the model."""
    try:
        yield
    except QuCoError as exc:
        raise ToolException(f"{exc}") from exc


def _wrong(error: Any) -> str:
    """Name each wrong argument and what is wrong with it."""
    found = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    return "; ".join(found)
