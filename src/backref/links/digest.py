"""An order-independent digest of streamed rows: what a partition depends on, in constant memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable

HEX = 32
WORDS = HEX // 8


def by_partition(batches: Iterable[pa.RecordBatch]) -> dict[str, str]:
    """A digest per partition of rows (`partition`, `digest` of 32 hexadecimal characters).

    The rows' digests are added as four 64-bit words, wherefore their order means nothing and
    their number does.
    """
    sums: dict[str, np.ndarray] = {}
    for batch in batches:
        names = batch.column("partition").dictionary_encode()
        words = _words(batch.column("digest"))
        for code, name in enumerate(names.dictionary.to_pylist()):
            found = words[names.indices.to_numpy() == code].sum(axis=0, dtype=np.uint64)
            sums[name] = sums.get(name, np.uint64(0)) + found
    return {name: total.tobytes().hex() for name, total in sums.items()}


def _words(digests: pa.Array) -> np.ndarray:
    """The digests as an array of four numbers each."""
    fixed = digests.cast(pa.binary()).cast(pa.binary(HEX))
    return np.frombuffer(
        fixed.buffers()[1], np.uint64, len(fixed) * WORDS, fixed.offset * HEX
    ).reshape(-1, WORDS)
