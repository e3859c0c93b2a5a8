"""Run benchmarks: all of them, or those that are named.

    python -m eval.benchmarks --cache DIR [NAME ...]

Each runs in a process of its own and writes its record into `results/`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path


def main() -> None:
    """Run each benchmark after the other; stop at the first that fails."""
    names = sorted(p.stem.removeprefix("bench_") for p in Path(__file__).parent.glob("bench_*.py"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    parser.add_argument("--cache", type=Path, required=True, help="Folder for indexes and vectors.")
    options = parser.parse_args()
    if unknown := set(options.names) - set(names):
        parser.error(f"no benchmark is called {sorted(unknown)}; there are {names}")
    for name in options.names or names:
        print(f"== {name}", flush=True)
        module = f"eval.benchmarks.bench_{name}"
        subprocess.run([sys.executable, "-m", module, "--cache", str(options.cache)], check=True)


if __name__ == "__main__":
    main()
