"""QuCo: ask the corpus. By the paper's rule, and by our verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from eval.methods.base import Method, MethodOptions
from eval.types import Sample
from quco.config import ControllerPolicy
from quco.controller.ledger import Ledger
from quco.controller.loop import Steps, answer_steps
from quco.errors import ConfigError
from quco.verdict import VerdictPolicy


class QuCoOptions(MethodOptions):
    """Options of QuCo with our verdict."""

    max_retrievals: int = Field(default=ControllerPolicy().max_retrievals, ge=0)
    """Queries for one question; fewer than other methods are granted."""

    controller: dict[str, Any] = Field(default_factory=dict)
    """Fields of `quco.config.ControllerPolicy` that differ from its defaults."""

    policy: Path | None = None
    """A verdict policy file, as `quco calibrate` writes it; None for the shipped policy."""


class QuCo(Method[QuCoOptions]):
    """The control loop of this library with its defaults (section 3 of arXiv 2512.19134)."""

    name = "quco"
    source = "this library; after QuCo-RAG, arXiv 2512.19134"
    dynamic = True
    options_type = QuCoOptions

    def verdicts(self) -> VerdictPolicy | None:
        """Return the policy of the file, or None for the shipped one."""
        return VerdictPolicy.load(self.options.policy) if self.options.policy else None

    def steps(self, sample: Sample) -> Steps:
        """Return the steps that answer `sample`."""
        known = {"sentence_passages": "counted"} if self.parts.one_corpus else {}
        return _steps(self, sample, known | self.options.controller)


class QuCoPaperOptions(MethodOptions):
    """Options of the paper's rule."""

    threshold_per_million: float = Field(default=5.0, ge=0)
    """Stage one retrieves where the mean rate of the question's entities is below this; a count
    of 1,000, as in the paper, means nothing without the size of the corpus."""

    window: int = Field(default=1000, ge=1)
    """Words within which head and tail must meet."""

    at_least: int = Field(default=1, ge=1)
    """Meetings that support a claim (tau_cooc)."""


class QuCoPaper(Method[QuCoPaperOptions]):
    """QuCo-RAG as published: zero co-occurrence triggers, the unknown passes, one regeneration."""

    name = "quco-paper"
    source = "QuCo-RAG, arXiv 2512.19134, section 3"
    dynamic = True
    options_type = QuCoPaperOptions

    def verdicts(self) -> VerdictPolicy:
        """Return the paper's rules."""
        options = self.options
        return VerdictPolicy.model_validate(
            {
                "question": {
                    "rule": "mean",
                    "threshold_per_million": options.threshold_per_million,
                },
                "claim": {"rule": "zero_cooccurrence", "at_least": options.at_least},
                "window": options.window,
            }
        )

    def steps(self, sample: Sample) -> Steps:
        """Return the steps that answer `sample`."""
        published = {
            "check_conclusion": False,
            "on_unknown": "accept",
            "keep_draft": "last",
            "question_passages": "retriever",
            "question_query": "question",
            "show_evidence": "none",
            "revise_below": 0.0,
            "sentence_passages": "any",
            "queries": ("head_relation",),
            "max_regenerations": 1,
            "max_passages": self.options.k,
        }
        return _steps(self, sample, published)


def _steps(method: Method[Any], sample: Sample, differing: dict[str, Any]) -> Steps:
    shared = method.options.model_dump(include=set(MethodOptions.model_fields))
    try:
        policy = ControllerPolicy(**shared | differing)
    except TypeError as exc:
        raise ConfigError(f"method {method.name!r}, option 'controller': {exc}") from exc
    ledger = Ledger(sample.question, policy)
    parts = method.parts
    return answer_steps(ledger, parts.prompt, parts.extractor.split, parts.generator.capabilities)
