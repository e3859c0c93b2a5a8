"""The README's examples run as they are printed, and its commands exist."""

from __future__ import annotations

import doctest
import os
import re
import sys
from pathlib import Path

import click
import pytest

from eval.benchmarks import tables
from quco.adapters.generator.llama_cpp import LlamaCppGenerator
from quco.cli.main import cli

README = Path(__file__).parents[2] / "README.md"


SERVER = "http://127.0.0.1:8000/v1"
"""Where the README's servers listen."""


def test_the_examples_give_what_they_show(
    small_gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    server = LlamaCppGenerator(small_gguf)
    text = README.read_text(encoding="utf-8").replace(SERVER, server.base_url)
    examples = doctest.DocTestParser().get_doctest(text, {}, "README.md", str(README), 0)
    failed, tried = doctest.DocTestRunner().run(examples)
    assert (failed, tried) == (0, 56)


def test_every_command_that_it_names_exists() -> None:
    named = set(re.findall(r"^quco (\w+)", README.read_text(encoding="utf-8"), re.MULTILINE))
    assert named
    assert named <= set(cli.list_commands(click.Context(cli)))


def test_its_tables_are_those_of_the_records() -> None:
    text = README.read_text(encoding="utf-8")
    assert tables.updated(text) == text
