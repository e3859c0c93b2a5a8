"""The command line as a user meets it: real index, real models, exit codes and one-line errors."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest


def one_line(error: str) -> str:
    assert error.strip().count("\n") == 0, error
    assert "Traceback" not in error
    return error


def test_an_index_is_built_and_counted(run: Any, tmp_path: Path) -> None:
    source = tmp_path / "d.jsonl"
    source.write_text(
        '{"id": "n", "title": "Oslo", "text": "Oslo is the capital of Norway."}\n', encoding="utf-8"
    )
    code, out, _ = run("index", "build", source, "--out", tmp_path / "i", "--json")
    summary = json.loads(out)
    assert code == 0
    assert summary["schema"] == "quco.index.build/1"
    assert (summary["n_documents"], summary["n_tokens"], summary["n_passages"]) == (1, 7, 1)
    code, out, _ = run("count", "OSLO", "Bergen", "--index", tmp_path / "i", "--json")
    assert [row["count"] for row in json.loads(out)["counts"]] == [2, 0]
    code, out, _ = run("count", "OSLO", "--index", tmp_path / "i")
    assert out.split() == ["2", "OSLO"]
    code, out, err = run("index", "build", source, "--out", tmp_path / "i")
    assert code == 2
    assert "--overwrite" in one_line(err)
    assert run("index", "build", source, "--out", tmp_path / "i", "--overwrite")[0] == 0


def test_an_index_is_built_as_asked(run: Any, tmp_path: Path) -> None:
    source = tmp_path / "d.jsonl"
    source.write_text('{"text": "Oslo, Norway."}\n{"text": "Oslo."}\n', encoding="utf-8")
    build = ("index", "build", source, "--out", tmp_path / "i")
    for memory in ("much", "0", "-1G", "4Q"):
        code, _, err = run(*build, "--memory", memory)
        assert (code, repr(memory) in err) == (2, True)
    code, _, err = run(*build, "--memory", "1M")
    assert (code, "memory" in one_line(err)) == (1, True)
    code, _, err = run(*build, "--analyzer", "no/such/tokenizer.json")
    assert (code, "no/such/tokenizer.json" in one_line(err)) == (1, True)
    options = ("--memory", "0.5G", "--jobs", "1", "--shards", "2", "--analyzer", "byte")
    assert run(*build, *options, "--no-resume")[0] == 0
    code, out, _ = run("index", "info", tmp_path / "i", "--json")
    info = json.loads(out)
    assert (info["analyzer"], info["n_shards"], info["n_tokens"]) == ("byte", 2, 18)
    code, out, _ = run("count", "slo", "OSLO", "--index", tmp_path / "i", "--json")
    assert [row["count"] for row in json.loads(out)["counts"]] == [2, 0]


def test_cooccurrence_shows_where(run: Any, demo_index: Path) -> None:
    code, out, _ = run("cooccur", "Fritz Lang", "Metropolis", "--index", demo_index, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["count"] > 3
    window = found["windows"][0]
    head, tail = window["head_span"], window["tail_span"]
    assert window["text"][slice(*head)] == "Fritz Lang"
    assert window["text"][slice(*tail)] == "Metropolis"
    assert "within 100 words" in run("cooccur", "Ulm", "Einstein", "--index", demo_index)[1]


def test_check_gives_a_verdict_for_each_sentence(run: Any, demo_index: Path) -> None:
    text = "Metropolis was directed by Fritz Lang. Metropolis was directed by Charlie Chaplin."
    code, out, _ = run("check", text, "--index", demo_index, "--json")
    report = json.loads(out)
    assert code == 0
    assert [sentence["verdict"] for sentence in report["sentences"]] == [
        "supported", "unsupported",
    ]  # fmt: skip
    assert report["verdict"] == "unsupported"
    assert report["sentences"][0]["claims"][0]["cooccurrence"] > 0
    shown = run("check", text, "--index", demo_index)[1]
    assert "unsupported in all" in shown


def test_ask_answers_with_decisions(run: Any, demo_index: Path) -> None:
    question = "Who designed the Sydney Opera House?"
    code, out, _ = run("ask", question, "--index", demo_index, "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["schema"] == "quco.ask/1"
    assert answer["final"] == "Jørn Utzon"
    assert [decision["kind"] for decision in answer["decisions"][:2]] == [
        "check_question", "retrieve",
    ]  # fmt: skip
    # The small model may also call the architect British, which the corpus does not support.
    claims = answer["sentences"][0]["report"]["claims"]
    verdicts = {claim["triplet"]["tail"]: claim["verdict"] for claim in claims}
    assert verdicts["Jørn Utzon"] == "supported"
    assert answer["usage"]["llm_calls"] >= 1
    assert set(answer["usage"]["seconds"]) == {"check", "generate", "look", "retrieve"}
    question = "What is the capital of France?"
    code, out, _ = run("ask", question, "--index", demo_index, "--no-retrieval")
    assert code == 0
    assert "A: Paris" in out


def test_many_questions_are_answered_from_a_file(
    run: Any, demo_index: Path, tmp_path: Path
) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(
        '{"id": 1, "question": "What is the capital of France?"}\n'
        '{"id": 2, "question": "What is the capital of Germany?"}\n',
        encoding="utf-8",
    )
    options = ("--index", demo_index, "--no-retrieval", "--json")
    code, out, _ = run("ask", "--questions", path, *options)
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(answer["id"], answer["final"]) for answer in answers] == [(1, "Paris"), (2, "Berlin")]
    path.write_text('{"id": 1}\n', encoding="utf-8")
    code, _, err = run("ask", "--questions", path, *options)
    assert (code, "line 1" in one_line(err)) == (1, True)
    assert run("ask", *options)[0] == 2


def test_models_are_listed(run: Any) -> None:
    code, out, _ = run("models", "list", "--json")
    names = {row["name"]: row for row in json.loads(out)["models"]}
    assert code == 0
    assert names["qwen2.5-1.5b"]["role"] == "generator"
    assert "smollm2-135m" in run("models", "list")[1]
    code, out, _ = run("models", "pull", "smollm2-135m", "--json")
    assert Path(json.loads(out)["models"]["smollm2-135m"]).is_dir()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("index", "build", "nowhere.jsonl", "--out", "x"), 1, "does not exist"),
        (("index", "build"), 2, "Missing argument"),
        (("ask", "Why?", "--index", "nowhere"), 1, "quco index build"),
        (("count", "x", "--index", "nowhere"), 1, "holds no index"),
        (("models", "pull", "gpt-17"), 2, "quco models list"),
        (("check", " ", "--index", "nowhere"), 2, "blank"),
        (("dance",), 2, "No such command"),
    ],
)
def test_bad_input_ends_in_a_clear_line(
    run: Any, arguments: tuple[str, ...], code: int, message: str
) -> None:
    actual, out, err = run(*arguments)
    assert (actual, out) == (code, "")
    assert message in err
    assert "Traceback" not in err


def test_unusable_documents_end_in_a_clear_line(run: Any, tmp_path: Path) -> None:
    out = tmp_path / "i"
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"text": "fine"}\n{broken\n', encoding="utf-8")
    code, _, err = run("index", "build", bad, "--out", out)
    assert (code, "bad.jsonl, line 2" in one_line(err)) == (1, True)
    code, text, _ = run("index", "build", bad, "--out", out, "--skip-bad", "--json")
    assert (code, json.loads(text)["n_skipped"]) == (0, 1)
    empty = tmp_path / "empty.txt"
    empty.write_text("", encoding="utf-8")
    code, _, err = run("index", "build", empty, "--out", tmp_path / "j")
    assert (code, "no word" in one_line(err)) == (1, True)
    binary = tmp_path / "b.txt"
    binary.write_bytes(bytes(range(256)))
    code, _, err = run("index", "build", binary, "--out", tmp_path / "j")
    assert (code, "b.txt" in one_line(err)) == (1, True)


def test_questions_and_models_that_do_not_fit_are_told(run: Any, demo_index: Path) -> None:
    code, _, err = run("ask", "why " * 500_000, "--index", demo_index)
    assert (code, "characters" in one_line(err)) == (1, True)
    code, _, err = run("ask", "Why?", "--index", demo_index, "--model", "no-such-model")
    assert (code, "smollm2-135m" in one_line(err)) == (2, True)
    code, _, err = run("ask", "Why?", "--index", demo_index, "--model", "http://127.0.0.1:9/v1")
    assert (code, "is the server up" in one_line(err)) == (1, True)


def test_debug_shows_the_traceback() -> None:
    command = [sys.executable, "-c", "from quco.cli import main; main()"]
    arguments = ["count", "x", "--index", "nowhere", "--debug"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" in done.stderr


HEED_INTERRUPTS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
"""Undoes what a shell does to background jobs: there SIGINT is ignored."""


def test_an_interrupted_build_leaves_the_old_index(tmp_path: Path, run: Any) -> None:
    small = tmp_path / "small.txt"
    small.write_text("One old document.", encoding="utf-8")
    out = tmp_path / "i"
    assert run("index", "build", small, "--out", out)[0] == 0
    before = (out / "quco.json").read_bytes()
    large = tmp_path / "large.jsonl"
    with large.open("w", encoding="utf-8") as file:
        for n in range(4000):
            file.write(json.dumps({"id": str(n), "text": f"document {n} " * 60}) + "\n")
    program = f"{HEED_INTERRUPTS}; from quco.cli import main; main()"
    command = [sys.executable, "-c", program]
    arguments = ["index", "build", str(large), "--out", str(out), "--overwrite"]
    with subprocess.Popen([*command, *arguments], stderr=subprocess.PIPE, text=True) as process:
        try:
            while not list(tmp_path.glob(".i.building/vectors*")) and process.poll() is None:
                time.sleep(0.1)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 1
    assert "interrupted" in one_line(err)
    assert (out / "quco.json").read_bytes() == before
    # What the same command would go on from; nothing of it is in the index.
    hidden = [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]
    assert hidden in ([], [".i.building"])
    assert run("count", "old", "--index", out)[1].split() == ["1", "old"]
