"""Loads models by name: which program runs what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from quco.addresses import is_address
from quco.errors import ModelError, UnknownModelError
from quco.models import (
    CATALOGUE,
    DEFAULT_ENCODER,
    DEFAULT_GENERATOR,
    find_spec,
    main_file,
    prompts_home,
    provision,
)
from quco.types import Progress

if TYPE_CHECKING:
    from quco.ports import Generator
    from retrievers import Encoder


def load_encoder(name: str, progress: Progress | None = None) -> Encoder:
    """Return an encoder of the catalogue, pulled first where it is not there yet.

    Raises
    ------
    UnknownModelError
        If there is no such encoder.
    ModelError
        If it cannot be fetched or loaded.
    """
    from retrievers import OnnxEncoder
    from retrievers.errors import EncoderError

    if find_spec(name).role != "encoder":
        raise UnknownModelError(f"{name!r} is no encoder; try {DEFAULT_ENCODER!r}")
    try:
        return OnnxEncoder(provision(name, progress), name=name)
    except EncoderError as exc:
        raise ModelError(str(exc)) from exc


def load_generator(model: str, progress: Progress | None = None) -> Generator:
    """Return the generator that `model` names.

    Parameters
    ----------
    model : str
        In this order: a name of the catalogue; an ``http`` or ``https`` address, with the
        server's model after ``#`` where it has several; a GGUF file; a folder or hub name for
        transformers.

    Raises
    ------
    UnknownModelError
        If it is none of these.
    """
    if model in CATALOGUE:
        if find_spec(model).role != "generator":
            raise UnknownModelError(f"{model!r} is no generator; try {DEFAULT_GENERATOR!r}")
        return _gguf(main_file(model, progress), find_spec(model).template)
    if is_address(model):
        from quco.adapters.generator.openai import OpenAIGenerator

        address, _, name = model.partition("#")
        return OpenAIGenerator(address, model=name or None)
    if model.endswith(".gguf"):
        return _gguf(Path(model), "plain")
    if Path(model).is_dir() or model.count("/") == 1:
        from quco.adapters.generator.transformers import TransformersGenerator

        return TransformersGenerator(model)
    known = ", ".join(spec.name for spec in CATALOGUE.values() if spec.role == "generator")
    raise UnknownModelError(
        f"no model is called {model!r}; known are {known}, or name a GGUF file, a folder, a hub "
        "model (owner/name) or the address of a server"
    )


def _gguf(path: Path, template: Literal["plain", "chat"]) -> Generator:
    """Return a GGUF model in this process, run by ik_llama.cpp where that is installed."""
    from quco.adapters.generator.ik_runtime import is_available

    if template == "plain" and is_available():
        from quco.adapters.generator.ik_llama import IkLlamaGenerator

        return IkLlamaGenerator(path, memory=prompts_home())
    from quco.adapters.generator.llama_cpp import LlamaCppGenerator

    return LlamaCppGenerator(path, template=template, memory=prompts_home())
