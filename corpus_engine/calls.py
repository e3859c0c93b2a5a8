"""The kernels of one open index, bound to its handle."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any


class Calls:
    """Kernels as Python functions without the handle; each is compiled, or loaded, when first used.

    Numba and the kernels are imported then, too. Arguments must have exactly the types that a
    kernel is compiled for here: nothing looks at them again.

    Parameters
    ----------
    handle : int
        Where the handle lies (`kernels.handle`).
    """

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def _bound(self, module: str, name: str, arguments: str) -> Callable[..., Any]:
        """Return a kernel for arguments given by a letter each: b(ytes), i(nteger), a(rray)."""
        from importlib import import_module

        from corpus_engine.kernels.memory import compiled

        kernel = getattr(import_module(f"corpus_engine.kernels.{module}"), name)
        return partial(compiled(kernel, "i" + arguments), self._handle)

    @cached_property
    def count_query(self) -> Callable[[bytes], int]:
        """`kernels.calls.count_query`."""
        return self._bound("calls", "count_query", "b")

    @cached_property
    def count_text(self) -> Callable[[bytes], int]:
        """`kernels.calls.count_text`."""
        return self._bound("calls", "count_text", "b")

    @cached_property
    def count_queries(self) -> Callable[..., int]:
        """`kernels.calls.count_queries`."""
        return self._bound("calls", "count_queries", "baa")

    @cached_property
    def count_texts(self) -> Callable[..., int]:
        """`kernels.calls.count_texts`."""
        return self._bound("calls", "count_texts", "baa")

    @cached_property
    def encode_text(self) -> Callable[[bytes], Any]:
        """`kernels.calls.encode_text`."""
        return self._bound("calls", "encode_text", "b")

    @cached_property
    def cooccurrence(self) -> Callable[[bytes, bytes, int, int], tuple[int, int, int, int, int]]:
        """`kernels.calls.cooccurrence`."""
        return self._bound("calls", "cooccurrence", "bbii")

    @cached_property
    def find(self) -> Callable[[int, int, int], int]:
        """`kernels.bounds.find`."""
        return self._bound("bounds", "find", "iii")

    @cached_property
    def count_cnf(self) -> Callable[..., int]:
        """`kernels.cnf.count_cnf`."""
        return self._bound("cnf", "count_cnf", "iiiiiii")

    @cached_property
    def places_cnf(self) -> Callable[..., int]:
        """`kernels.cnf.places_cnf`."""
        return self._bound("cnf", "places_cnf", "iiiiiiii")

    @cached_property
    def runs(self) -> Callable[[int, int, int, int], Any]:
        """`kernels.ngram.runs`."""
        return self._bound("ngram", "runs", "iiii")

    @cached_property
    def neighbours(self) -> Callable[..., Any]:
        """`kernels.ngram.neighbours`."""
        return self._bound("ngram", "neighbours", "iai")

    @cached_property
    def longest_prefixes(self) -> Callable[[int, int, int], int]:
        """`kernels.ngram.longest_prefixes`."""
        return self._bound("ngram", "longest_prefixes", "iii")

    @cached_property
    def steps(self) -> Callable[[int, int, int], int]:
        """`kernels.stream.steps`."""
        return self._bound("stream", "steps", "iii")

    @cached_property
    def document_of(self) -> Callable[[int, int], int]:
        """`kernels.stream.document_of`."""
        return self._bound("stream", "document_of", "ii")
