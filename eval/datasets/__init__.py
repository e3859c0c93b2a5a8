"""Data sets in their official formats: one format a file, each with `load(path)`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from eval.datasets import jsonl, musique, popqa, pubmedqa, strategyqa, wikipedia
from eval.datasets.splits import Half, Split, fresh, is_development, take
from eval.types import Sample
from quco.errors import ConfigError

FORMATS: dict[str, Callable[[Path], list[Sample]]] = {
    "2wikimultihopqa": wikipedia.load,
    "hotpotqa": wikipedia.load,
    "musique": musique.load,
    "pubmedqa": pubmedqa.load,
    "popqa": popqa.load,
    "strategyqa": strategyqa.load,
    "jsonl": jsonl.load,
}
"""Loader of each format by name."""

__all__ = ["FORMATS", "Half", "Split", "fresh", "is_development", "load_samples", "take"]


def load_samples(path: str | Path, form: str = "jsonl") -> list[Sample]:
    """Return the questions of a file.

    Parameters
    ----------
    path : str or Path
        The file, as its publishers distribute it.
    form : str
        A key of `FORMATS`; the name of a data set for its official format.

    Raises
    ------
    ConfigError
        If there is no such format.
    BadRecordError
        Naming the record that cannot be used.
    InputError
        If the file cannot be read or is empty.
    """
    if form not in FORMATS:
        raise ConfigError(f"no format is called {form!r}; expected one of {', '.join(FORMATS)}")
    return FORMATS[form](Path(path))
