"""Models by name: what there is (`catalogue`), how it is fetched (`fetch`, `pull`)."""

from quco.models.catalogue import (
    CATALOGUE,
    DEFAULT_ENCODER,
    DEFAULT_GENERATOR,
    ModelSpec,
    find_spec,
)
from quco.models.pull import is_pulled, main_file, models_home, prompts_home, provision

__all__ = [
    "CATALOGUE",
    "DEFAULT_ENCODER",
    "DEFAULT_GENERATOR",
    "ModelSpec",
    "find_spec",
    "is_pulled",
    "main_file",
    "models_home",
    "prompts_home",
    "provision",
]
