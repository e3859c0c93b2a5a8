"""Alias tables."""

from pathlib import Path

import pytest

from quco.aliases import read_aliases
from quco.errors import BadRecordError, InputError
from quco.surface import variants


def test_a_table_works_in_both_directions(tmp_path: Path) -> None:
    path = tmp_path / "aliases.jsonl"
    path.write_text('{"name": "UN", "aliases": ["United Nations"], "qid": "Q1065"}\n\n')
    table = read_aliases(path)
    assert "United Nations" in variants("UN", table)
    assert "UN" in variants("united nations", table)


@pytest.mark.parametrize("line", ["{}", "no json", '{"name": "", "aliases": []}', "[1]"])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "aliases.jsonl"
    path.write_text('{"name": "UN", "aliases": []}\n' + line + "\n")
    with pytest.raises(BadRecordError, match="line 2"):
        read_aliases(path)


def test_a_missing_table_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none"):
        read_aliases(tmp_path / "none.jsonl")
