"""`quco check` as a user meets it, with files, pages, aliases and other extractors."""

from __future__ import annotations

import io
import json
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from quco.models import main_file

TEXT = "Metropolis was directed by Fritz Lang. Metropolis was directed by Charlie Chaplin."


def test_a_file_becomes_a_page(run: Any, demo_index: Path, tmp_path: Path) -> None:
    source = tmp_path / "answer.txt"
    hostile = "<script>alert(1)</script> & “Ünïcode” 你好 was directed by <b>Fritz Lang</b>."
    source.write_text(f"\ufeff{TEXT} {hostile}", encoding="utf-8")
    page = tmp_path / "report.html"
    code, out, _ = run("check", "--file", source, "--index", demo_index, "--html", page)
    assert code == 0
    assert "unsupported in all" in out
    shown = page.read_text(encoding="utf-8")
    reader = Reader(shown)
    assert hostile in reader.text
    assert {"sentence supported", "sentence unsupported", "claim supported"} <= reader.classes
    assert "script" not in reader.tags


class Reader(HTMLParser):
    """Collects the text, the tags and the classes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: set[str] = set()
        self.classes: set[str] = set()
        self.feed(page)
        self.text = self.text.replace("\n", "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.classes |= {value or "" for name, value in attrs if name == "class"}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_standard_input_is_read(
    run: Any, demo_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    code, out, _ = run("check", "--file", "-", "--index", demo_index, "--json")
    report = json.loads(out)
    assert code == 0
    assert [s["verdict"] for s in report["sentences"]] == ["supported", "unsupported"]
    claim = report["sentences"][0]["claims"][0]
    assert {"p_wrong", "evidence", "head_count", "reason"} <= set(claim)
    assert claim["evidence"][0]["text"]


def test_an_alias_table_makes_a_name_known(run: Any, demo_index: Path, tmp_path: Path) -> None:
    text = "Metropolis was directed by Old Fritzy."
    options = ("--index", demo_index, "--policy", "zero_cooccurrence")
    code, out, _ = run("check", text, *options, "--json")
    assert json.loads(out)["verdict"] == "unsupported"
    table = tmp_path / "aliases.jsonl"
    table.write_text('{"name": "Fritz Lang", "aliases": ["Old Fritzy"]}\n', encoding="utf-8")
    code, out, _ = run("check", text, *options, "--aliases", table, "--json")
    assert (code, json.loads(out)["verdict"]) == (0, "supported")
    table.write_text("nonsense\n", encoding="utf-8")
    code, _, err = run("check", text, *options, "--aliases", table)
    assert (code, "line 1" in err) == (1, True)


def test_a_language_model_finds_the_claims(run: Any, demo_index: Path, small_gguf: Path) -> None:
    options = ("--index", demo_index, "--extractor", "llm", "--json")
    code, out, _ = run("check", "Metropolis was directed by Fritz Lang.", *options)
    (sentence,) = json.loads(out)["sentences"]
    assert code == 0
    assert sentence["claims"][0]["triplet"]["tail"] == "Fritz Lang"
    assert small_gguf == main_file("smollm2-135m")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "either a text or --file"),
        (("A.", "--file", "x.txt"), 2, "either a text or --file"),
        (("--file", "no-such-file.txt"), 1, "no-such-file.txt"),
        (("A.", "--policy", "no-such-policy.json"), 1, "no-such-policy.json"),
        (("A.", "--extractor", "gliner"), 2, "needs a model"),
        (("A.", "--extractor", "magic"), 2, "'spacy', 'llm', 'gliner'"),
        (("A.", "--html", "no/such/folder/page.html"), 1, "no/such/folder"),
    ],
)
def test_bad_input_ends_in_a_clear_line(
    run: Any, demo_index: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    actual, out, err = run("check", *arguments, "--index", demo_index)
    assert (actual, out) == (code, "")
    assert message in err
    assert "Traceback" not in err


def test_a_binary_file_is_refused(run: Any, demo_index: Path, tmp_path: Path) -> None:
    path = tmp_path / "b.bin"
    path.write_bytes(bytes(range(256)))
    code, _, err = run("check", "--file", path, "--index", demo_index)
    assert (code, "UTF-8" in err) == (1, True)


def test_a_language_model_judges_what_is_in_doubt(
    run: Any, demo_index: Path, small_gguf: Path
) -> None:
    options = ("--index", demo_index, "--policy", "zero_cooccurrence", "--json")
    texts = "Metropolis was directed by Fritz Lang."
    code, out, _ = run("check", texts, *options, "--judge", small_gguf)
    (claim,) = json.loads(out)["sentences"][0]["claims"]
    assert code == 0
    assert "the judge" in claim["reason"]
    assert claim["verdict"] == ("unsupported" if claim["p_wrong"] > 0.5 else "supported")
    code, _, err = run("check", texts, *options, "--judge", "no-such-model")
    assert (code, "no-such-model" in err) == (2, True)
