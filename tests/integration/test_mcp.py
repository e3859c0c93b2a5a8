"""`quco mcp` as a client of the official SDK meets it: a subprocess that speaks on its pipes."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from quco.cli import main
from quco.errors import MissingExtraError
from quco.mcp import build_server

TOOLS = ["corpus_count", "corpus_cooccurrence", "verify_text", "search_passages"]


def served(index: Path, use: Callable[[ClientSession], Awaitable[None]]) -> None:
    """Start the server on an index, and use it."""
    server = StdioServerParameters(
        command=sys.executable,
        args=["-c", "from quco.cli import main; main()", "mcp", "--index", str(index)],
        env=dict(os.environ),
    )

    async def session() -> None:
        async with stdio_client(server) as (read, write), ClientSession(read, write) as client:
            told = plain(await client.initialize())
            assert told["serverInfo"]["name"] == "quco"
            assert "corpus" in told["instructions"]
            await use(client)

    anyio.run(session)


def plain(result: Any) -> Any:
    """Return a result by its names on the wire: those in Python differ between SDKs."""
    return result.model_dump(by_alias=True, mode="json")


def test_a_client_lists_and_calls_every_tool(demo_index: Path) -> None:
    async def use(client: ClientSession) -> None:
        tools = plain(await client.list_tools())["tools"]
        assert [tool["name"] for tool in tools] == TOOLS
        assert all(tool["description"] and tool["annotations"]["readOnlyHint"] for tool in tools)
        assert tools[0]["inputSchema"]["properties"]["terms"]["maxItems"] == 20

        async def call(name: str, **arguments: Any) -> Any:
            return plain(await client.call_tool(name, arguments))

        counted = await call("corpus_count", terms=["Fritz Lang", "Zork"])
        assert not counted["isError"]
        counts = [row["count"] for row in counted["structuredContent"]["counts"]]
        assert counts[0] > 5
        assert counts[1] == 0
        assert counted["content"][0]["text"].startswith("Fritz Lang: ")

        met = await call("corpus_cooccurrence", a="Fritz Lang", b="Metropolis")
        assert met["structuredContent"]["count"] > 3

        checked = await call("verify_text", text="Metropolis was directed by Buster Keaton.")
        assert checked["structuredContent"]["verdict"] == "unsupported"

        found = await call("search_passages", query="director of Metropolis", k=2)
        assert len(found["structuredContent"]["passages"]) == 2
        assert "Metropolis" in found["content"][0]["text"]

        wrong = await call("corpus_count", terms=[])
        assert wrong["isError"]
        assert wrong["content"][0]["text"].startswith("terms: ")

        unknown = await call("corpus_guess")
        assert unknown["isError"]
        assert "corpus_count" in unknown["content"][0]["text"]

    served(demo_index, use)


def test_a_missing_index_is_one_line_and_nothing_is_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["mcp", "--index", str(tmp_path / "none")])
    said = capsys.readouterr()
    assert end.value.code == 1
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "none" in said.err


def test_without_the_sdk_the_error_names_the_install_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server.lowlevel", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'quco\[mcp\]'"):
        build_server([])


def test_importing_does_not_need_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.delitem(sys.modules, "quco.mcp")
    assert importlib.import_module("quco.mcp").NAME == "quco"
