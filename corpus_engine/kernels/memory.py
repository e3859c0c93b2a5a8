"""Loads and stores at raw addresses, and the decorator that all kernels carry."""

# ruff: noqa: ARG001 - numba fixes the arguments of an intrinsic

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.core.caching import FunctionCache
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., Any])


class KernelCache(FunctionCache):  # type: ignore[misc]  # numba carries no types
    """Machine code on disk, dropped when any kernel changes.

    Numba looks at a function's own file only, but kernels inline each other and the layout of
    the handle: code kept from before such a change would read past the arrays.
    """

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        return (*super()._index_key(sig, codegen), kernels_digest())


@cache
def kernels_digest() -> str:
    """Return a hash of the source of all kernels."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def kernel(function: F) -> F:
    """Compile on first use, keep the machine code on disk, and run without the GIL."""
    compiled = njit(nogil=True, error_model="numpy")(function)
    if compiled is not function:  # the same function where NUMBA_DISABLE_JIT is set
        compiled._cache = KernelCache(function)  # what njit(cache=True) does, with our class
    return cast("F", compiled)


def _loader(bits: int, swap: bool = False) -> Any:
    """Make an intrinsic that loads an unsigned little-endian integer from any address."""
    result = types.uint64 if bits == 64 else types.int64

    def load(typingctx: Any, address: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            kind = ir.IntType(bits)
            pointer = builder.inttoptr(args[0], kind.as_pointer())
            value = builder.load(pointer)
            value.align = 1
            if swap:
                value = builder.bswap(value)
            return value if bits == 64 else builder.zext(value, ir.IntType(64))

        return result(types.int64), codegen

    return intrinsic(load)


load8 = _loader(8)
load16 = _loader(16)
load32 = _loader(32)
load64 = _loader(64)
load64_swapped = _loader(64, swap=True)
"""The eight bytes at an address as one number that compares as the bytes do."""


@intrinsic  # type: ignore[untyped-decorator]
def prefetch(typingctx: Any, address: Any) -> Any:
    """Fetch the cache line at an address in advance; nothing happens where no page is mapped."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        byte = ir.IntType(8).as_pointer()
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        fetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        for_reading, keep, data = (ir.Constant(number, value) for value in (0, 3, 1))
        builder.call(fetch, [builder.inttoptr(args[0], byte), for_reading, keep, data])
        return context.get_dummy_value()

    return types.void(types.int64), codegen


@intrinsic  # type: ignore[untyped-decorator]
def store64(typingctx: Any, address: Any, value: Any) -> Any:
    """Store a signed 64-bit integer at an address."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = builder.inttoptr(args[0], ir.IntType(64).as_pointer())
        builder.store(args[1], pointer).align = 8
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), codegen
