"""What the control loop itself costs, and what it asks of a language model.

    python -m eval.benchmarks.bench_controller --cache DIR

Overhead: gold reasoning chains, one sentence a fact, are played back by a scripted generator, so
that all time is the loop's and the corpus's. Processor time is told by part: the loop (prompts,
drafts, decisions), extraction (entities and claims), evidence (counts, windows, verdicts). Cost: a
real model answers questions; each answer is kept in the cache folder as it comes, and a second run
goes on from there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any, NamedTuple

from eval.benchmarks.record import gguf_runtime, record
from eval.benchmarks.retrieval_data import DATA
from eval.metrics import exact_match, token_f1
from quco.adapters.generator.scripted import ScriptedGenerator
from quco.answer import Answer
from quco.config import NO_RETRIEVAL, ControllerPolicy
from quco.controller import Controller
from quco.ports import ExtractionContext, Extractor
from quco.types import Entity, GenerationRequest, Passage, Triplet
from quco.verifier import Verifier
from quco.wiring import QuCo

CORPUS = DATA / "corpus_2wiki.jsonl.gz"
QUESTIONS = DATA / "qa_2wiki.jsonl"
N_OVERHEAD = 100


def main() -> None:
    """Measure both and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="Folder for index and answers.")
    parser.add_argument("--index", type=Path, help="An index of the corpus that exists already.")
    parser.add_argument("--model", default="qwen2.5-1.5b")
    parser.add_argument("-n", type=int, default=50, help="Questions for the model, or 0.")
    options = parser.parse_args()
    folder = options.cache / "controller"
    folder.mkdir(parents=True, exist_ok=True)
    index = options.index or folder / "index"
    if not index.exists():
        QuCo.build([CORPUS], index)
    samples = list(validation())
    with QuCo(index, model=options.model) as quco:
        results: dict[str, Any] = {"overhead": overhead(quco, samples)}
        if options.n:
            kept = folder / f"{options.model}.jsonl"
            results["cost"] = cost(quco, samples[: options.n], kept)
    runtime, package = gguf_runtime()
    data = {
        "corpus": CORPUS.name,
        "questions": QUESTIONS.name,
        "split": "the validation half by hash of the id",
        "n_overhead": N_OVERHEAD,
        "n_cost": options.n,
        "model": options.model,
        "runtime": runtime,
    }
    print(record("controller", results, data=data, packages=(package, "spacy")))
    print(json.dumps(results, indent=1))


def validation() -> Iterator[dict[str, Any]]:
    """Yield the questions that nothing was fitted on."""
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        sample = json.loads(line)
        if int(hashlib.sha256(sample["id"].encode()).hexdigest(), 16) % 2:
            yield sample


# ------------------------------------------------------------ overhead


def overhead(quco: QuCo, samples: list[dict[str, Any]]) -> dict[str, Any]:
    """Return milliseconds a question without model and retriever, with checks and without."""
    script, extractor = Playback(samples), TimedExtractor(quco.extractor)
    verifier = Verifier(quco.statistics, extractor, quco.verifier.policy)
    checked = Controller(ScriptedGenerator(script), Nothing(), verifier, ControllerPolicy())
    alone = Controller(ScriptedGenerator(script), None, verifier, NO_RETRIEVAL)
    questions = list(script.chains)[:N_OVERHEAD]
    for question in list(script.chains)[N_OVERHEAD : N_OVERHEAD + 20]:  # all is loaded, compiled
        checked.run(question)
    whole = [_timed(checked, question, extractor) for question in questions]
    loop = [_timed(alone, question, extractor) for question in questions]
    n_sentences = mean(len(script.chains[question]) for question in questions)
    parts = {
        "loop": median(one.cpu for one in loop),
        "extraction": median(one.extraction for one in whole),
        "evidence": median(
            one.cpu - one.extraction - bare.cpu for one, bare in zip(whole, loop, strict=True)
        ),
    }
    return {
        "median_ms": median(one.wall for one in whole),
        "p95_ms": quantiles((one.wall for one in whole), n=20)[-1],
        "cpu_median_ms": median(one.cpu for one in whole),
        "cpu_median_ms_by_part": parts,
        "cpu_mean_ms_a_sentence": mean(one.cpu for one in whole) / n_sentences,
        "loop_alone_median_ms": median(one.wall for one in loop),
        "load_average": os.getloadavg()[0],
        "sentences_checked": n_sentences,
    }


class Times(NamedTuple):
    """Milliseconds of one question."""

    wall: float
    """By the clock."""

    cpu: float
    """Of work of this process."""

    extraction: float
    """Of those, spent in the extractor."""


def _timed(controller: Controller, question: str, extractor: TimedExtractor) -> Times:
    extractor.spent_s = 0.0
    wall, cpu = time.perf_counter(), time.process_time()
    controller.run(question)
    spent = (time.perf_counter() - wall, time.process_time() - cpu, extractor.spent_s)
    return Times(*(1000 * seconds for seconds in spent))


class TimedExtractor:
    """An extractor that adds up the processor time it takes."""

    def __init__(self, extractor: Extractor) -> None:
        self._extractor = extractor
        self.spent_s = 0.0

    def split(self, text: str) -> list[str]:
        """Return sentences; splitting a draft is the loop's work."""
        return self._extractor.split(text)

    def entities(self, text: str) -> list[Entity]:
        """Return the entities of a text."""
        with self._clock():
            return self._extractor.entities(text)

    def triplets(self, sentence: str, context: ExtractionContext | None = None) -> list[Triplet]:
        """Return the claims of a sentence."""
        with self._clock():
            return self._extractor.triplets(sentence, context)

    @contextmanager
    def _clock(self) -> Iterator[None]:
        begun = time.process_time()
        try:
            yield
        finally:
            self.spent_s += time.process_time() - begun


class Playback:
    """Writes the gold chain of the question at the end of a prompt."""

    def __init__(self, samples: list[dict[str, Any]]) -> None:
        self.chains = {one_line(sample["question"]): list(_chain(sample)) for sample in samples}

    def __call__(self, request: GenerationRequest) -> str:
        """Return the rest of the chain."""
        asked = request.messages[-1].content.rsplit("Question: ", 1)[1]
        question = asked.removesuffix("\nAnswer:")
        whole = "".join(f" {sentence}" for sentence in self.chains[one_line(question)])
        return whole.removeprefix(request.prefix)


def one_line(text: str) -> str:
    """Return a question as prompts show it: white space made single."""
    return " ".join(text.split())


def _chain(sample: Mapping[str, Any]) -> Iterator[str]:
    for head, relation, tail in sample["evidences"]:
        yield f"The {relation} of {head} is {tail}."
    yield f"So the answer is {sample['answer']}."


@dataclass(frozen=True, slots=True)
class Nothing:
    """A retriever that finds nothing, at once."""

    def retrieve(self, _query: str, _k: int) -> list[Passage]:
        """Return no passage."""
        return []


# ------------------------------------------------------------ cost


def cost(quco: QuCo, samples: list[dict[str, Any]], kept: Path) -> dict[str, Any]:
    """Return what a real model's answers cost and are worth."""
    known = {}
    if kept.exists():
        lines = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
        known = {line["id"]: line["answer"] for line in lines}
    with kept.open("a", encoding="utf-8") as sink:
        for sample in samples:
            if sample["id"] not in known:
                known[sample["id"]] = quco.ask(sample["question"]).to_dict()
                line = {"id": sample["id"], "answer": known[sample["id"]]}
                sink.write(json.dumps(line, ensure_ascii=False) + "\n")
                sink.flush()
    answers = [Answer.from_dict(known[sample["id"]]) for sample in samples]
    calls = [answer.usage.llm_calls for answer in answers]
    seconds = {
        part: mean(answer.usage.seconds.get(part, 0.0) for answer in answers)
        for part in ("generate", "check", "retrieve")
    }
    return {
        **score(samples, [answer.to_dict() for answer in answers]),
        "llm_calls_most": max(calls),
        "questions_by_llm_calls": {str(n): calls.count(n) for n in sorted(set(calls))},
        "mean_seconds_by_part": seconds,
    }


def score(gold: list[dict[str, Any]], found: list[dict[str, Any]]) -> dict[str, float]:
    """Return quality and cost, as means over the questions unless the name says otherwise."""
    pairs = list(zip(gold, found, strict=True))
    references = [[g["answer"], *g.get("answer_aliases", [])] for g in gold]
    finals = [answer["final"] for answer in found]
    usage = [answer["usage"] for answer in found]
    seconds = [sum(each["seconds"].values()) for each in usage]
    return {
        "n": len(pairs),
        "exact_match_percent": 100 * mean(map(exact_match, finals, references)),
        "token_f1_percent": 100
        * mean(token_f1(a, r).f1 for a, r in zip(finals, references, strict=True)),
        "final_answer_percent": 100 * mean(bool(final) for final in finals),
        "llm_calls": mean(each["llm_calls"] for each in usage),
        "retrievals": mean(each["retrievals"] for each in usage),
        "prompt_tokens": mean(each["prompt_tokens"] for each in usage),
        "completion_tokens": mean(each["completion_tokens"] for each in usage),
        "median_seconds": median(seconds),
    }


if __name__ == "__main__":
    main()
