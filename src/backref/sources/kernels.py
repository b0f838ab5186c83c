"""When kernels pay: loading the compiler takes longer than reading a small file without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

COMPILED_FROM = 6 << 20
"""Kernels are loaded for chunks of so many bytes; once they are, they serve chunks of any size."""
COMPILING_FROM = 64 << 20
"""Where they were never compiled, so much is read without them first: compiling takes seconds."""


class Kernels:
    """Decides from the chunks that are read whether kernels pay; `are_kept` says whether their
    machine code lies in the cache."""

    def __init__(self, are_kept: Callable[[], bool]) -> None:
        self.in_use = False
        self._are_kept = are_kept
        self._seen = 0

    def look_at(self, size: int) -> None:
        """Take a further chunk of so many bytes into account."""
        self._seen += size
        if not self.in_use and size >= COMPILED_FROM:
            self.in_use = self._seen >= COMPILING_FROM or self._are_kept()
