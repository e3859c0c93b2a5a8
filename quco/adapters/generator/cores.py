"""How many cores the other programs of a machine leave, and how threads share them."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_STAT = Path("/proc/stat")
_WATCHED_S = 0.1
"""For so long the machine is watched, where it tells; the load average lags by a minute."""

_IDLE = slice(3, 5)
"""Fields of a line that are no work: idle, and waiting for a disk."""

_OPENMP = "OMP_WAIT_POLICY"
_CORE = re.compile(r"cpu\d")
_TIMED = 8
"""Fields that add up to all time; those of guests are counted twice."""


def all_cores() -> list[int]:
    """Return the numbers of the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def free_cores(cores: Iterable[int]) -> int:
    """Return how many of `cores` the other programs leave, at least one.

    A small model's drafts are as fast on one core as on two that are shared with others.
    """
    numbers = list(cores)
    if len(numbers) == 1:
        return 1
    return max(1, len(numbers) - round(_busy_with_others(numbers)))


@contextmanager
def waiting_threads_sleep(crowded: bool) -> Iterator[None]:
    """Let the threads of a library that is loaded here sleep while they wait, if it is crowded.

    OpenMP's default is to spin, which is best where every thread has a core for itself; where it
    has not, a draft takes ten times as long. OpenMP reads its settings once, when it is loaded. A
    user's own setting stays.
    """
    if not crowded or _OPENMP in os.environ:
        yield
        return
    os.environ[_OPENMP] = "passive"
    try:
        yield
    finally:
        del os.environ[_OPENMP]


def _busy_with_others(cores: list[int]) -> float:
    """Return how many of `cores` work for other programs, by now or by the last minute."""
    if not _STAT.exists():
        return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    before, ours, begun = _STAT.read_text("ascii"), time.process_time(), time.perf_counter()
    time.sleep(_WATCHED_S)
    after = _STAT.read_text("ascii")
    spent = (time.process_time() - ours) / (time.perf_counter() - begun)
    return max(0.0, busy_cores(before, after, cores) - spent)


def busy_cores(before: str, after: str, cores: Iterable[int]) -> float:
    r"""Return how many of `cores` were at work between two readings of ``/proc/stat``.

    Examples
    --------
    >>> before = "cpu0 10 0 0 90 0 0 0 0\ncpu1 10 0 0 90 0 0 0 0"
    >>> after = "cpu0 20 0 0 90 0 0 0 0\ncpu1 11 0 1 98 0 0 0 0"
    >>> busy_cores(before, after, [0, 1])
    1.2
    """
    first, second = _times(before), _times(after)
    return sum(_share(first.get(core, []), second.get(core, [])) for core in cores)


def _share(before: list[int], after: list[int]) -> float:
    """Return the share of its time that a core worked; a core that is not told of did nothing."""
    passed = sum(after) - sum(before)
    idle = sum(after[_IDLE]) - sum(before[_IDLE])
    return (passed - idle) / passed if passed > 0 else 0.0


def _times(stat: str) -> dict[int, list[int]]:
    """Return the times of each core."""
    rows = [line.removeprefix("cpu").split() for line in stat.splitlines() if _CORE.match(line)]
    return {int(core): [int(field) for field in fields[:_TIMED]] for core, *fields in rows}
