"""What ik_llama.cpp is used for: prompts that are not read twice, guesses that change nothing."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest

from quco.adapters.generator import ik_llama, ik_runtime
from quco.adapters.generator.ik_llama import IkLlamaGenerator
from quco.adapters.generator.llama_cpp import LlamaCppGenerator
from quco.errors import MissingExtraError, ModelError, PromptTooLongError, UnknownModelError
from quco.loading import load_generator
from quco.prompts import FewShotPrompt
from quco.types import GenerationRequest, Message

EXAMPLES = FewShotPrompt().request("", (), "", 1)
QUESTION = FewShotPrompt().request("What is the capital of France?", (), "", 24)

if not ik_runtime.is_available():
    pytest.skip("ik_llama.cpp runs on Linux, on x86-64 with AVX2", allow_module_level=True)


def ask(text: str, **options: object) -> GenerationRequest:
    return GenerationRequest((Message("user", text),), **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def ik(small_gguf: Path) -> IkLlamaGenerator:
    return IkLlamaGenerator(small_gguf, context_tokens=1024)


def test_a_draft_that_goes_on_reads_only_what_is_new(ik: IkLlamaGenerator) -> None:
    (first,) = ik.generate([QUESTION])
    (second,) = ik.generate(
        [FewShotPrompt().request("What is the capital of France?", (), first.text, 8)]
    )
    assert second.n_prompt_tokens > first.n_prompt_tokens > 200
    assert second.n_cached_tokens >= first.n_prompt_tokens - 1
    assert second.first_token_s is not None
    assert second.first_token_s > 0


def test_going_back_to_what_was_read_before_costs_nothing(
    ik: IkLlamaGenerator, small_gguf: Path
) -> None:
    first, other = FewShotPrompt(), "What is the capital of Norway, a country in the north?"
    (before,) = ik.generate([QUESTION])
    (aside,) = ik.generate([first.request(other, (), "", 24)])
    assert aside.n_cached_tokens < before.n_prompt_tokens
    back = first.request("What is the capital of France?", (), before.text, 24)
    (again,) = ik.generate([back])
    assert again.n_cached_tokens >= before.n_prompt_tokens
    (aside_again,) = ik.generate([first.request(other, (), aside.text, 24)])
    assert aside_again.n_cached_tokens >= aside.n_prompt_tokens
    fresh = IkLlamaGenerator(small_gguf, context_tokens=1024)
    assert fresh.generate([back])[0].text == again.text


def test_what_is_laid_aside_takes_no_room(ik: IkLlamaGenerator) -> None:
    texts = [f"The password is {name}. " + "The sky is blue. " * 140 for name in ("sword", "fish")]
    for text in (*texts, *texts):
        (found,) = ik.generate([ask(f"{text}The password is", max_tokens=3)])
        assert found.n_prompt_tokens > 512
        assert found.text.strip()[:4] in text


def test_going_back_and_forth_changes_nothing(small_gguf: Path) -> None:
    runtime = ik_runtime.IkRuntime(small_gguf, 256, 2, 2)
    words = runtime.encode("one two three four five six seven eight nine ten " * 30)
    expected = runtime.read(words[:240]).argmax()
    for n in (200, 20, 120, 60, 180):
        runtime.read([*words[:n], *words[:20]])
        assert runtime.read(words[:240]).argmax() == expected


def test_whoever_says_enough_may_ask_the_model(ik: IkLlamaGenerator) -> None:
    asked: list[str] = []

    def enough(_text: str) -> bool:
        asked.append(ik.generate([ask("The capital of France is", max_tokens=2)])[0].text)
        return False

    plain = ask("one, two, three,", max_tokens=6)
    (expected,) = ik.generate([plain])
    (found,) = ik.generate([ask("one, two, three,", max_tokens=6, enough=enough)])
    assert found.text == expected.text
    assert set(asked) == {asked[0]}


def test_guesses_change_nothing(ik: IkLlamaGenerator, monkeypatch: pytest.MonkeyPatch) -> None:
    requests = [
        QUESTION,
        ask("one two three four, " * 12 + "one two", max_tokens=20),
        ask("Ada Roe met Bo Lee. Ada Roe knew Bo Lee. Ada", max_tokens=12),
    ]
    guessed = ik.generate(requests)
    monkeypatch.setattr(ik_llama, "GUESSED", 0)
    assert [one.text for one in ik.generate(requests)] == [one.text for one in guessed]


def test_guesses_save_steps(ik: IkLlamaGenerator, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []
    read = ik_runtime.IkRuntime.read

    def counted(self: ik_runtime.IkRuntime, tokens: list[int], wanted: int = 1) -> object:
        steps.append(wanted)
        return read(self, tokens, wanted)

    monkeypatch.setattr(ik_runtime.IkRuntime, "read", counted)
    (found,) = ik.generate([ask("one two three four, " * 12 + "one two", max_tokens=20)])
    assert found.n_completion_tokens == 20
    assert len(steps) < 12


def test_answers_are_those_of_llama_cpp(ik: IkLlamaGenerator, small_gguf: Path) -> None:
    llama = LlamaCppGenerator(small_gguf, context_tokens=1024)
    requests = [
        QUESTION,
        ask("The days of the week are Monday, Tuesday,", max_tokens=8, stop=(".",)),
        ask("Ünï¢ödé 漢字 😀 is", max_tokens=1),
    ]
    for ours, theirs in zip(ik.generate(requests), llama.generate(requests), strict=True):
        assert ours.text == theirs.text
        assert ours.n_prompt_tokens == theirs.n_prompt_tokens


def test_what_was_read_once_is_known_to_the_next(small_gguf: Path, tmp_path: Path) -> None:
    memory = tmp_path / "not made yet"
    first = IkLlamaGenerator(small_gguf, context_tokens=1024, memory=memory)
    first.read_ahead(EXAMPLES)
    (expected,) = first.generate([QUESTION])
    del first
    second = IkLlamaGenerator(small_gguf, context_tokens=1024, memory=memory)
    second.read_ahead(EXAMPLES)
    (found,) = second.generate([QUESTION])
    assert found.text == expected.text
    assert found.n_cached_tokens > 200
    assert found.n_prompt_tokens - found.n_cached_tokens < 20


def test_a_damaged_state_is_read_anew(small_gguf: Path, tmp_path: Path) -> None:
    IkLlamaGenerator(small_gguf, context_tokens=1024, memory=tmp_path).read_ahead(EXAMPLES)
    (state,) = tmp_path.glob("*.state")
    whole = state.read_bytes()
    state.write_bytes(whole[: len(whole) // 2])
    again = IkLlamaGenerator(small_gguf, context_tokens=1024, memory=tmp_path)
    again.read_ahead(EXAMPLES)
    (found,) = again.generate([QUESTION])
    assert "Paris" in found.text
    assert state.stat().st_size > len(whole) // 2


def test_a_folder_that_cannot_be_written_does_no_harm(small_gguf: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    ik = IkLlamaGenerator(small_gguf, context_tokens=1024, memory=tmp_path / "file" / "states")
    ik.read_ahead(EXAMPLES)
    assert ik.generate([QUESTION])[0].n_cached_tokens > 200


def test_it_stops_where_there_is_enough(ik: IkLlamaGenerator) -> None:
    (found,) = ik.generate([ask("one, two, three,", max_tokens=40, enough=lambda t: "six" in t)])
    assert found.text.endswith("six")
    assert found.finish_reason == "length"
    assert found.n_completion_tokens < 12


def test_a_long_prompt_is_read_in_parts(ik: IkLlamaGenerator) -> None:
    text = "The password is swordfish. " + "The sky is blue. " * 140 + "The password is"
    (found,) = ik.generate([ask(text, max_tokens=4)])
    assert found.n_prompt_tokens > ik_runtime.BATCH_TOKENS
    assert "sword" in found.text


def test_a_prompt_that_does_not_fit_is_refused(ik: IkLlamaGenerator) -> None:
    with pytest.raises(PromptTooLongError, match=r"tokens of 1024; ask a shorter question"):
        ik.generate([ask("word " * 3000, max_tokens=4)])
    assert "Paris" in ik.generate([QUESTION])[0].text


def test_an_answer_ends_where_the_context_does(ik: IkLlamaGenerator) -> None:
    prompt = "one two three " * 338
    (found,) = ik.generate([ask(prompt, max_tokens=64)])
    assert found.finish_reason == "length"
    assert found.n_prompt_tokens + found.n_completion_tokens == 1024


def test_log_probabilities_and_entropies_are_of_the_whole_vocabulary(
    ik: IkLlamaGenerator,
) -> None:
    assert ik.capabilities.entropy == "exact"
    (found,) = ik.generate([ask("The capital of France is", max_tokens=4, logprobs=True)])
    assert "".join(token.text for token in found.tokens) == found.text
    for token in found.tokens:
        p, rest = math.exp(token.logprob), 1 - math.exp(token.logprob)
        least = -p * token.logprob - (rest * math.log(rest) if rest > 0 else 0)
        assert token.entropy is not None
        assert least - 1e-3 <= token.entropy <= math.log(50_000)


def test_sampling_obeys_its_seed(ik: IkLlamaGenerator) -> None:
    def sample(seed: int) -> str:
        request = ask("Once upon a time", max_tokens=12, temperature=1.5, seed=seed)
        return ik.generate([request])[0].text

    assert sample(1) == sample(1)
    assert len({sample(seed) for seed in range(4)}) > 1


def test_a_model_that_has_nothing_to_say_says_nothing(ik: IkLlamaGenerator) -> None:
    (found,) = ik.generate([ask("2, 4,", stop=(" ",), max_tokens=8)])
    assert (found.text, found.finish_reason, found.tokens) == ("", "stop", ())


def test_tokens_end_where_the_text_does(ik: IkLlamaGenerator) -> None:
    for stop in (",", "four", "e four", "r, fi"):
        (found,) = ik.generate([ask("one, two,", max_tokens=12, stop=(stop,), logprobs=True)])
        assert stop not in found.text
        assert "".join(token.text for token in found.tokens) == found.text


def test_characters_of_several_tokens_are_whole(ik: IkLlamaGenerator) -> None:
    (found,) = ik.generate([ask("😀😀😀😀😀😀😀😀", max_tokens=7, logprobs=True)])
    assert "😀" in found.text
    assert "".join(token.text for token in found.tokens) == found.text


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownModelError, match=r"none\.gguf"):
        IkLlamaGenerator(tmp_path / "none.gguf")
    path = tmp_path / "noise.gguf"
    path.write_bytes(b"not a model" * 100)
    with pytest.raises(ModelError, match="noise"):
        IkLlamaGenerator(path)


def test_the_library_is_silent(small_gguf: Path) -> None:
    code = (
        "import sys; from pathlib import Path; "
        "from quco.adapters.generator.ik_llama import IkLlamaGenerator; "
        "IkLlamaGenerator(Path(sys.argv[1]), context_tokens=256)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(small_gguf)], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_it_is_used_where_it_is_installed(
    small_gguf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(load_generator(str(small_gguf)), IkLlamaGenerator)
    monkeypatch.setattr(ik_runtime, "is_available", lambda: False)
    other = load_generator(str(small_gguf))
    assert isinstance(other, LlamaCppGenerator)
    assert "Paris" in other.generate([QUESTION])[0].text


def test_another_processor_does_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "cpuinfo"
    monkeypatch.setattr(ik_runtime, "_PROCESSORS", told)
    assert not ik_runtime.is_available()
    told.write_text("flags : fpu sse4_2 avx\n")
    assert not ik_runtime.is_available()
    told.write_text("flags : fpu sse4_2 avx avx2\n")
    assert ik_runtime.is_available()


def test_without_the_package_the_command_is_told(
    small_gguf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ik_llama_cpp", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'quco\[fast\]'"):
        IkLlamaGenerator(small_gguf)
