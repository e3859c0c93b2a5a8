"""The corpus tools over the Model Context Protocol, on stdin and stdout.

Built on the official SDK (package mcp), both its major lines: they differ in how handlers are
registered and in the names of Python attributes, not in the protocol.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from quco.errors import MissingExtraError

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

NAME = "quco"
"""What the server calls itself."""

INSTRUCTIONS = (
    "Ask a text corpus before stating facts: corpus_count and corpus_cooccurrence say how often "
    "names occur, alone and near each other; verify_text says of each sentence whether the corpus "
    "supports it; search_passages finds what the corpus says."
)
"""What the server tells its client about itself."""


def serve(tools: Sequence[BaseTool]) -> None:
    """Serve tools on stdin and stdout until the client closes them.

    Raises
    ------
    MissingExtraError
        If the package mcp is not installed.
    """
    server = build_server(tools)
    import anyio
    from mcp.server.stdio import stdio_server

    async def run() -> None:
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    anyio.run(run)


def build_server(tools: Sequence[BaseTool]) -> Any:
    """Return an ``mcp.server.lowlevel.Server`` that lists and calls tools.

    Raises
    ------
    MissingExtraError
        If the package mcp is not installed.
    """
    try:
        from mcp import types
        from mcp.server.lowlevel import Server
    except ImportError as exc:
        raise MissingExtraError("mcp", "mcp") from exc

    by_name = {tool.name: tool for tool in tools}
    listed = [types.Tool.model_validate(_describe(tool)) for tool in tools]
    options: dict[str, Any] = {"version": version("quco"), "instructions": INSTRUCTIONS}

    async def call(name: str, arguments: Mapping[str, Any] | None) -> Any:
        return types.CallToolResult.model_validate(await _call(by_name, name, arguments or {}))

    if hasattr(Server, "call_tool"):  # mcp 1
        first: Any = Server(NAME, **options)

        async def list_tools_1() -> Any:
            return listed

        first.list_tools()(list_tools_1)
        first.call_tool(validate_input=False)(call)
        return first

    async def list_tools(_context: Any, _params: Any) -> Any:
        return types.ListToolsResult(tools=listed)

    async def call_tool(_context: Any, params: Any) -> Any:
        return await call(params.name, params.arguments)

    return Server(NAME, **options, on_list_tools=list_tools, on_call_tool=call_tool)


def _describe(tool: BaseTool) -> dict[str, Any]:
    return {
        "name": tool.name,
        "description": tool.description,
        "inputSchema": tool.get_input_jsonschema(),
        "annotations": {"readOnlyHint": True, "idempotentHint": True, "openWorldHint": False},
    }


async def _call(
    tools: Mapping[str, BaseTool], name: str, arguments: Mapping[str, Any]
) -> dict[str, Any]:
    """Call a tool, in a thread; return the result by its names on the wire."""
    if name not in tools:
        said = f"there is no tool {name!r}; there are {', '.join(tools)}"
        return {"content": [{"type": "text", "text": said}], "isError": True}
    call = {"type": "tool_call", "id": name, "name": name, "args": dict(arguments)}
    message = await tools[name].ainvoke(call)
    return {
        "content": [{"type": "text", "text": str(message.text)}],
        "structuredContent": message.artifact,
        "isError": message.status == "error",
    }
