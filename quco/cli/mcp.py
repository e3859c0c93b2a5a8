"""`quco mcp`: the corpus as tools for any client of the Model Context Protocol."""

from __future__ import annotations

from pathlib import Path

import click

from quco.cli.options import index_option, method_option, open_index, pipeline_option


def register(cli: click.Group) -> None:
    """Add the commands of this module."""
    cli.add_command(mcp)


@click.command()
@index_option
@method_option
@pipeline_option
def mcp(index: Path, method: str, pipeline: str | None) -> None:
    """Serve the corpus as tools over the Model Context Protocol, on stdin and stdout.

    The tools are corpus_count, corpus_cooccurrence, verify_text and search_passages. A client
    starts this command itself; in its configuration name the command and an absolute path:

    \b
      {"mcpServers": {"corpus": {"command": "quco", "args": ["mcp", "--index", "/path/my-index"]}}}

    \b
    Example:
      quco mcp --index my-index
    """
    from quco.langchain import corpus_tools
    from quco.mcp import serve

    with open_index(index, method=method, pipeline=pipeline) as quco:
        serve(corpus_tools(quco.statistics, verifier=quco.verifier, retriever=quco.retriever))
