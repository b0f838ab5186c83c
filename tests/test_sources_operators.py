"""Operators of address ranges, against the standard library's own arithmetic."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backref import data
from backref.sources import operators

RANGES = [
    (ipaddress.ip_network(row["range"]), row["operator"])
    for row in data.table("operator_ranges.csv")
]


def narrowest(address):
    """The operator by looking at every range."""
    holding = [
        (network.prefixlen, -place, name)
        for place, (network, name) in enumerate(RANGES)
        if address in network
    ]
    return max(holding)[2] if holding else None


@pytest.mark.parametrize("network", [network for network, _ in RANGES[::2_500]], ids=str)
def test_first_last_and_neighbours_of_ranges(network):
    first, last = int(network[0]), int(network[-1])
    for number in {first - 1, first, last, last + 1}:
        address = type(network[0])(number)
        assert operators.operator_of(str(address).encode()) == narrowest(address)


def test_every_range_has_an_operator():
    for network, _ in RANGES[::50]:
        assert operators.operator_of(str(network[0]).encode()) is not None


@pytest.mark.parametrize(
    "text", [b"", b"-", b"host.example", b"1.2.3", b"999.1.1.1", b"\xff", b"::g"]
)
def test_what_is_no_address_has_none(text):
    assert operators.operator_of(text) is None


addresses = st.one_of(
    st.from_regex(rb"[0-9.]{1,16}", fullmatch=True),
    st.builds(
        "{}.{}.{}.{}{}".format,
        *[st.integers(0, 300)] * 4,
        st.sampled_from(["", "", ".", ".1", "%x"]),
    ).map(str.encode),
    st.sampled_from([b"66.249.66.1", b"2001:4860:4801::1", b"name", b"01.2.3.4", b"1.2.3.00"]),
)


@settings(deadline=None)
@given(st.lists(addresses, max_size=8))
def test_all_at_once_are_as_one_by_one(given_addresses):
    one_by_one = [operators.operator_of(address) for address in given_addresses]
    assert operators.of_all(given_addresses) == one_by_one


def test_many_addresses_of_one_family():
    given_addresses = [
        str(network[0]).encode() for network, _ in RANGES[::7] if ":" not in str(network)
    ]
    assert operators.of_all(given_addresses) == [*map(operators.operator_of, given_addresses)]


nested = st.lists(
    st.tuples(st.integers(0, 31), st.integers(0, 5), st.sampled_from("abc")).map(
        lambda made: ((made[0] >> made[1]) << made[1], made[1], made[2])
    ),
    max_size=12,
)


@settings(deadline=None)
@given(nested)
def test_the_narrowest_range_names_a_number(ranges):
    flat = operators.flattened([(start, start + (1 << bits), name) for start, bits, name in ranges])
    assert flat.starts == sorted(flat.starts)
    for number in range(40):
        holding = [
            (bits, place, name)
            for place, (start, bits, name) in enumerate(ranges)
            if start <= number < start + (1 << bits)
        ]
        place = max(at for at, start in enumerate(flat.starts) if start <= number)
        assert flat.names[place] == (min(holding)[2] if holding else "")
