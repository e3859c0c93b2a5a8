"""The README's example runs as it is printed, and its commands exist."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from eval.benchmarks import tables
from quco.cli.main import cli

README = Path(__file__).parents[2] / "README.md"


def test_the_example_gives_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    failed, tried = doctest.testfile(str(README), module_relative=False)
    assert (failed, tried) == (0, 6)


def test_every_command_that_it_names_exists() -> None:
    named = set(re.findall(r"^quco (\w+)", README.read_text(encoding="utf-8"), re.MULTILINE))
    assert named
    assert named <= cli.commands.keys()


def test_its_tables_are_those_of_the_records() -> None:
    text = README.read_text(encoding="utf-8")
    assert tables.updated(text) == text
