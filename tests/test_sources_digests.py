"""Many values' hashes are those of each alone, by kernel or not."""

from __future__ import annotations

from hashlib import blake2b

import pytest

from backref import identity
from backref.sources import digests, linescan

VALUES = [bytes([n % 251]) * n for n in range(300)]


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("count", [0, 1, digests.FEW + 1, 300])
@pytest.mark.parametrize("size", [2, 8, 16])
def test_they_are_the_digests_of_single_values(monkeypatch, compiled, count, size):
    monkeypatch.setattr(linescan, "are_compiled", lambda: compiled)
    for key, person in ((b"k", b""), (bytes(range(64)), b"address")):
        found = digests.of_values(VALUES[:count], key, size, person)
        assert list(map(bytes, found)) == [
            blake2b(each, key=key, digest_size=size, person=person).digest()
            for each in VALUES[:count]
        ]


@pytest.mark.parametrize("compiled", [False, True])
def test_numbers_are_those_of_identities(monkeypatch, compiled):
    monkeypatch.setattr(linescan, "are_compiled", lambda: compiled)
    agents = [f"Agent/{n}" for n in range(100)]
    found = digests.numbers([each.encode() for each in agents], b"key", identity.AGENT)
    assert found.tolist() == [identity.agent_hash(b"key", agent) for agent in agents]
