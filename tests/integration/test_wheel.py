"""The wheel, built and installed into a clean environment, runs the demo from another folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from quco.models import models_home

ROOT = Path(__file__).parents[2]


def run(*command: object, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.network
def test_the_wheel_runs_the_demo(tmp_path: Path) -> None:
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", tmp_path, ROOT, cwd=tmp_path)
    (wheel,) = tmp_path.glob("quco-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"quco", "corpus_engine", "retrievers", "eval"}
    assert "quco/demo/corpus.jsonl" in names
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    out = run(
        python.with_name("quco"), "demo", "--json",
        cwd=elsewhere, QUCO_HOME=str(models_home().parent), PYTHONPATH="",
    )  # fmt: skip
    answers = json.loads(out)["answers"]
    kinds = [[decision["kind"] for decision in answer["decisions"]] for answer in answers]
    assert answers[0]["usage"]["retrievals"] == 0
    assert kinds[1][:2] == ["check_question", "retrieve"]
    assert kinds[2].index("revise") < kinds[2].index("accept")
    assert answers[2]["final"] == "Ulm"
    assert [answer["outcome"] for answer in answers] == ["complete"] * 3
