"""Counts of bits within a word, which every processor has an instruction for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from backref.compiled import compiled

if TYPE_CHECKING:
    from collections.abc import Callable

    Counted = Callable[[Any], int]


def _instruction(name: str, *more: int) -> Counted:
    """A function of one word that is one instruction of LLVM; `more` are its further bits."""

    def made(_context: object, builder: Any, _signature: object, given: Any) -> Any:
        flags = [ir.Constant(ir.IntType(1), bit) for bit in more]
        return getattr(builder, name)(given[0], *flags)

    def typed(_typing: object, _word: object) -> tuple[Any, Callable[..., Any]]:
        return types.uint64(types.uint64), made

    return cast("Counted", intrinsic(typed))


leading_zeros = _instruction("ctlz", 0)
"""How many bits of a word lie above its highest one; 64 of zero."""
trailing_zeros = _instruction("cttz", 0)
"""How many bits of a word lie below its lowest one; 64 of zero."""
ones = _instruction("ctpop")
"""How many bits of a word are one."""


@compiled
def signed(word: Any) -> int:
    """A word as a number that may be below zero, as sums with such numbers need it."""
    return np.int64(word)  # type: ignore[return-value]
