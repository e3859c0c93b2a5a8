"""LangChain's own standard tests, over every tool of ours on a real index."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_tests.integration_tests import ToolsIntegrationTests
from langchain_tests.unit_tests import ToolsUnitTests

from quco.adapters.corpus import LocalStatistics
from quco.langchain import corpus_tools


@pytest.fixture(scope="module")
def tools(demo_index):
    with LocalStatistics.open(demo_index / "corpus") as statistics:
        yield {tool.name: tool for tool in corpus_tools(statistics)}


class CorpusTool:
    name = ""
    example: dict[str, Any] = {}  # noqa: RUF012 - never changed

    @pytest.fixture(autouse=True)
    def _tools(self, tools):
        self._by_name = tools

    @property
    def tool_constructor(self):
        return self._by_name[self.name]

    @property
    def tool_invoke_params_example(self):
        return self.example


class Count(CorpusTool):
    name = "corpus_count"
    example = {"terms": ["Fritz Lang", "Metropolis"]}  # noqa: RUF012


class Cooccurrence(CorpusTool):
    name = "corpus_cooccurrence"
    example = {"a": "Fritz Lang", "b": "Metropolis", "window": 50, "places": 2}  # noqa: RUF012


class Verify(CorpusTool):
    name = "verify_text"
    example = {"text": "Metropolis was directed by Fritz Lang.", "question": ""}  # noqa: RUF012


class Search(CorpusTool):
    name = "search_passages"
    example = {"query": "director of Metropolis", "k": 2}  # noqa: RUF012


class TestCountUnit(Count, ToolsUnitTests):
    pass


class TestCount(Count, ToolsIntegrationTests):
    pass


class TestCooccurrenceUnit(Cooccurrence, ToolsUnitTests):
    pass


class TestCooccurrence(Cooccurrence, ToolsIntegrationTests):
    pass


class TestVerifyUnit(Verify, ToolsUnitTests):
    pass


class TestVerify(Verify, ToolsIntegrationTests):
    pass


class TestSearchUnit(Search, ToolsUnitTests):
    pass


class TestSearch(Search, ToolsIntegrationTests):
    pass
