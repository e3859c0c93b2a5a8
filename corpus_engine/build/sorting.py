"""Sorting shards beside each other, each large one in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from types import TracebackType

from corpus_engine import layout
from corpus_engine.build.suffix_array import write_suffix_array
from corpus_engine.errors import BuildError

_OWN_PROCESS_BYTES = 1 << 26


class Sorter:
    """Sorts up to `jobs` shards at a time; use as a context manager.

    Parameters
    ----------
    folder : Path
        Where the shards lie.
    width : 1, 2 or 4
        Bytes of a token.
    jobs : int
        Shards to sort at the same time.
    done : callable
        Called with a shard's number when it is sorted, never from two threads at once.
    """

    def __init__(
        self, folder: Path, width: layout.Width, jobs: int, done: Callable[[int], None]
    ) -> None:
        self._folder = folder
        self._width = width
        self._jobs = jobs
        self._done = done
        self._pool = ThreadPoolExecutor(jobs, "sort")
        self._running: set[Future[None]] = set()
        self._children: set[subprocess.Popen[bytes]] = set()
        self._stopped = False
        self._lock = threading.Lock()

    def submit(self, shard: int) -> None:
        """Sort a shard as soon as there is room; wait until it can begin."""
        if len(self._running) >= self._jobs:
            self._collect(FIRST_COMPLETED)
        self._running.add(self._pool.submit(self._sort, shard))

    def finish(self) -> None:
        """Wait until all shards are sorted."""
        while self._running:
            self._collect(FIRST_COMPLETED)

    def _collect(self, until: str) -> None:
        done, self._running = wait(self._running, return_when=until)
        for future in done:
            future.result()

    def _sort(self, shard: int) -> None:
        size = (self._folder / layout.stream_name(shard)).stat().st_size
        if size < _OWN_PROCESS_BYTES:
            write_suffix_array(self._folder, shard, self._width)
        else:
            self._sort_apart(shard)
        with self._lock:
            self._done(shard)

    def _sort_apart(self, shard: int) -> None:
        """Sort in a child process, which can be stopped and gives its memory back."""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-m", "corpus_engine.build.sort_process"]
        with self._lock:
            if self._stopped:
                return
            child = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [*command, str(self._folder), str(shard), str(self._width)],
                env=environment,
                stdin=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            self._children.add(child)
        # The child ends when its standard input does, so that it never outlives this process.
        with child:
            errors = child.stderr.read() if child.stderr else b""
            child.wait()
        self._children.discard(child)
        if child.returncode and not self._stopped:
            last = errors.decode("utf-8", "replace").strip().splitlines()[-1:]
            raise BuildError(
                f"sorting shard {shard} failed (exit status {child.returncode}): "
                f"{' '.join(last) or 'was it short of memory?'}"
            )

    def __enter__(self) -> Sorter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._stopped = True
            for child in self._children:
                child.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)
