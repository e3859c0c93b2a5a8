"""Numba without scipy, in processes of their own."""

import subprocess
import sys
from pathlib import Path

import pytest

from corpus_engine import Document, build_index

pytest.importorskip("scipy")

COUNT = """
import sys
from corpus_engine import CorpusIndex
from corpus_engine.kernels.starting import start_numba

start_numba()
with CorpusIndex.open(sys.argv[1]) as index:
    print(index.count("to be").value, "scipy" in sys.modules)

import numpy as np
import scipy.linalg
print(scipy.linalg.det(np.eye(2)))
start_numba()
print("scipy" in sys.modules)
"""


def test_kernels_run_and_scipy_can_be_had_later(tmp_path: Path) -> None:
    build_index([Document("1", "To be, or not to be.")], tmp_path / "index")
    command = [sys.executable, "-W", "error", "-c", COUNT, str(tmp_path / "index")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["2", "False", "1.0", "True"]
