"""QuCo inside LangChain: a chain, tools for agents, and a middleware that checks what agents say.

`QuCoRAG` and `corpus_tools` need no more than QuCo itself; `QuCoMiddleware` needs the package
langchain (``pip install 'quco[agents]'``).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quco.langchain.middleware import QuCoMiddleware
    from quco.langchain.rag import QuCoRAG
    from quco.langchain.tools import corpus_tools

_HOMES = {
    "QuCoMiddleware": "quco.langchain.middleware",
    "QuCoRAG": "quco.langchain.rag",
    "corpus_tools": "quco.langchain.tools",
}

__all__ = ["QuCoMiddleware", "QuCoRAG", "corpus_tools"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
