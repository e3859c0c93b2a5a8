"""Write what a benchmark found, with what is needed to judge and repeat it."""

import importlib.metadata
import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def record(
    name: str,
    results: Any,
    *,
    data: Mapping[str, Any],
    packages: Sequence[str] = (),
) -> Path:
    """Write `results/<name>.json` and return its path.

    Parameters
    ----------
    name : str
        Name of the benchmark.
    results : JSON value
        What was measured; units belong in the keys.
    data : mapping
        What it was measured on: files, sizes, seeds.
    packages : sequence of str
        Distributions whose versions matter.
    """
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    body = {
        "name": name,
        "machine": machine(),
        "commit": commit(),
        "date": datetime.now(UTC).date().isoformat(),
        "data": dict(data),
        "versions": {
            package: importlib.metadata.version(package) for package in ("numpy", *packages)
        },
        "results": results,
    }
    path.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def machine() -> dict[str, Any]:
    """Return processor, cores and Python of this machine."""
    model = platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def commit() -> str:
    """Return the commit that was measured, marked where the tree had changes.

    "unknown" outside a checkout.
    """
    here = Path(__file__).parent

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=here, capture_output=True, text=True, check=True
        ).stdout.strip()

    try:
        changed = git("status", "--porcelain", "--untracked-files=no")
        return git("rev-parse", "--short=12", "HEAD") + ("+changes" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
