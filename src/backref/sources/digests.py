"""Keyed hashes of many values at once: by a kernel once kernels are in use, else one by one."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from backref.sources import linescan

if TYPE_CHECKING:
    from collections.abc import Sequence

FEW = 64
"""So few values are hashed one by one."""
PERSON_BYTES = 16


def of_values(values: Sequence[bytes], key: bytes, size: int, person: bytes = b"") -> np.ndarray:
    """The BLAKE2b digests, a row of `size` bytes each (at most 16), for a purpose."""
    if len(values) > FEW and linescan.are_compiled():
        return _compiled(values, key, size, person)
    found = b"".join(
        blake2b(each, key=key, digest_size=size, person=person).digest() for each in values
    )
    return np.frombuffer(found, np.uint8).reshape(-1, size)


def numbers(values: Sequence[bytes], key: bytes, person: bytes = b"") -> np.ndarray:
    """The digests of 8 bytes as unsigned 64-bit numbers, their first byte the highest."""
    digests = np.ascontiguousarray(of_values(values, key, 8, person))
    return digests.view(">u8").astype(np.uint64).ravel()


def _compiled(values: Sequence[bytes], key: bytes, size: int, person: bytes) -> np.ndarray:
    from backref.sources import idkernel

    found = idkernel.of_values(
        np.frombuffer(b"".join(values), np.uint8),
        np.cumsum([0, *map(len, values)]),
        np.frombuffer(key, np.uint8),
        np.frombuffer(person.ljust(PERSON_BYTES, b"\0"), np.uint64),
        size,
    )
    return found.view(np.uint8)[:, :size]
