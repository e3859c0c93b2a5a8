"""A run from configuration to report over the demo corpus, with a scripted model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.config import RunConfig
from eval.records import read_lines
from eval.report.reading import Run
from eval.report.table import build_table, flat
from eval.report.writing import write_report
from eval.runner import run
from quco.adapters.generator.scripted import ScriptedGenerator
from quco.demo import corpus_path, questions
from quco.errors import UsageError
from quco.indexing import build
from quco.types import GenerationRequest
from tests.fake_encoders import HashEncoder
from tests.scripted import task_of

METHODS = {"no-rag": {}, "sr-rag": {}, "fs-rag": {"k": 2}, "quco": {}}
VARYING = ("seconds_", "wall_s")


GOLD = {q["question"]: q["answer"] for q in questions()}


def answer(request: GenerationRequest) -> str:
    """Answer rightly where passages are shown and the question has an even length."""
    task = task_of(request)
    question = task.rsplit("Question: ", 1)[1].removesuffix("\nAnswer:")
    knows = "Context:" in task and len(question) % 2 == 0
    said = GOLD[question] if knows else "Paris"
    whole = f" {said} is a place. So the answer is {said}."
    return whole[len(request.prefix) :] if whole.startswith(request.prefix) else f" {said}."


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo corpus; its vectors mean nothing, for these runs search by words."""
    out = tmp_path_factory.mktemp("eval") / "index"
    with corpus_path() as corpus:
        build([corpus], out, encoder=HashEncoder())
    return out


@pytest.fixture
def config(tmp_path: Path, index: Path) -> RunConfig:
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(q) + "\n" for q in questions()), encoding="utf-8")
    return RunConfig.model_validate(
        {
            "data": {"path": path, "name": "2wikimultihopqa", "form": "jsonl", "limit": 6},
            "index": {"path": index, "retrieval": "bm25"},
            "generator": {"model": "smollm2-135m", "batch_size": 4},
            "methods": METHODS,
            "jobs": 1,
        }
    )


class KilledError(Exception):
    """Stands for the end of the process."""


def table(folder: Path) -> list[dict[str, object]]:
    rows = [flat(row) for row in build_table(Run(folder))]
    return [{k: v for k, v in row.items() if not k.startswith(VARYING)} for row in rows]


def test_a_killed_run_resumes_to_the_same_table(config: RunConfig, tmp_path: Path) -> None:
    run(config, tmp_path / "whole", generator=ScriptedGenerator(answer))
    calls = 0

    def killed(request: GenerationRequest) -> str:
        nonlocal calls
        calls += 1
        if calls > 9:
            raise KilledError
        return answer(request)

    broken = tmp_path / "broken"
    with pytest.raises(KilledError):
        run(config, broken, generator=ScriptedGenerator(killed))
    done = len(read_lines(broken / "records.jsonl"))
    assert 0 < done < 24
    with (broken / "records.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"method":"no-rag","id":"half a li')  # what a killed process may leave
    second = ScriptedGenerator(answer)
    run(config, broken, generator=second)
    assert len(read_lines(broken / "records.jsonl")) == 24
    assert table(broken) == table(tmp_path / "whole")
    scores = {row["method"]: row["exact_match"] for row in table(broken)}
    assert scores["no-rag"] == 0 < scores["sr-rag"]
    again = ScriptedGenerator(answer)
    run(config, broken, generator=again)
    assert again.requests == []


def test_the_folder_tells_what_was_run(config: RunConfig, tmp_path: Path) -> None:
    out = tmp_path / "run"
    run(config, out, generator=ScriptedGenerator(answer))
    sessions = json.loads((out / "machine.json").read_text("utf-8"))
    assert sessions[0]["versions"]["numpy"]
    assert len(sessions[0]["sha256"]["questions"]) == 64
    assert any(name.endswith("quco.json") for name in sessions[0]["sha256"]["index"])
    record = read_lines(out / "records.jsonl")[-1]
    assert {"kind", "reason", "queries", "passages"} <= record["answer"]["decisions"][0].keys()
    texts = {p["id"] for p in read_lines(out / "passages.jsonl")}
    assert texts.issuperset(record["answer"]["passages"])
    other = config.model_copy(update={"methods": {"sr-rag": {"k": 5}}})
    with pytest.raises(UsageError, match=r"methods\.sr-rag\.k"):
        run(other, out, generator=ScriptedGenerator(answer))


def test_a_longer_run_continues_a_shorter_one(config: RunConfig, tmp_path: Path) -> None:
    short = config.model_copy(
        update={
            "data": config.data.model_copy(update={"limit": 2}),
            "methods": {"no-rag": {}},
        }
    )
    run(short, tmp_path / "run", generator=ScriptedGenerator(answer))
    run(config, tmp_path / "run", generator=ScriptedGenerator(answer))
    assert [row["n"] for row in table(tmp_path / "run")] == [6] * 4


def test_the_report_has_every_form(config: RunConfig, tmp_path: Path) -> None:
    run(config, tmp_path / "run", generator=ScriptedGenerator(answer))
    written = write_report(Run(tmp_path / "run"), tmp_path / "report", html=True)
    names = {path.name for path in written}
    assert {"report.md", "table.csv", "report.json", "table.tex", "report.html"} <= names
    assert {"accuracy_by_retrievals.png", "frequency.pdf", "time.png"} <= names
    text = (tmp_path / "report" / "report.md").read_text("utf-8")
    assert "| no-rag |" in text
    assert "## By type" in text
    page = (tmp_path / "report" / "report.html").read_text("utf-8")
    assert page.count("</script>") == 2
    assert "http://" not in page
    data = page.split('type="application/json">', 1)[1].split("</script>", 1)[0]
    assert len(json.loads(data)["questions"]) == 6
    tex = (tmp_path / "report" / "table.tex").read_text("utf-8")
    assert tex.count(r"\\") == 5
