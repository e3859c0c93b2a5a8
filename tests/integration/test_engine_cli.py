"""The commands about the files of a corpus and its n-grams, as a user meets them."""

import json
from pathlib import Path
from typing import Any

import pytest

from corpus_engine import Document, build_index
from tests.engine_files import write_index

TEXTS = ["the capital of France is Paris", "the capital of Peru is Lima", "the capital of Peru"]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    build_index([Document(str(i), text) for i, text in enumerate(TEXTS)], tmp_path / "index")
    return tmp_path / "index"


def test_info_tells_what_an_index_holds(run: Any, index: Path) -> None:
    code, out, _ = run("index", "info", index, "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["n_tokens"], found["n_documents"], found["analyzer"]) == (16, 3, "word")
    assert "16" in run("index", "info", index)[1]


def test_verify_finds_damage(run: Any, index: Path) -> None:
    assert "sound" in run("index", "verify", index)[1]
    table = index / "table.0"
    table.write_bytes(table.read_bytes()[::-1])
    code, out, _ = run("index", "verify", index, "--json")
    assert code == 1
    assert "table.0" in json.loads(out)["problems"][0]
    code, _, err = run("index", "verify", index)
    assert (code, err.count("\n")) == (1, 1)
    assert "table.0" in err


def test_a_foreign_index_is_accelerated_and_asked(run: Any, tmp_path: Path) -> None:
    folder = write_index(tmp_path / "foreign", [[list(text.encode()) for text in TEXTS]], 1)
    code, out, _ = run("index", "accelerate", folder, "--width", 1, "--json")
    assert (code, json.loads(out)["n_written"]) == (0, 1)
    options = ("--width", 1, "--tokenizer", "byte")
    code, out, _ = run("ngram", "capital of ", "--index", folder, *options, "--json")
    found = json.loads(out)
    assert (code, found["count"]) == (0, 3)
    assert [(c["text"], c["count"]) for c in found["continuations"]] == [("P", 2), ("F", 1)]
    code, _, err = run("index", "info", folder, "--width", 4)
    assert code == 1
    assert "width" in err


def test_ngram_shows_what_follows(run: Any, index: Path) -> None:
    code, out, _ = run("ngram", "Capital of", "--index", index, "--json")
    found = json.loads(out)
    assert (code, found["count"]) == (0, 3)
    assert [(c["text"], c["count"]) for c in found["continuations"]] == [("peru", 2), ("france", 1)]
    out = run("ngram", "of Peru", "--index", index)[1]
    assert "(end of document)" in out
    assert run("ngram", "--", "--index", index)[0] == 2


def test_attribute_shows_the_source(run: Any, index: Path) -> None:
    text = "I heard the capital of Peru is Paris"
    code, out, _ = run("attribute", text, "--index", index, "--json")
    (span,) = json.loads(out)["spans"]
    assert (code, span["text"], span["count"]) == (0, "the capital of Peru is", 1)
    assert span["evidence"][0]["document_id"] == "1"
    assert "[1] the capital of Peru is Lima" in run("attribute", text, "--index", index)[1]


def test_a_folder_without_an_index_is_one_line(run: Any, tmp_path: Path) -> None:
    code, _, err = run("index", "info", tmp_path / "missing")
    assert code == 1
    assert err.count("\n") == 1
    assert "no such folder" in err
