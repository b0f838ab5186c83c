"""Where targets lead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.links.resolution import HOPS, landing_host, landing_path, resolved

CHAIN = {str(number): str(number + 1) for number in range(30)}


@pytest.mark.parametrize(
    ("page", "leads", "end"),
    [
        ("a", {}, "a"),
        ("a", {"b": "c"}, "a"),
        ("a", {"a": "b"}, "b"),
        ("a", {"a": "b", "b": "c"}, "c"),
        ("a", {"a": "b", "b": "a"}, "a"),
        ("a", {"a": "b", "b": "c", "c": "b"}, "a"),
        ("20", CHAIN, "30"),
        ("19", CHAIN, "19"),
    ],
)
def test_chains(page: str, leads: dict[str, str], end: str) -> None:
    assert resolved(page, leads) == end


@given(st.dictionaries(st.integers(0, 15).map(str), st.integers(0, 15).map(str)))
def test_an_end_is_the_page_itself_or_leads_no_further(leads: dict[str, str]) -> None:
    for page in leads:
        end = resolved(page, leads)
        assert end == page or end not in leads
        assert end == page or end in steps(page, leads)


def steps(page: str, leads: dict[str, str]) -> list[str]:
    walked = [page]
    while walked[-1] in leads and len(walked) <= HOPS:
        walked.append(leads[walked[-1]])
    return walked


@pytest.mark.parametrize(
    ("page", "path"),
    [
        ("example.com", "/"),
        ("example.com/a/b", "/a/b"),
        ("example.com:8080/a?id=7/8", "/a"),
        ("example.com?id=7", "/"),
        ("[::1]/a", "/a"),
    ],
)
def test_landing_paths(page: str, path: str) -> None:
    assert landing_path(page) == path


@pytest.mark.parametrize(
    ("page", "host"),
    [
        ("example.com", "example.com"),
        ("example.com/a/b", "example.com"),
        ("example.com?id=7/8:9", "example.com"),
        ("example.com:8080/a", "example.com"),
        ("[2001:db8::1]:8080/a", "[2001:db8::1]"),
        ("[2001:db8::1]", "[2001:db8::1]"),
    ],
)
def test_landing_hosts(page: str, host: str) -> None:
    assert landing_host(page) == host
