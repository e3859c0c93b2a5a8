"""What llama.cpp alone offers: prompts that are not read twice, grammars, entropies."""

from __future__ import annotations

import http.client
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from quco.adapters.generator.llama_cpp import LlamaCppGenerator
from quco.prompts import FewShotPrompt
from quco.types import GenerationRequest, Message

EXAMPLES = FewShotPrompt().request("", (), "", 1)
QUESTION = FewShotPrompt().request("What is the capital of France?", (), "", 24)


def generator(path: Path, memory: Path | None = None, *, parallel: int = 1) -> LlamaCppGenerator:
    return LlamaCppGenerator(path, context_tokens=1024, parallel=parallel, memory=memory)


@pytest.fixture(scope="module")
def llama(small_gguf: Path) -> LlamaCppGenerator:
    return generator(small_gguf)


def test_a_draft_that_goes_on_reads_only_what_is_new(llama: LlamaCppGenerator) -> None:
    (first,) = llama.generate([QUESTION])
    (second,) = llama.generate(
        [FewShotPrompt().request("What is the capital of France?", (), first.text, 8)]
    )
    assert second.n_prompt_tokens > first.n_prompt_tokens > 200
    assert second.n_cached_tokens >= first.n_prompt_tokens - 1
    assert second.first_token_s is not None
    assert second.first_token_s > 0


@pytest.mark.parametrize("parallel", [1, 2])
def test_what_was_read_once_is_known_to_the_next(
    small_gguf: Path, tmp_path: Path, parallel: int
) -> None:
    memory = tmp_path / "not made yet"
    first = generator(small_gguf, memory, parallel=parallel)
    first.read_ahead(EXAMPLES)
    expected = first.generate([QUESTION] * parallel)
    del first
    second = generator(small_gguf, memory, parallel=parallel)
    second.read_ahead(EXAMPLES)
    found = second.generate([QUESTION] * parallel)
    assert [one.text for one in found] == [one.text for one in expected]
    assert all(one.n_cached_tokens > 200 for one in found)
    assert all(one.n_prompt_tokens - one.n_cached_tokens < 20 for one in found)


def test_a_damaged_state_is_read_anew(small_gguf: Path, tmp_path: Path) -> None:
    generator(small_gguf, tmp_path).read_ahead(EXAMPLES)
    (state,) = tmp_path.glob("*.state")
    whole = state.read_bytes()
    state.write_bytes(whole[: len(whole) // 2])
    llama = generator(small_gguf, tmp_path)
    llama.read_ahead(EXAMPLES)
    (found,) = llama.generate([QUESTION])
    assert "Paris" in found.text
    assert found.n_cached_tokens > 200
    assert state.stat().st_size == len(whole)


def test_a_folder_that_cannot_be_written_does_no_harm(small_gguf: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    llama = generator(small_gguf, tmp_path / "file" / "states")
    llama.read_ahead(EXAMPLES)
    (found,) = llama.generate([QUESTION])
    assert found.n_cached_tokens > 200


def test_slots_that_cannot_be_reached_do_no_harm(
    small_gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise http.client.HTTPException

    monkeypatch.setattr(http.client.HTTPConnection, "request", refuse)
    llama = generator(small_gguf, tmp_path)
    llama.read_ahead(EXAMPLES)
    assert llama.generate([QUESTION])[0].n_cached_tokens > 200
    assert not list(tmp_path.glob("*.state"))


@pytest.mark.parametrize("template", ["plain", "chat"])
def test_entropies_come_with_log_probabilities(small_gguf: Path, template: str) -> None:
    llama = LlamaCppGenerator(small_gguf, context_tokens=512, template=template)  # type: ignore[arg-type]
    assert llama.capabilities.entropy == "top_k"
    request = GenerationRequest(
        (Message("user", "The capital of France is"),), max_tokens=4, logprobs=True
    )
    (found,) = llama.generate([request])
    assert len(found.tokens) == 4
    for token in found.tokens:
        assert token.entropy is not None
        # at least that of "this token or another", at most that of 21 equal ones
        p = math.exp(token.logprob)
        rest = 1 - p
        least = -p * token.logprob - (rest * math.log(rest) if rest > 0 else 0)
        assert least - 1e-3 <= token.entropy <= math.log(21)


def test_a_grammar_is_kept_to(llama: LlamaCppGenerator) -> None:
    request = GenerationRequest(
        (Message("user", "Is Paris in France? Answer:"),),
        max_tokens=8,
        grammar='root ::= " certainly" | " by no means"',
    )
    (found,) = llama.generate([request])
    assert found.text in {" certainly", " by no means"}
    assert found.finish_reason == "stop"


def test_a_model_that_has_nothing_to_say_says_nothing(llama: LlamaCppGenerator) -> None:
    (found,) = llama.generate(
        [GenerationRequest((Message("user", "2, 4,"),), stop=(" ",), max_tokens=8)]
    )
    assert (found.text, found.finish_reason) == ("", "stop")


@pytest.mark.parametrize("crowded", [True, False])
def test_waiting_threads_sleep_on_a_crowded_machine(crowded: bool) -> None:
    code = (
        "import os; from quco.adapters.generator import llama_cpp; "
        f"llama_cpp._runtime(crowded={crowded}); assert 'OMP_WAIT_POLICY' not in os.environ"
    )
    kept = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=kept | {"OMP_DISPLAY_ENV": "verbose"},
        capture_output=True,
        text=True,
        check=True,
    )
    if "GOMP_SPINCOUNT" not in done.stderr:
        pytest.skip("this build of llama.cpp does without GNU's OpenMP")
    assert ("GOMP_SPINCOUNT = '0'" in done.stderr) is crowded
