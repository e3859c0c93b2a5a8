"""Cores that the other programs leave."""

import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from quco.adapters.generator import cores
from quco.adapters.generator.cores import all_cores, busy_cores, free_cores

BEFORE = "cpu 9 9 9 9 9 9 9 9\ncpu0 10 0 0 90 0 0 0 0 5 5\ncpu1 10 0 0 90 0 0 0 0 0 0"


@pytest.mark.parametrize(
    ("after", "asked", "busy"),
    [
        (BEFORE, [0, 1], 0.0),
        ("cpu0 10 0 0 90 10 0 0 0\ncpu1 10 0 0 100 0 0 0 0", [0, 1], 0.0),
        ("cpu0 12 3 1 90 0 2 1 1\ncpu1 10 0 0 100 0 0 0 0", [0, 1], 1.0),
        ("cpu0 12 3 1 90 0 2 1 1\ncpu1 10 0 0 100 0 0 0 0", [1], 0.0),
        ("cpu0 20 0 0 90 0 0 0 0 9 9\ncpu1 15 0 0 95 0 0 0 0", [0, 1], 1.5),
        ("", [0, 1, 2], 0.0),
    ],
    ids=["no time", "idle and waiting", "every kind of work", "another core", "guests", "nothing"],
)
def test_work_is_all_but_idling(after: str, asked: list[int], busy: float) -> None:
    assert busy_cores(BEFORE, after, asked) == busy


@pytest.mark.parametrize(("load", "free"), [(0.0, 4), (0.9, 3), (2.2, 2), (4.0, 1), (50.0, 1)])
def test_where_nothing_else_is_told_the_load_average_counts(
    load: float, free: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(cores, "_STAT", tmp_path / "absent")
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 9.0, 9.0))
    assert free_cores(range(4)) == free


@pytest.mark.skipif(not Path("/proc/stat").exists(), reason="Linux tells")
def test_a_machine_whose_cores_all_work_for_others_leaves_one() -> None:
    spin = [sys.executable, "-c", "while True: pass"]
    busy = [subprocess.Popen(spin) for _ in range(2 * len(all_cores()))]
    try:
        assert free_cores(all_cores()) == 1
    finally:
        for process in busy:
            process.kill()
            process.wait()


@pytest.mark.parametrize(("ours", "free"), [(0.0, 1), (0.1, 2)])
def test_work_of_our_own_is_not_others_work(
    ours: float, free: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stat = tmp_path / "stat"
    stat.write_text("cpu0 0 0 0 0 0 0 0 0\ncpu1 0 0 0 0 0 0 0 0", "ascii")
    clocks = {"perf_counter": iter([0.0, 0.1]), "process_time": iter([5.0, 5.0 + ours])}
    for name, readings in clocks.items():
        monkeypatch.setattr(time, name, partial(next, readings))
    busy = "cpu0 10 0 0 0 0 0 0 0\ncpu1 0 0 0 10 0 0 0 0"
    monkeypatch.setattr(time, "sleep", lambda _: stat.write_text(busy, "ascii"))
    monkeypatch.setattr(cores, "_STAT", stat)
    assert free_cores([0, 1]) == free
