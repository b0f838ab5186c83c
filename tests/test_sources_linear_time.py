"""What any visitor may send takes time in proportion to its length, whatever it is made of."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backref.sources import privacy, referrer, request, w3clog

LENGTH = 100_000
MOST_TIMES = 12
"""A reading may take so many times what one pass of an expression over the text takes; a
quadratic one takes thousands."""
_PLAIN = re.compile(r"[a-z]|[^a-z]")
READINGS = {
    "request": lambda text: request.read.__wrapped__(f"GET /{text} HTTP/1.1"),
    "request target": lambda text: request.read.__wrapped__(f"GET {text}"),
    "request query": lambda text: request.read.__wrapped__(f"GET /?utm_source={text}"),
    "referrer": lambda text: referrer.read.__wrapped__(f"https://{text}"),
    "application": lambda text: referrer.read.__wrapped__(f"android-app://{text}"),
    "masked": privacy.masked,
    "sample": lambda text: privacy.sample(text.encode()),
}
KNOWN = ["a@", "a", "1", " ", "a@a.", "%40", "+1", "+", "eyJ", "eyJ.", "1a", "٣", "?", "/", "://"]
texts = st.lists(
    st.sampled_from([*KNOWN, "-", ".", "é", "&", "=", "[", '"', "HTTP/1.1", "::"]),
    min_size=1,
    max_size=4,
).map(lambda parts: "".join(parts) * (LENGTH // len("".join(parts))))


def seconds(work, text: str | bytes) -> float:
    """The least time of three."""
    took = []
    for _ in range(3):
        begun = time.perf_counter()
        work(text)
        took.append(time.perf_counter() - begun)
    return min(took)


def assert_linear(name: str, text: str) -> None:
    assert seconds(READINGS[name], text) < MOST_TIMES * seconds(_PLAIN.findall, "x" * LENGTH)


@pytest.mark.parametrize("name", READINGS)
@pytest.mark.parametrize("part", KNOWN)
def test_one_thing_over_and_over(name, part):
    assert_linear(name, part * (LENGTH // len(part)))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([*READINGS]), texts)
def test_small_alphabets(name, text):
    assert_linear(name, text)


def log(dates: int) -> bytes:
    """A W3C log of 2,000 lines, each with a `#Date:` before it, of which so many differ."""
    line = b"10:00:00 192.0.2.1 GET / 200\n"
    days = (b"#Date: 2026-11-01 %d\n" % (number % dates) for number in range(2_000))
    return b"#Fields: time c-ip cs-method cs-uri-stem sc-status\n" + line.join([*days, b""])


def test_many_dates_of_a_log():
    cut = w3clog.EXTENDED.cut
    assert cut(log(2_000))[0].height == 2_000
    assert seconds(cut, log(2_000)) < MOST_TIMES * seconds(cut, log(1))
