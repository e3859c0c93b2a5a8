"""The import contracts of pyproject.toml hold, and importing does no work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_import_contracts() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("package", ["quco", "quco.cli", "corpus_engine.types", "retrievers"])
def test_importing_loads_nothing_heavy(package: str) -> None:
    heavy = [
        "torch",
        "transformers",
        "spacy",
        "xllamacpp",
        "onnxruntime",
        "faiss",
        "langchain_core",
    ]
    code = f"import sys, {package}; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_top_level_holds_what_it_should() -> None:
    listing = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    allowed = {
        "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md",
        "quco", "corpus_engine", "retrievers", "eval", "tests",
    }  # fmt: skip
    top = {line.split("/")[0] for line in listing.stdout.splitlines()}
    assert {name for name in top if not name.startswith(".")} == allowed
