"""Compiled kernels are kept on disk, and dropped when any kernel's source changes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import corpus_engine

PROGRAM = """
from corpus_engine.kernels.handle import header
from corpus_engine.kernels.memory import kernel
import numpy as np
record = np.arange(20, dtype=np.int64)
value = header(record.ctypes.data, 1)
print(value, sum(header.stats.cache_hits.values()), sum(header.stats.cache_misses.values()))
"""


def run(root: Path) -> list[int]:
    environment = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return [int(word) for word in done.stdout.split()]


def test_a_change_in_another_file_drops_the_machine_code(tmp_path: Path) -> None:
    package = Path(corpus_engine.__file__).parent
    copy = tmp_path / "corpus_engine"
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    assert run(tmp_path) == [1, 0, 1]
    assert run(tmp_path) == [1, 1, 0]
    other = copy / "kernels" / "near.py"
    other.write_text(other.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert run(tmp_path) == [1, 0, 1]
