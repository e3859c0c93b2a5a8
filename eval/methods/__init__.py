"""Methods of dynamic retrieval, one a file, all over the same generator, retriever and prompt."""

from __future__ import annotations

from typing import Any

from eval.methods.base import Method, MethodOptions, Parts
from eval.methods.dragin import Dragin
from eval.methods.etc import Etc
from eval.methods.fl_rag import FixedLengthRAG
from eval.methods.flare import Flare
from eval.methods.fs_rag import FixedSentenceRAG
from eval.methods.gold import GoldPassages
from eval.methods.no_rag import NoRAG
from eval.methods.quco_rag import QuCo, QuCoPaper
from eval.methods.sr_rag import SingleRAG
from quco.errors import ConfigError

METHODS: dict[str, type[Method[Any]]] = {
    kind.name: kind
    for kind in (
        NoRAG,
        SingleRAG,
        FixedLengthRAG,
        FixedSentenceRAG,
        Flare,
        Dragin,
        Etc,
        QuCoPaper,
        QuCo,
        GoldPassages,
    )
}
"""Every method by its name."""

__all__ = ["METHODS", "Method", "MethodOptions", "Parts", "find_method"]


def find_method(name: str) -> type[Method[Any]]:
    """Return the method of this name.

    Raises
    ------
    ConfigError
        If there is none.
    """
    if name not in METHODS:
        raise ConfigError(f"no method is called {name!r}; expected one of {', '.join(METHODS)}")
    return METHODS[name]
