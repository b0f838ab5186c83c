"""Referrers: hosts, pages, shims and applications."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backref import data, url
from backref.sources import referrer
from backref.sources.referrer import Referrer


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://www.Example.org/", Referrer("example.org")),
        ("https://example.org", Referrer("example.org")),
        ("https://example.org/a/?utm_source=x#y", Referrer("example.org", "example.org/a")),
        ("http://example.org:8080/", Referrer("example.org", "example.org:8080")),
        ("https://t.co/abc", Referrer("x.com", None, "t.co")),
        (
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fa.example",
            Referrer("facebook.com", None, "l.facebook.com"),
        ),
        ("https://www.facebook.com/l.php?u=x", Referrer("facebook.com", None, "facebook.com")),
        ("https://www.facebook.com/ann", Referrer("facebook.com", "facebook.com/ann")),
        ("https://www.google.co.uk/url?sa=t", Referrer("google.co.uk", None, "google.co.uk")),
        ("https://www.google.com/goto?url=CAES", Referrer("google.com", None, "google.com")),
        ("https://www.google.de/", Referrer("google.de")),
        (
            "https://eur01.safelinks.protection.outlook.com/?url=x",
            Referrer("outlook.office.com", None, "eur01.safelinks.protection.outlook.com"),
        ),
        (
            "android-app://com.reddit.frontpage/",
            Referrer("reddit.com", None, "com.reddit.frontpage"),
        ),
        ("android-app://org.unknown.app", Referrer("org.unknown.app", None, "org.unknown.app")),
        ("www.example.org/a", Referrer("example.org", "example.org/a")),
        ("http://\ufffd\ufffd.ru/x", Referrer("\ufffd\ufffd.ru")),
        ("nonsense", Referrer(None)),
        ("", Referrer(None)),
        ("http://", Referrer(None)),
    ],
)
def test_referrers(text, found):
    assert referrer.read(text) == found


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("https://out.reddit.com/t3?url=https%3A%2F%2Fa.example%2Fb", "https://a.example/b"),
        ("https://t.co/abc", None),
        ("https://a.example/?url=x", None),
    ],
)
def test_targets_of_shims(text, target):
    assert referrer.target(url.parse(text)) == target


def test_no_shim_is_listed_as_itself_with_another_network_that_is_a_shim():
    places = {row["place"] for row in data.table("shims.csv")}
    assert not places & {row["network"] for row in data.table("shims.csv")}


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read(text):
    found = referrer.read(text)
    assert found.host != ""
    assert len(found.host or "") <= 4_096


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://WWW.News.example:8443/a?b", "www.news.example"),
        ("http://l.facebook.com/l.php?u=x", "l.facebook.com"),
        ("http://[2001:db8::1]:80/", "[2001:db8::1]"),
        ("https://user@news.example", "news.example"),
        ("-", None),
    ],
)
def test_the_host_as_it_was_sent(text, host):
    assert referrer.sent_host(text) == host
