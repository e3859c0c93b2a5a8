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
    """Return a hash of the source of all kernels and of the modules whose constants they take."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    constants = [here.parent / name for name in ("layout.py", "vocabulary.py", "analyzers/word.py")]
    for path in [*sorted(here.glob("*.py")), *constants]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def kernel(function: F) -> F:
    """Compile on first use, keep the machine code on disk, and run without the GIL."""
    compiled = njit(nogil=True, error_model="numpy")(function)
    if compiled is not function:  # the same function where NUMBA_DISABLE_JIT is set
        compiled._cache = KernelCache(function)  # what njit(cache=True) does, with our class
    return cast("F", compiled)


def compiled(function: Callable[..., Any], arguments: str) -> Callable[..., Any]:
    """Return a kernel's machine code for certain arguments, to be called from Python.

    Calling the kernel itself would find out the types at every call, which takes twice as long.

    Parameters
    ----------
    function : callable
        A kernel.
    arguments : str
        A letter for each: ``b`` for `bytes`, ``s`` for a string, ``i`` for an integer, ``a`` for
        a one-dimensional contiguous array of 64-bit integers.
    """
    kinds = tuple(_ARGUMENTS[letter] for letter in arguments)
    code: Callable[..., Any] = cast("Any", function).compile(kinds)
    return code


_ARGUMENTS = {
    "b": types.Bytes(types.uint8, 1, "C", readonly=True),
    "s": types.unicode_type,
    "i": types.int64,
    "a": types.Array(types.int64, 1, "C"),
}


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


def _storer(bits: int) -> Any:
    """Make an intrinsic that stores the low bits of an integer at any address."""

    def store(typingctx: Any, address: Any, value: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            kind = ir.IntType(bits)
            pointer = builder.inttoptr(args[0], kind.as_pointer())
            value = args[1] if bits == 64 else builder.trunc(args[1], kind)
            builder.store(value, pointer).align = 1
            return context.get_dummy_value()

        return types.void(types.int64, types.int64), codegen

    return intrinsic(store)


store8 = _storer(8)
store16 = _storer(16)
store64 = _storer(64)

SCRATCH_BYTES = 2048


@intrinsic  # type: ignore[untyped-decorator]
def scratch(typingctx: Any) -> Any:
    """Return the address of `SCRATCH_BYTES` bytes that are the calling kernel's until it returns.

    An array would cost an allocation, and short queries cost little else.
    """

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        with builder.goto_entry_block():
            block = builder.alloca(ir.ArrayType(ir.IntType(64), SCRATCH_BYTES // 8))
        return builder.ptrtoint(block, ir.IntType(64))

    return types.int64(), codegen


@intrinsic  # type: ignore[untyped-decorator]
def address_of(typingctx: Any, data: Any) -> Any:
    """Return the address of the first element of an array, a `bytes` object or a string.

    Numba frees an array after its last use, so `keep` it as long as the address is used.
    """

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        first = context.make_helper(builder, signature.args[0], args[0]).data
        return builder.ptrtoint(first, ir.IntType(64))

    return types.int64(data), codegen


@intrinsic  # type: ignore[untyped-decorator]
def keep(typingctx: Any, data: Any) -> Any:
    """Do nothing: a last use, up to which an array is not freed."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return context.get_dummy_value()

    return types.void(data), codegen
