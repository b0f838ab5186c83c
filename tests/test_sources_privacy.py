"""What of a visitor is masked."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backref.sources import privacy


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("/unsubscribe/ann@example.org/now", "/unsubscribe/{email}/now"),
        ("/u/ann%40example.org", "/u/{email}"),
        ("/@ann/story", "/@ann/story"),
        ("/reset/9f86d081884c7d659a2feaa0c55ad015", "/reset/{token}"),
        ("/t/eyJhbGciOiJIUzI1.eyJzdWIiOiIx.SflKxw", "/t/{token}"),
        ("/call/+49%20170%201234567", "/call/{phone}"),
        ("/c++/2015/12", "/c++/2015/12"),
        (
            "/how-to-write-a-very-long-slug-with-many-words-2026",
            "/how-to-write-a-very-long-slug-with-many-words-2026",
        ),
        (
            "/item/123e4567-e89b-12d3-a456-426614174000",
            "/item/123e4567-e89b-12d3-a456-426614174000",
        ),
        ("/donaudampfschifffahrtsgesellschaft", "/donaudampfschifffahrtsgesellschaft"),
    ],
)
def test_masking(text, masked):
    assert privacy.masked(text) == masked


TIME = "[17/May/2015:10:05:03 +0000]"


@pytest.mark.parametrize(
    ("line", "sample"),
    [
        (
            f'203.0.113.9 - ann {TIME} "GET /x?key=secret HTTP/1.1" 2x0',
            f'{{address}} {TIME} "GET /x',
        ),
        (
            f'203.0.113.9 - ann {TIME} "GET /x HTTP/1.1" 2x0 71 "-" "-"',
            f'{{address}} {TIME} "GET /x HTTP/1.1" 2',
        ),
        (
            f'dsl-9.example - bob {TIME} "GET / HTTP/1.1" 200 71 "https://x.example/u/ann" "A"',
            f'{{address}} {TIME} "GET / HTTP/1.1" 200 71 "https://x.example',
        ),
        (
            f'a - - {TIME} "GET /203.0.113.9/ann@example.org HTTP/1.1" 200 -',
            f'{{address}} {TIME} "GET /{{address}}/{{email}} HTTP/1.1" 200 -',
        ),
        (
            f'a - - {TIME} "GET https://ann@example.org/x HTTP/1.1" 200 -',
            f'{{address}} {TIME} "GET https://… 200 -',
        ),
        (f"a - - {TIME}", f"{{address}} {TIME}"),
        ("203.0.113.9 secret is not closed", "32 bytes that begin with an address"),
        ("2001:db8::9 - ann [17/May/2015] x", "33 bytes that begin with an address"),
        ("dsl-9.example - bob GET /x", "26 bytes that begin with a word"),
        ("1234 x", "6 bytes that begin with a number"),
        ("\x16\x03\x01 x", "5 bytes that begin with no word"),
        ("", "0 bytes that begin with no word"),
    ],
)
def test_samples(line, sample):
    assert privacy.sample(line.encode()) == sample


SECRETS = ("203.0.113.9", "dsl-9", "annabella", "hunter2", "sesame", "inbox", "kilroy", "opensaid")
WHOLE = (
    f'203.0.113.9 dsl-9 annabella:hunter2 {TIME} "GET /page?q=sesame HTTP/1.1" 200 71 '
    '"https://kilroy:hunter2@mail.example/u/inbox?t=opensaid" "Agent annabella"'
)
QUERYLESS = WHOLE.replace("?q=sesame", "")
WITH_HOST = "[::1]:80 " + WHOLE


@settings(deadline=None, max_examples=400)
@given(
    st.sampled_from([WHOLE, QUERYLESS, WITH_HOST]),
    st.integers(0, 1_000),
    st.integers(0, 1),
    st.sampled_from(["", " ", '"', "\\", "[", "]", "?", "-", "0", "x", "\0", "é", '" "', "://"]),
)
def test_no_secret_of_a_line_damaged_anywhere_is_in_its_sample(line, at, gone, put):
    at %= len(line)
    if line[at] == "?" and gone:
        put = "?"  # Without it a query is a path.
    damaged = line[:at] + put + line[at + gone :]
    sample = privacy.sample(damaged.encode())
    assert not [secret for secret in SECRETS if secret in sample]


@given(st.integers(0, 400))
def test_no_secret_of_a_line_cut_off_is_in_its_sample(length):
    sample = privacy.sample(QUERYLESS[:length].encode())
    assert not [secret for secret in SECRETS if secret in sample]


@settings(deadline=None)
@given(st.binary(max_size=2_000))
def test_samples_are_short(line):
    assert len(privacy.sample(line)) <= privacy.SAMPLE_CHARS
