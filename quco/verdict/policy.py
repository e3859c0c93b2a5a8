"""The options of both stages, as a JSON file holds them."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quco.errors import ConfigError, InputError
from quco.triggers import CalibratedRarity, MeanRate, MinRate, QuestionRule
from quco.verdict.calibrated import CalibratedOptions
from quco.verdict.rules import ClaimRule, ZeroCooccurrence
from quco.verdict.sentence import SentenceModel

SHIPPED, ZERO = "shipped", "zero_cooccurrence"
NAMES = (SHIPPED, ZERO)
"""Policies that need no file: the fitted one that comes with the package, and the paper's."""


class RateOptions(BaseModel):
    """Stage one by the rate of the mean or of the rarest entity."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: Literal["mean", "min"] = "min"
    """Which entity decides: a frequent one, such as a country, says nothing of the others."""

    threshold_per_million: float = Field(default=20.0, ge=0)
    """Rare below this many occurrences in a million words."""

    def build(self) -> QuestionRule:
        """Return the rule."""
        kind = MeanRate if self.rule == "mean" else MinRate
        return kind(self.threshold_per_million)


class RarityOptions(BaseModel):
    """Stage one by calibrated rarity."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: Literal["calibrated"] = "calibrated"
    """Name of the rule."""

    intercept: float
    """Log-odds where all weights meet 0."""

    mean_weight: float
    """Of the logarithm of the mean rate."""

    min_weight: float
    """Of the logarithm of the least rate."""

    threshold: float = Field(default=0.5, ge=0, le=1)
    """Rare where the probability that retrieval is needed is above this."""

    def build(self) -> QuestionRule:
        """Return the rule."""
        return CalibratedRarity(self.intercept, self.mean_weight, self.min_weight, self.threshold)


QuestionOptions = Annotated[RateOptions | RarityOptions, Field(discriminator="rule")]
"""Stage one, by the rule that is named."""


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


ClaimOptions = Annotated[ZeroOptions | CalibratedOptions, Field(discriminator="rule")]
"""Stage two, by the rule that is named."""


class VerdictPolicy(BaseModel):
    """How questions and claims are judged.

    Examples
    --------
    >>> VerdictPolicy(window=50).window
    50
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: QuestionOptions = RateOptions()
    """Stage one."""

    claim: ClaimOptions = ZeroOptions()
    """Stage two."""

    sentence: SentenceModel | None = None
    """How doubtful a sentence is as a whole; None: nothing is said of that."""

    window: int = Field(default=100, ge=1)
    """Head and tail meet where they are within this many words of each other."""

    cooccurrence_at_least: int = Field(default=20, ge=1)
    """Meetings are counted up to this number."""

    n_windows: int = Field(default=3, ge=0)
    """Windows kept as evidence for each claim."""

    cased: bool = False
    """Whether the corpus tells capitals from small letters."""

    fitted_on: str = ""
    """Corpus and labels that the thresholds were fitted on; empty where they were set by hand."""

    @classmethod
    @cache
    def shipped(cls) -> VerdictPolicy:
        """Return the policy that comes with the package; `fitted_on` says what it rests on."""
        text = (resources.files("quco.verdict") / "policy.json").read_text(encoding="utf-8")
        return cls.model_validate_json(text)

    @classmethod
    def find(cls, name: str | Path) -> VerdictPolicy:
        """Return the policy of a name in `NAMES`, or else that of a file.

        Raises
        ------
        InputError, ConfigError
            As `load`.

        Examples
        --------
        >>> VerdictPolicy.find("zero_cooccurrence").claim.rule
        'zero_cooccurrence'
        """
        if str(name) == SHIPPED:
            return cls.shipped()
        return cls() if str(name) == ZERO else cls.load(name)

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
        Path(path).write_text(self.model_dump_json() + "\n", encoding="utf-8")
