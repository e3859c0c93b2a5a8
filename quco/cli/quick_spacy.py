"""Import spaCy without what the command line never uses of it.

Half of the time that `import spacy` takes goes into spaCy's own command line (HTTP clients,
templates, project tools); where torch is installed, most of the rest goes into torch, which only
pipelines with transformer models need. A process of our own can do without both. A library must
not do this to the program that uses it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import entry_points
from types import ModuleType


def import_spacy(pipeline: str | None) -> None:
    """Import spaCy; call it before other threads import anything.

    Parameters
    ----------
    pipeline : str or None
        The pipeline that will be loaded; None for the default one, which does without torch.
    """
    command_line = ModuleType("spacy.cli.info")
    command_line.__dict__["info"] = None
    left_out: dict[str, ModuleType | None] = {command_line.__name__: command_line}
    if pipeline is None and not entry_points(group="spacy_factories"):  # these may need torch
        left_out["torch"] = None  # as if it were not installed
    with _instead(left_out), suppress(ImportError):  # whoever needs it says what to install
        import spacy  # noqa: F401 - it is found again where it is used


@contextmanager
def _instead(modules: Mapping[str, ModuleType | None]) -> Iterator[None]:
    """Let imports find these modules, where they are not loaded yet; None cannot be imported."""
    put = {name: module for name, module in modules.items() if name not in sys.modules}
    sys.modules.update(put)  # type: ignore[arg-type] # None is what Python documents for this
    try:
        yield
    finally:
        for name in put:
            sys.modules.pop(name, None)
