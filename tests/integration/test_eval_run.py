"""A run from configuration to report over the demo corpus, with a scripted model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from eval.config import RunConfig, load_config, packaged_configs
from eval.records import read_lines
from eval.report.compare import compare
from eval.report.reading import Run
from eval.report.table import build_table, flat
from eval.report.writing import write_report
from eval.runner import run
from eval.selection import as_toml, try_prompts
from quco.adapters.generator.scripted import ScriptedGenerator
from quco.cli.main import cli
from quco.demo import corpus_path, questions
from quco.errors import ConfigError, GenerationError, UsageError
from quco.indexing import build
from quco.types import GenerationRequest
from tests.fake_encoders import HashEncoder
from tests.scripted import task_of

METHODS = {"no-rag": {}, "sr-rag": {}, "quco": {}}
LIMIT = 4
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
def config(tmp_path_factory: pytest.TempPathFactory) -> RunConfig:
    """Four questions of the demo; its vectors mean nothing, for these runs search by words."""
    folder = tmp_path_factory.mktemp("eval")
    with corpus_path() as corpus:
        build([corpus], folder / "index", encoder=HashEncoder())
    path = folder / "questions.jsonl"
    path.write_text("".join(json.dumps(q) + "\n" for q in questions()), encoding="utf-8")
    return RunConfig.model_validate(
        {
            "data": {"path": path, "name": "2wikimultihopqa", "form": "jsonl", "limit": LIMIT},
            "index": {"path": folder / "index", "retrieval": "bm25"},
            "generator": {"model": "smollm2-135m", "batch_size": 3},
            "prompts": {"long": {}, "short": {"n_demonstrations": 2}},
            "methods": METHODS,
            "jobs": 1,
        }
    )


@pytest.fixture(scope="module")
def finished(config: RunConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "finished"
    run(config, out, generator=ScriptedGenerator(answer))
    return out


class KilledError(Exception):
    """Stands for the end of the process."""


def table(folder: Path) -> list[dict[str, object]]:
    rows = [flat(row) for row in build_table(Run(folder))]
    return [{k: v for k, v in row.items() if not k.startswith(VARYING)} for row in rows]


def test_a_killed_run_resumes_to_the_same_table(
    config: RunConfig, finished: Path, tmp_path: Path
) -> None:
    calls = 0

    def killed(request: GenerationRequest) -> str:
        nonlocal calls
        calls += 1
        if calls > 7:
            raise KilledError
        return answer(request)

    broken = tmp_path / "broken"
    with pytest.raises(KilledError):
        run(config, broken, generator=ScriptedGenerator(killed))
    done = len(read_lines(broken / "records.jsonl"))
    assert 0 < done < LIMIT * len(METHODS)
    assert [row["method"] for row in table(broken)] == ["no-rag"]
    assert Run(broken).unfinished == ["sr-rag"]
    with (broken / "records.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"method":"no-rag","id":"half a li')  # what a killed process may leave
    run(config, broken, generator=ScriptedGenerator(answer))
    assert len(read_lines(broken / "records.jsonl")) == LIMIT * len(METHODS)
    assert table(broken) == table(finished)
    scores = {row["method"]: row["exact_match"] for row in table(broken)}
    assert scores["no-rag"] == 0 < scores["sr-rag"]
    again = ScriptedGenerator(answer)
    run(config, broken, generator=again)
    assert again.requests == []


def test_a_failed_question_is_counted_and_is_no_answer_without_a_final_one(
    config: RunConfig, finished: Path, tmp_path: Path
) -> None:
    hard = str(read_lines(finished / "questions.jsonl")[0]["question"])

    def failing(request: GenerationRequest) -> str:
        if hard in task_of(request):
            raise GenerationError("too hard")
        return answer(request)

    run(config, tmp_path / "failed", generator=ScriptedGenerator(failing))
    rows = build_table(Run(tmp_path / "failed"))
    assert [(row.n, row.failed, row.final_percent) for row in rows] == [(LIMIT, 1, 100.0)] * 3


def test_the_folder_tells_what_was_run(config: RunConfig, finished: Path) -> None:
    sessions = json.loads((finished / "machine.json").read_text("utf-8"))
    assert sessions[0]["versions"]["numpy"]
    assert len(sessions[0]["sha256"]["questions"]) == 64
    assert any(name.endswith("quco.json") for name in sessions[0]["sha256"]["index"])
    record = read_lines(finished / "records.jsonl")[-1]
    assert {"kind", "reason", "queries", "passages"} <= record["answer"]["decisions"][0].keys()
    texts = {p["id"] for p in read_lines(finished / "passages.jsonl")}
    assert texts.issuperset(record["answer"]["passages"])
    other = config.model_copy(update={"methods": {"sr-rag": {"k": 5}}})
    with pytest.raises(UsageError, match=r"methods\.sr-rag\.k = 3, not 5: choose another --out"):
        run(other, finished, generator=ScriptedGenerator(answer))


def test_the_report_has_every_form(finished: Path, tmp_path: Path) -> None:
    written = write_report(Run(finished), tmp_path / "report", html=True)
    names = {path.name for path in written}
    assert {"report.md", "table.csv", "report.json", "table.tex", "report.html"} <= names
    assert {"accuracy_by_retrievals.png", "frequency.pdf", "time.png"} <= names
    text = (tmp_path / "report" / "report.md").read_text("utf-8")
    assert "| no-rag |" in text
    assert "## Where questions are lost" in text
    page = (tmp_path / "report" / "report.html").read_text("utf-8")
    assert page.count("</script>") == 2
    assert "http://" not in page
    data = page.split('type="application/json">', 1)[1].split("</script>", 1)[0]
    assert len(json.loads(data)["questions"]) == LIMIT
    tex = (tmp_path / "report" / "table.tex").read_text("utf-8")
    assert tex.count(r"\\") == 1 + len(METHODS)


def test_two_methods_are_compared_question_by_question(finished: Path) -> None:
    found = compare(f"{finished}:sr-rag", f"{finished}:no-rag")
    assert (found.n, found.both) == (LIMIT, 0)
    assert len(found.only[0]) + found.neither == LIMIT
    assert found.difference.mean == 100 * len(found.only[0]) / LIMIT
    with pytest.raises(UsageError, match=r"3 methods; name one as .*:METHOD: no-rag, sr-rag, quco"):
        compare(str(finished), str(finished))


def test_the_command_line_reports(finished: Path) -> None:
    done = CliRunner().invoke(cli, ["eval", "report", str(finished), "--no-plots", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["schema"] == "quco.eval.report/1"
    assert [row["method"] for row in told["methods"]] == list(METHODS)
    both = [f"{finished}:sr-rag", f"{finished}:no-rag"]
    done = CliRunner().invoke(cli, ["eval", "compare", *both])
    assert f"Only {both[0]} is right" in done.output


def test_prompts_are_chosen_on_development_questions(
    config: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fond_of_long_prompts(request: GenerationRequest) -> str:
        long = request.messages[0].content.count("So the answer is") > 4
        return answer(request) if long else " Nobody knows."

    monkeypatch.setattr(
        "eval.selection.open_generator", lambda *_: ScriptedGenerator(fond_of_long_prompts)
    )
    one = config.model_copy(update={"methods": {"sr-rag": {}}})
    best, worst = try_prompts(one, tmp_path)
    assert (best.name, worst.name) == ("long", "short")
    assert best.exact_match > worst.exact_match
    assert worst.asked_percent == 100
    assert Run(tmp_path / "long").config["data"]["split"] == "development"
    (tmp_path / "prompt.toml").write_text(as_toml([best, worst], one), "utf-8")
    chosen = load_config("demo", prompt=tmp_path / "prompt.toml").prompt
    assert chosen == best.prompt


@pytest.mark.parametrize("name", packaged_configs())
def test_packaged_configurations_are_valid(name: str) -> None:
    assert "quco" in load_config(name).methods


def test_wrong_keys_are_named(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text('[data]\npath = "q"\nname = "hotpotqa"\nlimits = 3\n', "utf-8")
    with pytest.raises(ConfigError, match=r"data\.limits: Extra inputs are not permitted"):
        load_config(path)
