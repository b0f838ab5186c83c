"""The identities of hits: `identity.record_id` of many lines at once.

The canonical bytes of a hit are its line's, but for the address, in whose place its mark stands.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from backref import identity
from backref.sources import digests, linescan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backref.sources.logtable import Table
    from backref.sources.source import Context


def of_lines(
    table: Table, site: np.ndarray, sites: Sequence[str | None], context: Context
) -> pa.Array:
    """Each line's identity; `site` is the number of each line among the hosts, of which each
    belongs to one of `sites`."""
    address = table.columns["address"]
    prefixes = [f"hits\0{_owner(name, context)}\0".encode() for name in sites]
    marks = digests.of_values(address.values, context.key, identity.MARK_BYTES, identity.ADDRESS)
    told = ((prefixes, site), (marks, address.numbers), context.key)
    if table.places is None:
        raw = pa.py_buffer(_everywhere(table, *told))
    elif linescan.are_compiled():
        raw = pa.py_buffer(_compiled(table, table.places, *told))
    else:
        raw = pa.py_buffer(_one_by_one(table, table.places, *told))
    return pa.Array.from_buffers(pa.binary(identity.ID_BYTES), table.height, [None, raw])


Numbered = tuple["Sequence[bytes]", np.ndarray]
"""Byte strings, and for each line the number of its own."""
Marks = tuple[np.ndarray, np.ndarray]
"""Marks, a row of bytes each, and for each line the number of its own."""


def _everywhere(table: Table, prefixes: Numbered, marks: Marks, key: bytes) -> bytes:
    """The mark in every place where the line has the address."""
    addresses = table.columns["address"].values
    mark_of = list(map(bytes, marks[0]))

    def digest(prefix: int, number: int, line: bytes) -> bytes:
        address = addresses[number]
        told = line.replace(address, mark_of[number]) if len(address) > 1 else line
        hashed = blake2b(prefixes[0][prefix] + told, key=key, digest_size=identity.ID_BYTES)
        return hashed.digest()

    numbers = (prefixes[1].tolist(), marks[1].tolist(), map(table.line, range(table.height)))
    return b"".join(map(digest, *numbers))


def _one_by_one(
    table: Table, places: np.ndarray, prefixes: Numbered, marks: Marks, key: bytes
) -> bytes:
    begun = [blake2b(each, key=key, digest_size=identity.ID_BYTES).copy for each in prefixes[0]]
    text, mark_of = table.text, list(map(bytes, marks[0]))

    def digest(prefix: int, mark: int, start: int, place: list[int], end: int) -> bytes:
        hashed = begun[prefix]()
        hashed.update(text[start : place[0]] + mark_of[mark] + text[place[1] : end])
        return hashed.digest()

    numbers = (prefixes[1].tolist(), marks[1].tolist(), table.starts.tolist())
    return b"".join(map(digest, *numbers, places.tolist(), table.ends.tolist()))


def _compiled(
    table: Table, places: np.ndarray, prefixes: Numbered, marks: Marks, key: bytes
) -> np.ndarray:
    from backref.sources import idkernel

    return idkernel.digests(
        np.frombuffer(table.text, np.uint8),
        table.starts,
        places.astype(np.int64),
        table.ends,
        np.frombuffer(b"".join(prefixes[0]), np.uint8),
        np.cumsum([0, *map(len, prefixes[0])]),
        prefixes[1].astype(np.int64),
        marks[0],
        marks[1].astype(np.int64),
        np.frombuffer(key, np.uint8),
    )


def _owner(site: str | None, context: Context) -> str:
    """Equal lines of two streams are different hits, so the stream is part of whose they are."""
    return f"{site}\x1f{context.stream}" if context.stream else site or ""
