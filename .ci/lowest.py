"""Run the tests of LangChain and MCP with the lowest versions that pyproject.toml allows.

    python .ci/lowest.py

The tests that run otherwise use the highest ones. The older packages, and what they in turn need
older, are installed into a virtual environment that is laid over the present one.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import venv
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[1]

PACKAGES = ("langchain-core", "langchain", "langgraph", "langchain-openai", "mcp")
"""What is installed in its lowest version."""

TESTS = (
    "tests/unit/quco/langchain",
    "tests/contract/test_tool_standard.py",
    "tests/contract/test_retriever_standard.py",
    "tests/integration/test_langchain_real.py",
    "tests/integration/test_mcp.py",
)
"""What runs on them: the chain, the tools, the middleware, the retrievers and the server."""


def main() -> None:
    """Install and run; the exit code is that of pytest."""
    pins = [f"{package}=={lowest(package)}" for package in PACKAGES]
    print("lowest versions:", *pins, flush=True)
    with tempfile.TemporaryDirectory(prefix="quco-lowest-") as folder:
        python = overlay(Path(folder))
        subprocess.run([python, "-m", "pip", "install", "--quiet", *pins], check=True)
        done = subprocess.run([python, "-m", "pytest", "-q", *TESTS], cwd=ROOT, check=False)
    sys.exit(done.returncode)


def lowest(package: str) -> str:
    """Return the version that pyproject.toml names with ``>=``."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    for requirement in chain(project["dependencies"], *extras):
        if found := re.match(rf"{re.escape(package)}>=([\w.]+)", requirement):
            return found[1]
    raise SystemExit(f"pyproject.toml names no lowest version of {package}")


def overlay(folder: Path) -> Path:
    """Make an environment that sees what is installed here; return its Python."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    find = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = subprocess.run([python, "-c", find], check=True, capture_output=True, text=True)
    below = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (Path(own.stdout.strip()) / "below.pth").write_text(below, encoding="utf-8")
    return python


if __name__ == "__main__":
    main()
