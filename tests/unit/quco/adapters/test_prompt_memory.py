"""States of read prompts: found again for the same model and prompt only, and never damaged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from quco.adapters.generator.prompt_memory import KEPT, PromptMemory


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"weights" * 1000)
    return path


@pytest.fixture
def memory(model: Path, tmp_path: Path) -> PromptMemory:
    (tmp_path / "states").mkdir()
    return PromptMemory(tmp_path / "states", model, "llama 1")


def keep(memory: PromptMemory, prompt: str, state: bytes = b"state") -> str:
    name = memory.name(prompt)
    (memory.folder / "written").write_bytes(state)
    memory.keep("written", name)
    return name


def test_what_was_kept_is_there(memory: PromptMemory) -> None:
    assert not memory.holds(memory.name("prompt"))
    name = keep(memory, "prompt")
    assert memory.holds(name)
    assert (memory.folder / name).read_bytes() == b"state"


def test_another_prompt_model_or_runtime_has_another_name(
    memory: PromptMemory, model: Path
) -> None:
    names = {memory.name("prompt"), memory.name("another prompt")}
    names.add(PromptMemory(memory.folder, model, "llama 2").name("prompt"))
    model.write_bytes(b"Weights" * 1000)
    names.add(PromptMemory(memory.folder, model, "llama 1").name("prompt"))
    assert len(names) == 4


def test_a_model_changed_in_the_middle_is_another(memory: PromptMemory, model: Path) -> None:
    before = memory.name("prompt")
    os.utime(model, ns=(0, 0))
    assert PromptMemory(memory.folder, model, "llama 1").name("prompt") != before


@pytest.mark.parametrize("damage", [b"", b"stat", b"stale", b"state and more"])
def test_a_damaged_state_is_not_there(memory: PromptMemory, damage: bytes) -> None:
    name = keep(memory, "prompt")
    (memory.folder / name).write_bytes(damage)
    assert not memory.holds(name)


def test_a_state_without_checksum_is_not_there(memory: PromptMemory) -> None:
    name = keep(memory, "prompt")
    (memory.folder / f"{name}.sha256").unlink()
    assert not memory.holds(name)


def test_the_oldest_go(memory: PromptMemory) -> None:
    names = []
    for number in range(KEPT + 2):
        names.append(keep(memory, f"prompt {number}"))
        os.utime(memory.folder / names[-1], (number, number))
    assert [memory.holds(name) for name in names] == [False, False] + [True] * KEPT
    assert len(list(memory.folder.iterdir())) == 2 * KEPT
