"""Building: suffix arrays beside infini-gram's indexing, and a whole index from text.

    python -m eval.benchmarks.bench_engine_build --cache DIR

Both sort the same token stream on one core, each in a process of its own as they do in a build, and
must write the same bytes; infini-gram finds its first step, the tokens, done. Ours also writes the
jump index; its kernels are compiled before, as they are once an installation. The least of a few
rounds counts, and memory beside that of a process which sorts next to nothing. A whole build reads,
analyses, stores and sorts text on all cores; its memory is the sum of its processes.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus_engine import CorpusIndex
from corpus_engine.build import sort_process
from corpus_engine.build.memory import build_bytes
from eval.benchmarks.engine_data import COPIES, word_index
from eval.benchmarks.record import record

COMPILE = """
import numpy as np
from corpus_engine.build.induced_sort import sort_suffixes
from corpus_engine.kernels.starting import start_numba
start_numba()
sort_suffixes(np.array([0, 1, 0, 1, 0, 0], np.int32), 2, np.empty(6, np.int32))
"""
STEPS = """
import json, sys, time
from pathlib import Path
import numpy as np
from corpus_engine.build import suffix_array
from corpus_engine.kernels.starting import start_numba

def timed(step, function):
    def timing(*arguments):
        before = time.process_time()
        result = function(*arguments)
        spent[step] = round(time.process_time() - before, 2)
        return result
    return timing

spent = {"start": round(time.process_time(), 2)}
def load():
    start_numba()
    few = np.array([0, 1, 0, 1, 0, 0], np.int32)
    suffix_array.sort_suffixes(few, 2, np.empty(6, np.int32))

timed("load_kernels", load)()
suffix_array.number_tokens = timed("number_tokens", suffix_array.number_tokens)
suffix_array.sort_suffixes = timed("sort_suffixes", suffix_array.sort_suffixes)
suffix_array.write_suffix_array(Path(sys.argv[1]), 0, 2)
spent["write"] = round(time.process_time() - sum(spent.values()), 2)
print(json.dumps(spent))
"""
WHOLE = """
import sys
from pathlib import Path
from corpus_engine import build_index
from eval.benchmarks.engine_data import documents
build_index(documents(), Path(sys.argv[1]), shards=int(sys.argv[2]), jobs=int(sys.argv[2]))
"""
SAMPLED_S = 0.02
ROUNDS = 3


def measured(command: Sequence[str]) -> dict[str, float]:
    """Run a command; return its seconds, those of its processors, and its peak memory."""
    started = time.perf_counter()
    # Our sorter ends when its standard input does.
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        peak = [0]
        watcher = threading.Thread(target=_watch, args=(process, peak))
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        watcher.join()
    if process.returncode:
        raise SystemExit(f"{command} failed")
    return {
        "wall_s": round(time.perf_counter() - started, 2),
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_bytes": max(peak[0], usage.ru_maxrss * 1024),
    }


def _watch(process: "subprocess.Popen[bytes]", peak: list[int]) -> None:
    """Keep the greatest sum of the resident memory of a process and its descendants."""
    while process.returncode is None:
        peak[0] = max(peak[0], _resident(process.pid))
        time.sleep(SAMPLED_S)


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        children = "".join(p.read_text() for p in Path(f"/proc/{pid}/task").glob("*/children"))
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(map(_resident, map(int, children.split())))


def sorting(source: Path) -> dict[str, Any]:
    """Sort the stream of an index with both."""
    n_units = (source / "tokenized.0").stat().st_size // 2
    python = [sys.executable, "-c"]
    with tempfile.TemporaryDirectory(dir=source.parent) as temporary:
        ours, theirs = Path(temporary) / "ours", Path(temporary) / "theirs"
        for folder in (ours, theirs):
            folder.mkdir()
            for name in ("tokenized.0", "offset.0"):
                shutil.copy(source / name, folder)
        subprocess.run([*python, COMPILE], check=True)
        idle = measured([*python, COMPILE])
        commands = {
            "corpus_engine": [sys.executable, "-m", sort_process.__name__, str(ours), "0", "2"],
            "infini_gram": indexing(theirs),
        }
        found = least(commands, theirs / "table.0")
        steps = subprocess.check_output([*python, STEPS, str(ours)])
        if (ours / "table.0").read_bytes() != (theirs / "table.0").read_bytes():
            raise SystemExit("the two suffix arrays differ")
    mine = found["corpus_engine"]
    return {
        "n_tokens": n_units,
        "cores": 1,
        **found,
        "ratios": {
            key: round(found["infini_gram"][key] / mine[key], 1) for key in ("wall_s", "cpu_s")
        },
        "our_cpu_s_by_step": json.loads(steps),
        "idle_bytes": idle["peak_bytes"],
        "peak_bytes_a_token": round((mine["peak_bytes"] - idle["peak_bytes"]) / n_units, 1),
    }


def indexing(folder: Path) -> list[str]:
    """Return the command by which infini-gram sorts the stream in a folder."""
    command = [sys.executable, "-m", "infini_gram.indexing", "--data_dir", str(folder)]
    command += ["--save_dir", str(folder), "--token_dtype", "u16", "--cpus", "1", "--mem", "8"]
    return [*command, "--ulimit", str(resource.getrlimit(resource.RLIMIT_NOFILE)[0])]


def least(commands: Mapping[str, Sequence[str]], made: Path) -> dict[str, dict[str, float]]:
    """Run each command a few times, in turns; return the least of each of its numbers.

    `made` is deleted before each round, since infini-gram makes nothing that is there.
    """
    rounds = []
    for _ in range(ROUNDS):
        made.unlink(missing_ok=True)
        rounds.append({name: measured(command) for name, command in commands.items()})
    return {
        name: {key: min(one[name][key] for one in rounds) for key in rounds[0][name]}
        for name in commands
    }


def whole(cache: Path) -> dict[str, Any]:
    """Build an index from text on all cores, and compare its memory with the stated bound."""
    jobs = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(dir=cache) as temporary:
        out = Path(temporary) / "index"
        found = measured([sys.executable, "-c", WHOLE, str(out), str(jobs)])
        with CorpusIndex.open(out) as index:
            n_tokens, n_words = index.n_tokens, index._text_encoder.vocabulary_size
            longest = max(2 * shard.n_units for shard in index._search.shards)
    bound = build_bytes(longest, 2, jobs, n_words)
    return {
        "n_tokens": n_tokens,
        "distinct_words": n_words,
        "jobs": jobs,
        **found,
        "bound_bytes": bound,
        "peak_over_bound": round(found["peak_bytes"] / bound, 2),
    }


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="Folder for the indexes.")
    cache = parser.parse_args().cache
    results = {"sorting": sorting(word_index(cache)), "whole": whole(cache)}
    data = {
        "text": f"Wikipedia passages, {COPIES} copies, documents and sentences shuffled",
        "load_average": round(os.getloadavg()[0], 1),
    }
    record("engine_build", results, data=data, packages=("pydivsufsort", "infini-gram"))
    print(results)


if __name__ == "__main__":
    main()
