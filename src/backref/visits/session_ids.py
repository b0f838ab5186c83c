"""Identities of sessions: 64 bits mixed from site, visitor, start and order, without a key.

The mix is SplitMix64's finaliser (Steele, Lea and Flood, 2014), applied to one word after the
other, so that any engine with 64-bit integers can repeat it.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    Words = np.ndarray[Any, np.dtype[np.uint64]]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def session_ids(site: str, visitor: Words, started: Words, ordinal: Words) -> Words:
    """Identities of a site's sessions: daily visitor hashes, starts in microseconds since 1970,
    and the order among sessions that one visitor began at the same time, from 1."""
    name = int.from_bytes(blake2b(site.encode(), digest_size=8, person=b"session").digest())
    state = np.full(len(visitor), name, np.uint64)
    for word in (visitor, started, ordinal):
        state = _mixed(state + GOLDEN ^ word)
    return state


def _mixed(word: Words) -> Words:
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))
