"""Model calls that LangGraph's message stream does not show: drafts, which may be thrown away."""

from __future__ import annotations

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import ensure_config, merge_configs

NOSTREAM = "nostream"
"""LangGraph's tag for models whose tokens are kept out of the message stream."""


def quiet_config() -> RunnableConfig:
    """Return the config of the run we are in, with the tag."""
    return merge_configs(ensure_config(), {"tags": [NOSTREAM]})
