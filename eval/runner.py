"""Runs methods over questions; what is done is on disk, and a run that was killed goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from eval.bench import fingerprints, open_generator, open_parts, open_samples
from eval.config import RunConfig
from eval.machine import commit, machine, versions
from eval.methods import Method, Parts, find_method
from eval.records import Record, RunFolder
from eval.scheduling import run_many
from eval.types import Sample
from quco.errors import QuCoError
from quco.ports import Generator
from quco.types import Progress, QuestionReport
from quco.verifier import Verifier

PACKAGES = (
    "quco", "numpy", "torch", "transformers", "xllamacpp", "openai", "spacy", "faiss-cpu", "bm25s",
    "onnxruntime", "numba",
)  # fmt: skip
"""Distributions whose versions are noted."""

Say = Callable[[str], None]
"""Prints a line for people."""


def run(
    config: RunConfig,
    out: Path,
    *,
    generator: Generator | None = None,
    progress: Progress | None = None,
    say: Say | None = None,
) -> None:
    """Answer every question with every method, those that are in `out` already excepted.

    Parameters
    ----------
    config : RunConfig
        What to run.
    out : Path
        The run's folder.
    generator : Generator, optional
        A language model that is loaded already; by default that of the configuration.
    progress : callable, optional
        Called with the method, the questions done and their number.
    say : callable, optional
        Told of each method when it is done.

    Raises
    ------
    UsageError
        If `out` holds a run with another configuration.
    ConfigError
        If a method needs what the generator does not give.
    """
    samples = open_samples(config)
    with RunFolder(out, _complete(config)) as folder:
        if all((name, s.id) in folder.done for name in config.methods for s in samples):
            return
        model = generator or open_generator(config.generator, config.prompt, progress)
        with open_parts(config, model, progress) as parts:
            methods = _build(config, parts)
            _describe(config, folder, samples, parts, model)
            for name, method in methods.items():
                _run_method(name, method, samples, config, folder, progress, say)


def _complete(config: RunConfig) -> dict[str, Any]:
    """Return the configuration as JSON holds it, with every option of every method."""
    complete = config.model_dump(mode="json", exclude={"prompts"})
    for name in config.methods:
        kind, options = config.method_of(name)
        checked = find_method(kind).checked(options)
        complete["methods"][name] = {"method": kind, **checked.model_dump(mode="json")}
    return complete


def _build(config: RunConfig, parts: Parts) -> dict[str, Method[Any]]:
    methods = {}
    for name in config.methods:
        kind, options = config.method_of(name)
        methods[name] = find_method(kind)(parts, **options)
    return methods


def _describe(
    config: RunConfig,
    folder: RunFolder,
    samples: Sequence[Sample],
    parts: Parts,
    model: Generator,
) -> None:
    """Note the session and, where they are not there yet, the questions."""
    folder.add_session(
        {
            "begun": datetime.now(UTC).isoformat(timespec="seconds"),
            "commit": commit(),
            "machine": machine(),
            "versions": versions(PACKAGES),
            "generator": model.name,
            "sha256": fingerprints(config),
        }
    )
    verifier = Verifier(parts.statistics, parts.extractor)
    with ThreadPoolExecutor(config.jobs) as pool:
        reports = list(pool.map(verifier.check_question, [s.question for s in samples]))
    folder.write_questions(_question(*row) for row in zip(samples, reports, strict=True))


def _question(sample: Sample, report: QuestionReport) -> dict[str, Any]:
    row = asdict(sample)
    row["gold"] = [passage["id"] for passage in row["gold"]]
    row["entities"] = [
        {"text": e.entity.text, "count": e.count, "per_million": e.per_million}
        for e in report.entities
    ]
    return row


def _run_method(
    name: str,
    method: Method[Any],
    samples: Sequence[Sample],
    config: RunConfig,
    folder: RunFolder,
    progress: Progress | None,
    say: Say | None,
) -> None:
    pending = [s for s in samples if (name, s.id) not in folder.done]
    tasks = [(s.id, partial(method.steps, s)) for s in pending]
    failed = 0
    start = time.perf_counter()
    outcomes = run_many(
        tasks, method.world, batch_size=config.generator.batch_size, jobs=config.jobs
    )
    for n, (identity, outcome) in enumerate(outcomes, 1):
        if isinstance(outcome, QuCoError):
            failed += 1
            folder.add(Record(name, identity, None, f"{type(outcome).__name__}: {outcome}"))
        else:
            folder.add(Record(name, identity, outcome.to_dict()))
        if progress is not None:
            progress(name, len(samples) - len(pending) + n, len(samples))
    seconds = time.perf_counter() - start
    if pending:
        folder.add_time(name, len(pending), seconds)
    if say is not None:
        trouble = f", {failed} failed" if failed else ""
        say(f"{name}: {len(pending)} questions in {seconds:,.1f} s{trouble}")
