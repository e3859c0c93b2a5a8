"""The kernels of one open index, bound to its handle."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import Any


class _Kernel:
    """A kernel as an attribute: compiled, or loaded, and bound when it is first used.

    Parameters
    ----------
    module : str
        The module of `kernels` that has it, under the attribute's name.
    arguments : str
        What it takes besides the handle, a letter each, as `kernels.memory.compiled` has them.
    """

    def __init__(self, module: str, arguments: str) -> None:
        self._module = module
        self._arguments = arguments

    def __set_name__(self, owner: type[Calls], name: str) -> None:
        self._name = name

    def __get__(self, calls: Calls, owner: type[Calls]) -> partial[Any]:
        from corpus_engine.kernels.memory import compiled

        kernel = getattr(import_module(f"corpus_engine.kernels.{self._module}"), self._name)
        bound = partial(compiled(kernel, "i" + self._arguments), calls.handle)
        # What lies in the instance hides this object from now on.
        calls.__dict__[self._name] = bound
        return bound


class Calls:
    """Kernels as Python functions, without the handle.

    Numba is imported with the first. Arguments must have exactly the types that a kernel is
    compiled for: nothing looks at them again.

    Parameters
    ----------
    handle : int
        Where the handle lies (`kernels.handle`).
    """

    def __init__(self, handle: int) -> None:
        self.handle = handle

    count_query = _Kernel("calls", "b")
    count_plain = _Kernel("calls", "s")
    count_text = _Kernel("calls", "b")
    count_queries = _Kernel("calls", "baa")
    count_texts = _Kernel("calls", "baa")
    encode_text = _Kernel("calls", "b")
    cooccurrence = _Kernel("calls", "bbii")
    find = _Kernel("bounds", "iii")
    count_cnf = _Kernel("cnf", "iiiiiii")
    places_cnf = _Kernel("places", "iiiiiiii")
    runs = _Kernel("ngram", "iiii")
    neighbours = _Kernel("ngram", "iai")
    longest_prefixes = _Kernel("ngram", "iii")
    steps = _Kernel("stream", "iii")
    document_of = _Kernel("stream", "ii")
