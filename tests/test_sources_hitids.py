"""The identities of many lines are those of `identity.record_id`, by kernel or not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_lines import context, line

from backref import identity
from backref.sources import hitids, linescan, logline

KEY = context().key
VHOST = "vhost_combined"
agents = st.text(st.sampled_from("ab/; é"), max_size=400)


def text_of(lines: list[tuple[str, str, str]]) -> bytes:
    return b"".join(
        host.encode() + b" " + line(address=address, agent=agent) for host, address, agent in lines
    )


@pytest.mark.parametrize("smallest", [0, 1 << 40])
@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a.example", "b.example:443"]),
            st.sampled_from(["192.0.2.7", "2001:db8::1"]),
            agents,
        ),
        min_size=1,
        max_size=8,
    )
)
def test_identities_are_those_of_single_records(smallest, lines):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linescan, "are_compiled", lambda: smallest == 0)
        table, misfits = linescan.cut(text_of(lines), logline.shape(VHOST))
        assert not misfits
        host = table.columns["host"]
        sites = ["example.com"] * len(host.values)
        found = hitids.of_lines(table, host.numbers, sites, context(VHOST)).to_pylist()
    for number, (name, address, _) in enumerate(lines):
        behind = table.line(number)[len(name) + 1 + len(address) :]
        mark = identity.address_mark(KEY, address.encode())
        record = name.encode() + b" " + mark + behind
        assert found[number] == identity.record_id(KEY, "hits", "example.com", record)


@pytest.mark.parametrize("size", [*range(100, 132), 220, 221, 222, 223, 224, 600])
def test_digests_are_right_around_the_ends_of_blocks(size):
    from hashlib import blake2b

    from backref.sources import idkernel

    text = bytes(range(256)) * 3
    places = np.array([[0, 0], [9, 12], [0, 7]])
    found = idkernel.digests(
        np.frombuffer(text, np.uint8),
        np.array([0, 3, 0]),
        places,
        np.array([size, size + 3, size]),
        np.frombuffer(b"onethree", np.uint8),
        np.array([0, 3, 8]),
        np.array([0, 1, 0]),
        np.frombuffer(b"ab", np.uint8).reshape(1, 2),
        np.array([0, 0, 0]),
        np.frombuffer(KEY, np.uint8),
    )
    for row, prefix, start, (begin, behind) in zip(
        found, [b"one", b"three", b"one"], [0, 3, 0], places, strict=True
    ):
        message = prefix + text[start:begin] + b"ab" + text[behind : start + size]
        whole = blake2b(message, key=KEY, digest_size=16)
        assert row.tobytes() == whole.digest()
