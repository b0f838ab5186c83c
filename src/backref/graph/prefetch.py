"""Ask the memory ahead for what a kernel will read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

AHEAD = 16
"""How many links ahead kernels ask."""
READ, KEEP, DATA = 0, 3, 1


def _prefetch(_typing: Any, array: Any, index: Any) -> Any:  # noqa: ARG001
    def code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        held = context.make_array(signature.args[0])(context, builder, given[0])
        place = builder.gep(held.data, [given[1]])
        number, byte = ir.IntType(32), ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        ask = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        settings = [ir.Constant(number, value) for value in (READ, KEEP, DATA)]
        builder.call(ask, [builder.bitcast(place, byte), *settings])
        return context.get_dummy_value()

    return types.void(array, types.intp), code


if TYPE_CHECKING:

    def prefetch(array: Any, index: Any) -> None:
        """Have the cache line of the element at an index of a C-ordered array, counted over all
        its dimensions, brought near, and go on at once. The index must be one of the array. It
        changes no result."""

else:
    prefetch = intrinsic(_prefetch)
