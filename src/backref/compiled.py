"""Kernels over bytes, compiled when first called and kept in the user's cache.

Loading the compiler takes longer than reading a small file without it, so the modules that hold
kernels are imported only once there is enough to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

Kernel = TypeVar("Kernel", bound="Callable[..., Any]")


def compiled(function: Kernel) -> Kernel:
    """The function as machine code that lets other threads run beside it. Where no folder for
    the cache can be written, it is compiled anew in each process."""
    try:
        return cast("Kernel", numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:
        return cast("Kernel", numba.njit(nogil=True)(function))


def is_kept(kernel: Callable[..., Any]) -> bool:
    """Whether machine code of a kernel lies in the cache, so that loading it takes no compiler.
    numba does not say so itself: where it has changed, the answer is no."""
    try:
        return bool(kernel._cache._cache_file._load_index())  # type: ignore[attr-defined]
    except (AttributeError, OSError):
        return False
