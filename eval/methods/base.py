"""What every method is: it answers a question over given parts, as steps that yield effects."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.memory import Memory, RememberingWorld
from eval.scheduling import run_steps
from eval.types import Sample
from quco.answer import Answer
from quco.controller.loop import Steps
from quco.errors import ConfigError
from quco.ports import CorpusStatistics, Extractor, Generator, Retriever
from quco.prompts import FewShotPrompt
from quco.verdict import VerdictPolicy
from quco.verifier import Verifier

Need = Literal["logprobs", "entropy", "attentions"]
"""What a method may need of the generator beyond text."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What all methods of a comparison share."""

    generator: Generator
    """The language model."""

    retriever: Retriever
    """Finds passages."""

    statistics: CorpusStatistics
    """The corpus."""

    extractor: Extractor
    """Finds entities and claims; splits sentences."""

    prompt: FewShotPrompt
    """The worked examples."""

    one_corpus: bool = False
    """Whether the passages are of the corpus that is counted."""

    memory: Memory = field(default_factory=dict)
    """What was retrieved so far."""


class MethodOptions(BaseModel):
    """Options that every method has; unknown ones are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    k: int = Field(default=3, ge=1)
    """Passages for each query."""

    draft_tokens: int = Field(default=64, ge=1)
    """New tokens of one draft."""

    max_tokens: int = Field(default=256, ge=1)
    """New tokens of the whole answer."""

    max_retrievals: int = Field(default=16, ge=0)
    """Queries for one question."""

    max_llm_calls: int = Field(default=32, ge=1)
    """Calls of the generator for one question."""


OptionsT = TypeVar("OptionsT", bound=MethodOptions)


class Method(ABC, Generic[OptionsT]):
    """A way to answer questions.

    A new one is a file with a subclass: `name`, `source`, `options_type`, and `steps`.

    Parameters
    ----------
    parts : Parts
        What it works with.
    options : mapping
        Values for its options.

    Raises
    ------
    ConfigError
        If an option is unknown or has a wrong value, or if the generator lacks what it needs.
    """

    name: ClassVar[str]
    """What it is called in configs and tables."""

    source: ClassVar[str]
    """Where it is described."""

    needs: ClassVar[frozenset[Need]] = frozenset()
    """What it needs of the generator."""

    dynamic: ClassVar[bool] = False
    """Whether it decides from question to question if it retrieves."""

    options_type: type[OptionsT]
    """Its options; unknown ones are refused."""

    def __init__(self, parts: Parts, **options: Any) -> None:
        self.parts = parts
        self.options = self.checked(options)
        lacking = sorted(need for need in self.needs if not _has(parts.generator, need))
        if lacking:
            raise ConfigError(
                f"{self.name} needs {' and '.join(lacking)}, which {parts.generator.name} does not "
                "give; run it with the transformers generator, or leave the method out"
            )
        self.world = RememberingWorld(
            parts.generator,
            parts.retriever,
            Verifier(parts.statistics, parts.extractor, self.verdicts()),
            parts.memory,
        )

    @classmethod
    def checked(cls, options: dict[str, Any]) -> OptionsT:
        """Return the options, complete.

        Raises
        ------
        ConfigError
            If one is unknown or has a wrong value.
        """
        try:
            return cls.options_type.model_validate(options)
        except ValidationError as exc:
            first = exc.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            raise ConfigError(f"method {cls.name!r}, option {field!r}: {first['msg']}") from exc

    @abstractmethod
    def steps(self, sample: Sample) -> Steps:
        """Return the steps that answer `sample`."""

    def verdicts(self) -> VerdictPolicy | None:
        """Return how questions and claims are judged; None for the shipped policy."""
        return None

    def answer(self, sample: Sample) -> Answer:
        """Answer one question."""
        return run_steps(self.steps(sample), self.world)


def _has(generator: Generator, need: Need) -> bool:
    """Whether the generator declares it; what it does not speak of it does not have."""
    return bool(getattr(generator.capabilities, need, False))
