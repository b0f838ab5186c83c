"""Identities in bulk, against Python's own dictionaries."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from backref.ingest.identifiers import Ids

# Few different halves, so that heads meet while tails differ.
identities = st.lists(
    st.tuples(
        st.sampled_from([b"\0" * 8, b"a" * 8, b"\xff" * 8]), st.binary(min_size=1, max_size=1)
    ).map(lambda halves: halves[0] + halves[1] * 8),
    max_size=40,
)


def of(raw: list[bytes]) -> Ids:
    return Ids.of_bytes(b"".join(raw))


@settings(deadline=None)
@given(identities)
def test_bytes_and_columns_survive(raw):
    column = pa.array([b"x" * 16, *raw], pa.binary(16))[1:]
    assert Ids.of_array(column).to_bytes() == b"".join(raw)
    assert of(raw).to_array().to_pylist() == raw


@settings(deadline=None)
@given(identities)
def test_equal_identities_stand_together(raw):
    ordered = of(raw)[of(raw).order()].to_array().to_pylist()
    runs = [each for place, each in enumerate(ordered) if place == 0 or each != ordered[place - 1]]
    assert len(runs) == len(set(raw))
    assert sorted(ordered) == sorted(raw)


@settings(deadline=None)
@given(identities, identities)
def test_find_is_membership(there, wanted):
    there = sorted(set(there))
    places = of(there).sorted().find(of(wanted))
    found = of(there).sorted().to_array().to_pylist()
    for place, each in zip(places.tolist(), wanted, strict=True):
        assert (found[place] == each) if place >= 0 else (each not in there)
