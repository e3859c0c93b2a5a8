"""Loads and stores at raw addresses, and the decorator that all kernels carry."""

# ruff: noqa: ARG001 - numba fixes the arguments of an intrinsic

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile on first use, keep the machine code on disk, and run without the GIL."""
    return cast("F", njit(nogil=True, cache=True, error_model="numpy")(function))


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
def store64(typingctx: Any, address: Any, value: Any) -> Any:
    """Store a signed 64-bit integer at an address."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = builder.inttoptr(args[0], ir.IntType(64).as_pointer())
        builder.store(args[1], pointer).align = 8
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), codegen
