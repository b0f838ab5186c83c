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


@pytest.mark.parametrize(
    "line",
    [
        b'203.0.113.9 - ann [17/May/2015:10:05:03 +0000] "GET /x?key=secret HTTP/1.1" 2x0',
        b"203.0.113.9 secret is not closed",
        b'example.com:443 2001:db8::9 - ann [17/May/2015:10:05:03 +0000] "GET /?secret',
        b"garbage 203.0.113.9 and 2001:db8::9 behind",
    ],
)
def test_samples_hold_no_address_user_or_query(line):
    sample = privacy.sample(line)
    assert not any(part in sample for part in ("203.0.113.9", "2001:db8", "ann", "?key", "?secret"))


@settings(deadline=None)
@given(st.binary(max_size=2_000))
def test_samples_are_short(line):
    assert len(privacy.sample(line)) <= privacy.SAMPLE_CHARS
