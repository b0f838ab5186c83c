"""Session identities: the same everywhere, and another for whatever differs."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backref.visits.session_ids import session_ids

WORD = 2**64


def mixed(word: int) -> int:
    """SplitMix64's finaliser in whole numbers."""
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) % WORD
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) % WORD
    return word ^ (word >> 31)


words = st.integers(0, WORD - 1)


@given(words, words, words)
def test_identities_mix_every_word(visitor: int, started: int, ordinal: int) -> None:
    columns = [np.array([word], np.uint64) for word in (visitor, started, ordinal)]
    [first] = session_ids("a.example", *columns).tolist()
    from hashlib import blake2b

    state = int.from_bytes(blake2b(b"a.example", digest_size=8, person=b"session").digest())
    for word in (visitor, started, ordinal):
        state = mixed(((state + 0x9E3779B97F4A7C15) % WORD) ^ word)
    assert first == state
    assert session_ids("b.example", *columns).tolist() != [first]


def test_near_words_do_not_meet() -> None:
    grid = np.array([(v, s, o) for v in range(40) for s in range(40) for o in (1, 2)], np.uint64)
    assert len(set(session_ids("a.example", *grid.T).tolist())) == len(grid)
