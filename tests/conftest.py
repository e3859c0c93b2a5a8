"""Models and indexes that several tests share; made once a session."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from quco.demo import build_demo
from quco.models import main_file

# A busy machine must not fail a test: nothing here asserts how long it takes.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def small_gguf() -> Path:
    """The embedded language model, pulled where it is not there yet."""
    return main_file("smollm2-135m")


@pytest.fixture(scope="session")
def demo_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo corpus, indexed."""
    folder = tmp_path_factory.mktemp("demo") / "index"
    build_demo(folder)
    return folder
