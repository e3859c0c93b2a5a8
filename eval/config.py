"""What a run is made of, as a TOML file says it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.datasets import FORMATS, Half, Split
from eval.demonstrations import demonstrations
from eval.methods import METHODS, find_method
from eval.prompting import Layout, PromptVariant
from quco.errors import ConfigError, InputError


def _every_method() -> dict[str, dict[str, Any]]:
    return {name: {} for name in METHODS}


class Section(BaseModel):
    """A table of the file; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DataSection(Section):
    """The questions."""

    path: Path
    """Their file."""

    name: str
    """The data set: its worked examples and its metric; see `eval.demonstrations`."""

    form: str | None = None
    """A key of `eval.datasets.FORMATS`; None for the official format of the data set."""

    split: Split = "all"
    """Which half, by hash of the id."""

    limit: int | None = Field(default=None, ge=1)
    """Questions, at most."""

    seed: int = 0
    """Chooses and orders the questions."""

    looked_at: dict[Half, int] = Field(default_factory=dict)
    """Questions of each half, the first by seed, that were looked at while something was chosen:
    they are left out."""

    without: Path | None = None
    """A file of the same form beside `path` whose questions are left out, by their ids."""

    order: Literal["hash", "file"] = "hash"
    """By seed and id, or as the file has them."""


class IndexSection(Section):
    """The corpus."""

    path: Path
    """A folder that `quco index build` made."""

    retrieval: Literal["hybrid", "dense", "bm25", "evidence"] = "hybrid"
    """How passages are found."""

    statistics: str | None = None
    """Address and index of an infini-gram service, ``http://HOST/#INDEX``, that is asked for counts
    in place of the folder's corpus; passages are the folder's."""

    pipeline: str | None = None
    """Name of an installed spaCy pipeline; None for the default."""


class GeneratorSection(Section):
    """The language model."""

    model: str
    """As `quco ask --model` takes it."""

    backend: Literal["auto", "llama.cpp", "transformers"] = "auto"
    """What runs it; "auto" as `quco ask` does, a GGUF file with llama.cpp."""

    device: str | None = None
    """For transformers, such as ``cuda:0``; None for a GPU where there is one."""

    dtype: str | None = None
    """For transformers, such as ``bfloat16``; None for its default on the device."""

    context_tokens: int = Field(default=4096, ge=256)
    """For llama.cpp: room for prompt and answer."""

    batch_size: int = Field(default=1, ge=1)
    """Drafts in one call."""


class PromptSection(Section):
    """The prompt, as chosen by `quco eval prompts`."""

    template: Literal["plain", "chat"] = "plain"
    """Bare text that is continued, or the model's chat template."""

    n_demonstrations: int | None = Field(default=None, ge=0)
    """Worked examples; None for all there are."""

    passage_chars: int = Field(default=1200, ge=50)
    """A longer passage is cut."""

    focused: bool = False
    """Whether only the sentences of a passage that bear on the question are shown."""

    instruction: str = ""
    """A paragraph before the worked examples."""

    reminder: str = ""
    """A line between passages and question."""

    layout: Layout = "text"
    """Worked examples in one message, or as turns."""

    numbered: bool = True
    """Whether passages are numbered."""

    def build(self, data_set: str) -> PromptVariant:
        """Return the prompt for a data set."""
        fields = self.model_dump(exclude={"template", "n_demonstrations"})
        return PromptVariant(demonstrations(data_set, self.n_demonstrations), **fields)


class RunConfig(Section):
    """A run."""

    data: DataSection
    """The questions."""

    index: IndexSection
    """The corpus."""

    generator: GeneratorSection
    """The language model."""

    prompt: PromptSection = PromptSection()
    """The prompt."""

    prompts: dict[str, PromptSection] = Field(default_factory=dict)
    """Prompts that `quco eval prompts` chooses from, by name."""

    methods: dict[str, dict[str, Any]] = Field(default_factory=_every_method)
    """Options of each method by the name in the table; ``method`` names it where that differs."""

    jobs: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    """Processes that extract, and threads that retrieve."""

    def method_of(self, name: str) -> tuple[str, dict[str, Any]]:
        """Return a method's own name, and its options."""
        options = dict(self.methods[name])
        return str(options.pop("method", name)), options


def load_config(
    source: str | Path,
    overrides: dict[str, dict[str, Any]] | None = None,
    *,
    methods: Sequence[str] = (),
    prompt: Path | None = None,
) -> RunConfig:
    """Return the configuration of a file, with single values replaced.

    Parameters
    ----------
    source : str or Path
        A TOML file, or the name of one that comes with the package (`packaged_configs`).
    overrides : dict, optional
        Values by table and key; None leaves what the file says.
    methods : sequence of str
        Only these, where any is named; those that the file does not have get their defaults.
    prompt : Path, optional
        A TOML file that replaces the table ``prompt``.

    Raises
    ------
    InputError
        If the file cannot be read.
    ConfigError
        Naming the key that is wrong.
    """
    raw = _read(source)
    for table, values in (overrides or {}).items():
        given = {key: value for key, value in values.items() if value is not None}
        if table:
            raw[table] = {**raw.get(table, {}), **given}
        else:
            raw |= given
    if methods:
        described = raw.get("methods", {})
        raw["methods"] = {name: described.get(name, {}) for name in methods}
    if prompt is not None:
        raw["prompt"] = _read(prompt)
    try:
        config = RunConfig.model_validate(raw)
    except ValidationError as exc:
        first = exc.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{source}: {key}: {first['msg']}") from exc
    _check(config, source)
    return config


def packaged_configs() -> list[str]:
    """Return the names of the configurations that come with the package."""
    folder = files("eval") / "configs"
    return sorted(
        e.name.removesuffix(".toml") for e in folder.iterdir() if e.name.endswith(".toml")
    )


def _read(source: str | Path) -> dict[str, Any]:
    if str(source) in packaged_configs():
        text = (files("eval") / "configs" / f"{source}.toml").read_text(encoding="utf-8")
    else:
        try:
            text = Path(source).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as exc:
            known = ", ".join(packaged_configs())
            raise InputError(
                f"{source} cannot be read: {exc}; name a TOML file or one of {known}"
            ) from exc
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(f"{source} is no TOML: {exc}") from exc


def _check(config: RunConfig, source: str | Path) -> None:
    """Complain now about what would only show after the model is loaded."""
    form = config.data.form or config.data.name
    if form not in FORMATS:
        raise ConfigError(f"{source}: data.form: no format {form!r}; try {', '.join(FORMATS)}")
    for prompt in (config.prompt, *config.prompts.values()):
        prompt.build(config.data.name)
        if prompt.layout == "turns" and prompt.template == "plain":
            raise ConfigError(f"{source}: prompt.layout 'turns' needs prompt.template 'chat'")
    for name in config.methods:
        kind, options = config.method_of(name)
        find_method(kind).checked(options)
