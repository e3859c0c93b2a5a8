"""Dynamic retrieval-augmented generation that asks a text corpus whether the model is guessing.

`QuCo` opens an index and answers questions; its parts can be had one by one: `Verifier` (verdicts
without generation), `Controller` (the control loop), and the ports they stand on in `quco.ports`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quco.answer import Answer
    from quco.config import ControllerPolicy
    from quco.controller import Controller
    from quco.types import Verdict
    from quco.verifier import Verifier
    from quco.wiring import QuCo

_HOMES = {
    "Answer": "quco.answer",
    "Controller": "quco.controller",
    "ControllerPolicy": "quco.config",
    "QuCo": "quco.wiring",
    "Verdict": "quco.types",
    "Verifier": "quco.verifier",
}

__all__ = ["Answer", "Controller", "ControllerPolicy", "QuCo", "Verdict", "Verifier"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: the heavy packages load only then."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
