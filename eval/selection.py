"""Chooses the prompt for a generator on development questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from eval.bench import open_generator
from eval.config import GeneratorSection, PromptSection, RunConfig
from eval.report.reading import Run
from eval.report.table import Row, build_table
from eval.runner import Say, run
from quco.errors import UsageError
from quco.ports import Generator
from quco.types import Progress

LEAST_FINAL = 97.0
"""Percent of the answers that must state a final answer."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A prompt and how it did."""

    name: str
    """Its name in the configuration."""

    prompt: PromptSection
    """The prompt."""

    rows: tuple[Row, ...]
    """The table of its run."""

    @property
    def exact_match(self) -> float:
        """Mean over the methods, in percent."""
        return mean(row.exact_match.mean for row in self.rows)

    @property
    def f1(self) -> float:
        """Mean over the methods, in percent."""
        return mean(row.f1 for row in self.rows)

    @property
    def final_percent(self) -> float:
        """Least of the methods."""
        return min(row.final_percent for row in self.rows)

    @property
    def asked_percent(self) -> float:
        """Greatest of the methods."""
        return max(row.asked_percent for row in self.rows)

    @property
    def admissible(self) -> bool:
        """Whether enough answers state a final answer."""
        return self.final_percent >= LEAST_FINAL


def try_prompts(
    config: RunConfig, out: Path, *, progress: Progress | None = None, say: Say | None = None
) -> list[Candidate]:
    """Run every prompt of the configuration on the development half; return them, best first.

    The best has the highest mean exact match over the methods among those with enough final
    answers, ties broken by F1. Each has a run's folder of its own, so that it can be looked at,
    and a selection that was killed goes on.

    Raises
    ------
    UsageError
        If the configuration has no prompts.
    """
    if not config.prompts:
        raise UsageError("the configuration has no prompts to choose from: add tables [prompts.*]")
    development = config.data.model_copy(update={"split": "development"})
    candidates = []
    loaded = _Loaded(config.generator, progress)
    for name, prompt in sorted(config.prompts.items(), key=lambda item: item[1].template):
        folder = out / name
        one = config.model_copy(update={"data": development, "prompt": prompt})
        run(one, folder, generator=loaded.with_template(prompt), progress=progress, say=say)
        candidate = Candidate(name, prompt, tuple(build_table(Run(folder))))
        candidates.append(candidate)
        if say is not None:
            say(f"{name}: EM {candidate.exact_match:.1f}, final {candidate.final_percent:.1f} %")
    return sorted(candidates, key=lambda c: (c.admissible, c.exact_match, c.f1), reverse=True)


class _Loaded:
    """The generator, loaded anew only where the template changes."""

    def __init__(self, section: GeneratorSection, progress: Progress | None) -> None:
        self._section = section
        self._progress = progress
        self._template = ""
        self._generator: Generator | None = None

    def with_template(self, prompt: PromptSection) -> Generator:
        if self._generator is None or prompt.template != self._template:
            self._generator = None  # the old one's memory is free before the new one is loaded
            self._generator = open_generator(self._section, prompt, self._progress)
            self._template = prompt.template
        return self._generator


def as_toml(candidates: Sequence[Candidate], config: RunConfig) -> str:
    """Return the best prompt as a TOML file for ``quco eval run --prompt``."""
    best = candidates[0]
    fields = best.prompt.model_dump(exclude_none=True)
    return "\n".join(
        [
            f"# Chosen for {config.generator.model}",
            f"# on {best.rows[0].n} development questions of {config.data.name}:",
            f"# {best.name}, EM {best.exact_match:.1f}, final answers {best.final_percent:.1f} %.",
            *(f"{key} = {_toml(value)}" for key, value in fields.items()),
            "",
        ]
    )


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    return str(value)
