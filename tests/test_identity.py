"""Row identities: distinct for distinct records, equal for equal ones, useless without the key."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backref import identity

KEY = b"k" * 32
OTHER = b"o" * 32


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_records_meet_exactly_when_their_bytes_are_equal(one: bytes, two: bytes) -> None:
    ids = [identity.record_id(KEY, "hits", "example.com", record) for record in (one, two)]
    assert (ids[0] == ids[1]) == (one == two)
    assert all(len(found) == identity.ID_BYTES for found in ids)


def test_table_site_and_key_are_part_of_an_identity() -> None:
    record = b"GET / 200"
    base = identity.record_id(KEY, "hits", "example.com", record)
    assert base != identity.record_id(KEY, "events", "example.com", record)
    assert base != identity.record_id(KEY, "hits", "example.org", record)
    assert base != identity.record_id(OTHER, "hits", "example.com", record)


@given(st.integers(0, 2**32), st.integers(0, 2**32))
def test_occurrences_and_children_never_collide(one: int, two: int) -> None:
    base = identity.record_id(KEY, "hits", "", b"x")
    assert (identity.repeated_id(KEY, base, one) == identity.repeated_id(KEY, base, two)) == (
        one == two
    )
    assert identity.repeated_id(KEY, base, one + 1) != identity.child_id(KEY, base, "hits", one + 1)


def test_the_first_occurrence_is_the_record_itself() -> None:
    base = identity.record_id(KEY, "hits", "", b"x")
    assert identity.repeated_id(KEY, base, 0) == base


def test_hashes_of_pages_and_agents_need_the_key() -> None:
    assert identity.page_hash(KEY, "a.example/x") != identity.page_hash(OTHER, "a.example/x")
    assert identity.agent_hash(KEY, "curl/8") != identity.agent_hash(OTHER, "curl/8")
    assert identity.page_hash(KEY, "same") != identity.agent_hash(KEY, "same")
    assert 0 <= identity.link_id("a.example/x", "b.example") < 2**64
