"""The identities of hits: `identity.record_id` of many lines at once.

The canonical bytes of a hit are its line's, but for the address, in whose place its mark stands.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from backref import identity
from backref.sources import linescan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backref.sources.logtable import Table
    from backref.sources.source import Context


def of_lines(
    table: Table, site: np.ndarray, sites: Sequence[str | None], context: Context
) -> pa.Array:
    """Each line's identity; `site` is the number of each line among the hosts, of which each
    belongs to one of `sites`."""
    hosts, address = table.columns.get("host"), table.columns["address"]
    before = [host + b" " for host in hosts.values] if hosts else [b""]
    prefixes = [
        f"hits\0{_owner(name, context)}\0".encode() + host
        for name, host in zip(sites, before, strict=True)
    ]
    marks = [identity.address_mark(context.key, value) for value in address.values]
    begins = table.starts + np.array([*map(len, before)])[site]
    begins += np.array([*map(len, address.values)])[address.numbers]
    digests = _compiled if linescan.pays_off(table.text) else _one_by_one
    raw = digests(table, begins, (prefixes, site), (marks, address.numbers), context.key)
    return pa.Array.from_buffers(
        pa.binary(identity.ID_BYTES), table.height, [None, pa.py_buffer(raw)]
    )


Numbered = tuple["Sequence[bytes]", np.ndarray]
"""Byte strings, and for each line the number of its own."""


def _one_by_one(
    table: Table, begins: np.ndarray, prefixes: Numbered, marks: Numbered, key: bytes
) -> bytes:
    begun = [blake2b(each, key=key, digest_size=identity.ID_BYTES).copy for each in prefixes[0]]

    def digest(prefix: int, mark: int, begin: int, end: int) -> bytes:
        hashed = begun[prefix]()
        hashed.update(marks[0][mark] + table.text[begin:end])
        return hashed.digest()

    numbers = (prefixes[1].tolist(), marks[1].tolist(), begins.tolist(), table.ends.tolist())
    return b"".join(map(digest, *numbers))


def _compiled(
    table: Table, begins: np.ndarray, prefixes: Numbered, marks: Numbered, key: bytes
) -> np.ndarray:
    from backref.sources import idkernel

    rows = np.frombuffer(b"".join(marks[0]), np.uint8).reshape(-1, identity.MARK_BYTES)
    return idkernel.digests(
        np.frombuffer(table.text, np.uint8),
        begins,
        table.ends,
        np.frombuffer(b"".join(prefixes[0]), np.uint8),
        np.cumsum([0, *map(len, prefixes[0])]),
        prefixes[1].astype(np.int64),
        rows,
        marks[1].astype(np.int64),
        np.frombuffer(key, np.uint8),
    )


def _owner(site: str | None, context: Context) -> str:
    """Equal lines of two streams are different hits, so the stream is part of whose they are."""
    return f"{site}\x1f{context.stream}" if context.stream else site or ""
