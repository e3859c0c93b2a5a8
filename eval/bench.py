"""Opens the parts that a configuration names."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.config import GeneratorSection, IndexSection, PromptSection, RunConfig
from eval.datasets import fresh, load_samples, take
from eval.extraction import PooledExtractor
from eval.methods import Parts
from eval.types import Sample
from quco.adapters.extractor.spacy import DEFAULT_PIPELINE
from quco.indexing import PASSAGES
from quco.loading import load_generator
from quco.models import CATALOGUE, main_file
from quco.ports import Extractor, Generator
from quco.types import Passage, Progress
from quco.wiring import QuCo
from retrievers.files import read_manifest
from retrievers.store import PassageStore


def open_samples(config: RunConfig) -> list[Sample]:
    """Return the questions of a run, their supporting passages looked up where they have none."""
    data = config.data
    form = data.form or data.name
    used = (
        {s.id for s in load_samples(data.path.parent / data.without, form)}
        if data.without
        else set()
    )
    samples = fresh(load_samples(data.path, form), data.looked_at, seed=data.seed)
    seed = data.seed if data.order == "hash" else None
    unused = [sample for sample in samples if sample.id not in used]
    return with_gold(take(unused, data.split, limit=data.limit, seed=seed), config.index.path)


@contextmanager
def open_parts(
    config: RunConfig, generator: Generator, progress: Progress | None = None
) -> Iterator[Parts]:
    """Yield what all methods share; closed at the end."""
    index = config.index
    with ExitStack() as stack:
        quco = stack.enter_context(
            QuCo(
                index.path,
                method=index.retrieval,
                pipeline=index.pipeline,
                statistics=index.statistics,
                progress=progress,
            )
        )
        yield Parts(
            generator=generator,
            retriever=quco.retriever,
            statistics=quco.statistics,
            extractor=_extractor(index, config.jobs, quco, stack),
            prompt=config.prompt.build(config.data.name),
            one_corpus=quco.one_corpus,
        )


def open_generator(
    section: GeneratorSection, prompt: PromptSection, progress: Progress | None = None
) -> Generator:
    """Return the language model, with the template that the prompt wants."""
    path = model_file(section, progress)
    if section.backend == "transformers":
        from quco.adapters.generator.transformers import TransformersGenerator

        source = path or section.model
        return TransformersGenerator(
            source, template=prompt.template, device=section.device, dtype=section.dtype
        )
    if path is not None:
        from quco.adapters.generator.llama_cpp import LlamaCppGenerator

        return LlamaCppGenerator(
            path,
            template=prompt.template,
            context_tokens=section.context_tokens,
            parallel=section.batch_size,
        )
    return load_generator(section.model, progress)


def model_file(section: GeneratorSection, progress: Progress | None = None) -> Path | None:
    """Return the model's file, pulled first where it must be; None for a folder or an address."""
    if section.model in CATALOGUE:
        return main_file(section.model, progress)
    return Path(section.model) if section.model.endswith(".gguf") else None


def with_gold(samples: Sequence[Sample], index: Path) -> list[Sample]:
    """Return the samples, with the index's passages for the supporting titles of each."""
    wanted = {title for s in samples if not s.gold for title in s.supporting_titles}
    if not wanted:
        return list(samples)
    by_title: dict[str, list[Passage]] = defaultdict(list)
    folder = index / PASSAGES
    store = PassageStore.open(folder / read_manifest(folder)["store"].folder)
    for passage in store:
        if passage.title in wanted:
            by_title[passage.title].append(Passage(passage.id, passage.text, passage.title))
    store.close()
    return [
        s if s.gold else replace(s, gold=tuple(p for t in s.supporting_titles for p in by_title[t]))
        for s in samples
    ]


def fingerprints(config: RunConfig) -> dict[str, Any]:
    """Return the SHA-256 of the model, of the index's manifests and of the questions.

    The manifests of an index hold the checksums of its other files. A model that is no single
    file has None.
    """
    path = model_file(config.generator)
    manifests = sorted(config.index.path.rglob("*.json"))
    return {
        "model": _digest(path) if path else None,
        "index": {str(p.relative_to(config.index.path)): _digest(p) for p in manifests},
        "questions": _digest(config.data.path),
    }


def _extractor(index: IndexSection, jobs: int, quco: QuCo, stack: ExitStack) -> Extractor:
    if jobs == 1:
        return quco.extractor
    pooled = PooledExtractor(index.pipeline or DEFAULT_PIPELINE, jobs)
    stack.callback(pooled.close)
    return pooled


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
