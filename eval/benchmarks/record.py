"""Write what a benchmark found, with what is needed to judge and repeat it."""

import importlib.metadata
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval.machine import commit, machine
from quco.adapters.generator.ik_runtime import is_available

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


def gguf_runtime() -> tuple[str, str]:
    """Return what runs GGUF models here, and its distribution; see `quco.loading`."""
    fast = is_available()
    return ("ik_llama.cpp", "ik-llama-cpp-python") if fast else ("llama.cpp", "xllamacpp")


def read(name: str) -> dict[str, Any]:
    """Return the record `results/<name>.json`."""
    content: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return content


def where(record: Mapping[str, Any]) -> str:
    """Return on what a record was measured, for people."""
    machine = record["machine"]
    return f"{machine['cores']} cores, {machine['processor']}, commit {record['commit']}"
