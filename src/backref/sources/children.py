"""The identities of the rows that records yield beside their first: `identity.child_id` of many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from backref import identity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def ids(
    key: bytes, table: str, owners: Sequence[bytes], units: NDArray[np.int64], *, fast: bool
) -> pa.Array:
    """A column `row_id` of rows in `table`: `units`, ascending, are the places of their records
    among `owners`, and the rows of each are counted from 0. `fast`: by kernels."""
    ordinals = np.arange(len(units)) - np.searchsorted(units, units)
    made = _compiled if fast else _one_by_one
    raw = pa.py_buffer(made(key, table, owners, units, ordinals))
    return pa.Array.from_buffers(pa.binary(identity.ID_BYTES), len(units), [None, raw])


def _one_by_one(
    key: bytes,
    table: str,
    owners: Sequence[bytes],
    units: NDArray[np.int64],
    ordinals: NDArray[np.int64],
) -> bytes:
    numbered = zip(units.tolist(), ordinals.tolist(), strict=True)
    return b"".join(identity.child_id(key, owners[unit], table, nth) for unit, nth in numbered)


def _compiled(
    key: bytes,
    table: str,
    owners: Sequence[bytes],
    units: NDArray[np.int64],
    ordinals: NDArray[np.int64],
) -> NDArray[np.uint8]:
    from backref.sources import idkernel

    return idkernel.children(
        np.frombuffer(b"".join(owners), np.uint8),
        units,
        ordinals,
        np.frombuffer(table.encode(), np.uint8),
        np.frombuffer(key, np.uint8),
    )
