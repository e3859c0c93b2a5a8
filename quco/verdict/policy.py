"""The options of both stages, as a JSON file holds them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quco.errors import ConfigError, InputError
from quco.triggers import MeanRate, MinRate, QuestionRule
from quco.verdict.rules import ClaimRule, ZeroCooccurrence


class QuestionOptions(BaseModel):
    """Stage one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: Literal["mean", "min"] = "mean"
    """Which entity decides."""

    threshold_per_million: float = Field(default=5.0, ge=0)
    """Rare below this many occurrences in a million words."""

    def build(self) -> QuestionRule:
        """Return the rule."""
        kind = MeanRate if self.rule == "mean" else MinRate
        return kind(self.threshold_per_million)


class ZeroOptions(BaseModel):
    """Stage two by the paper's rule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: Literal["zero_cooccurrence"] = "zero_cooccurrence"
    """Name of the rule."""

    at_least: int = Field(default=1, ge=1)
    """Meetings that support a claim."""

    def build(self) -> ClaimRule:
        """Return the rule."""
        return ZeroCooccurrence(self.at_least)


class VerdictPolicy(BaseModel):
    """How questions and claims are judged.

    Examples
    --------
    >>> VerdictPolicy(window=50).window
    50
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: QuestionOptions = QuestionOptions()
    """Stage one."""

    claim: ZeroOptions = ZeroOptions()
    """Stage two."""

    window: int = Field(default=100, ge=1)
    """Head and tail meet where they are within this many words of each other."""

    cooccurrence_at_least: int = Field(default=20, ge=1)
    """Meetings are counted up to this number."""

    n_windows: int = Field(default=3, ge=0)
    """Windows kept as evidence for each claim."""

    fitted_on: str = ""
    """Corpus and labels that the thresholds were fitted on; empty where they were set by hand."""

    @classmethod
    def load(cls, path: str | Path) -> VerdictPolicy:
        """Read a policy file.

        Raises
        ------
        InputError
            If the file cannot be read.
        ConfigError
            If it is no valid policy.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as exc:
            raise InputError(f"cannot read the policy file {str(path)!r}: {exc}") from exc
        try:
            return cls.model_validate_json(text)
        except ValidationError as exc:
            first = exc.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the file"
            raise ConfigError(f"policy file {str(path)!r}: {where}: {first['msg']}") from exc

    def save(self, path: str | Path) -> None:
        """Write the policy as JSON."""
        Path(path).write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")
