"""How fast the two runtimes for GGUF models read prompts and write answers.

    python -m eval.benchmarks.bench_generators --cache DIR [--model NAME] [-n N]

The same model, and prompts as QuCo makes them: a question of 2WikiMultihopQA's development half
with its supporting passages. Runtimes take turns at each prompt, after all have read the worked
examples; ik_llama.cpp once more without guessing ahead, which tells what that is worth.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from eval.benchmarks import verdict_data
from eval.benchmarks.record import record
from eval.benchmarks.retrieval_data import DATA
from quco.adapters.generator import ik_llama
from quco.adapters.generator.ik_llama import IkLlamaGenerator
from quco.adapters.generator.llama_cpp import LlamaCppGenerator
from quco.models import find_spec, main_file
from quco.ports import Generator
from quco.prompts import FewShotPrompt
from quco.reading import DocumentReader
from quco.types import Generation, GenerationRequest, Passage

MAX_TOKENS = 96


class Timed(NamedTuple):
    """One answer, and its seconds."""

    found: Generation
    seconds: float


def main() -> None:
    """Measure and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, help="Not needed; all benchmarks take it.")
    parser.add_argument("--model", default="qwen2.5-1.5b")
    parser.add_argument("-n", type=int, default=30, help="Prompts.")
    options = parser.parse_args()
    path, prompt = main_file(options.model), find_spec(options.model).prompt
    requests = list(islice(prompts(prompt), options.n))
    llama, ik = LlamaCppGenerator(path), IkLlamaGenerator(path)
    runtimes: dict[str, Callable[[GenerationRequest], Timed]] = {
        "llama.cpp": lambda request: timed(llama, request),
        "ik_llama.cpp": lambda request: timed(ik, request),
        "ik_llama.cpp, without guesses": lambda request: timed(ik, request, guessed=0),
    }
    for generator in (llama, ik):
        generator.read_ahead(prompt.request("", (), "", 1))
    answers: dict[str, list[Timed]] = {name: [] for name in runtimes}
    for request in requests:
        for name, answer in runtimes.items():
            answers[name].append(answer(request))
            forget(ik, prompt)
    results: dict[str, Any] = {name: speeds(found) for name, found in answers.items()}
    texts = [[one.found.text for one in found] for found in answers.values()]
    results["same_answers"] = sum(len(set(each)) == 1 for each in zip(*texts, strict=True))
    data = {
        "questions": "qa_2wiki.jsonl, development half, supporting passages of corpus_2wiki",
        "n": len(requests),
        "model": options.model,
    }
    packages = ("xllamacpp", "ik-llama-cpp-python")
    print(record("generators", results, data=data, packages=packages), results)


def prompts(prompt: FewShotPrompt) -> Iterator[GenerationRequest]:
    """Yield the prompts."""
    reader = DocumentReader([DATA / "corpus_2wiki.jsonl.gz"])
    articles = {document.title: document.text for document in reader}
    for sample in verdict_data.read("qa_2wiki.jsonl"):
        titles = sample["supporting_titles"]
        if verdict_data.is_validation(sample["id"]) or not all(t in articles for t in titles):
            continue
        shown = [Passage(title, articles[title], title) for title in titles]
        yield prompt.request(sample["question"], shown, "", MAX_TOKENS)


def timed(
    generator: Generator, request: GenerationRequest, *, guessed: int = ik_llama.GUESSED
) -> Timed:
    """Answer with so many guesses, where the runtime guesses."""
    usual, ik_llama.GUESSED = ik_llama.GUESSED, guessed
    try:
        begun = time.perf_counter()
        (found,) = generator.generate([request])
        return Timed(found, time.perf_counter() - begun)
    finally:
        ik_llama.GUESSED = usual


def forget(ik: IkLlamaGenerator, prompt: FewShotPrompt) -> None:
    """Let the runtime forget the last question, and what it laid aside: it is asked the same."""
    ik.generate([prompt.request(40 * word, (), "", 1) for word in ("one ", "two ")])


def speeds(answers: list[Timed]) -> dict[str, float]:
    """Return tokens a second, over all answers."""
    read = sum(one.found.n_prompt_tokens - one.found.n_cached_tokens for one in answers)
    reading = sum(one.found.first_token_s or 0.0 for one in answers)
    written = sum(one.found.n_completion_tokens for one in answers)
    total = sum(one.seconds for one in answers)
    return {
        "read_tokens_per_s": read / reading,
        "written_tokens_per_s": written / (total - reading),
        "seconds_an_answer": total / len(answers),
        "tokens_read": read / len(answers),
        "tokens_written": written / len(answers),
    }


if __name__ == "__main__":
    main()
