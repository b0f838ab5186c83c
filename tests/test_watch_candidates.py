from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.watch.candidates import MOST_ENTRIES, Entry, entries, feeds, nearest, sitemaps, when

BASE = "https://blog.test/sitemap.xml"

SITEMAP = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://blog.test/a?x=1&amp;y=2</loc><lastmod>2026-10-01</lastmod></url>
<url><loc> /relative </loc></url>
<url><loc>https://elsewhere.test/</loc></url>
<url><loc>javascript:alert(1)</loc></url></urlset>"""
INDEX = b"<sitemapindex><sitemap><loc>https://blog.test/1.xml</loc></sitemap></sitemapindex>"
RSS = b"""<rss><channel><link>https://blog.test/</link><item><title>x</title>
<link><![CDATA[https://blog.test/post]]></link><pubDate>Tue, 20 Oct 2026 08:00:00 +0200</pubDate>
</item></channel></rss>"""
ATOM = b"""<feed><entry><link rel="alternate" href="https://www.blog.test/e"/>
<updated>2026-10-20T08:00:00Z</updated></entry></feed>"""


def test_what_lists_name_on_their_own_domain() -> None:
    assert list(entries(SITEMAP, BASE)) == [
        Entry("https://blog.test/a?x=1&y=2", datetime(2026, 10, 1, tzinfo=UTC), False),
        Entry("https://blog.test/relative", None, False),
    ]
    assert list(entries(INDEX, BASE)) == [Entry("https://blog.test/1.xml", None, True)]
    at = datetime(2026, 10, 20, 6, tzinfo=UTC)
    assert list(entries(RSS, BASE)) == [Entry("https://blog.test/post", at, False)]
    [entry] = entries(ATOM, BASE)
    assert entry == Entry("https://www.blog.test/e", at.replace(hour=8), False)


def test_where_lists_are() -> None:
    robots = b"User-agent: *\nSitemap: https://blog.test/s.xml\nsitemap:/t.xml\n"
    assert sitemaps(robots, "https://blog.test/robots.txt") == [
        "https://blog.test/s.xml",
        "https://blog.test/t.xml",
    ]
    page = b"<link rel='alternate' type='application/rss+xml' href='/feed'><link href='/x.css'>"
    assert feeds(page, "https://blog.test/") == ["https://blog.test/feed"]


@pytest.mark.parametrize("said", [b"", b"soon", b"2026-13-40", b"Tue, 99 Foo 2026", b"\xff\xfe"])
def test_what_is_no_date_is_none(said: bytes) -> None:
    assert when(said) is None


def test_the_nearest_to_the_first_visit_come_first_and_undated_ones_last() -> None:
    first = datetime(2026, 10, 20, tzinfo=UTC)
    named = [
        Entry("undated", None, False),
        Entry("far", datetime(2020, 1, 1, tzinfo=UTC), False),
        Entry("near", datetime(2026, 10, 19, tzinfo=UTC), False),
        Entry("near", None, False),
    ]
    assert nearest(named, first, 10) == ["near", "far", "undated"]
    assert nearest(named, first, 1) == ["near"]


@given(
    st.one_of(
        st.binary(),
        st.lists(st.sampled_from([RSS, ATOM, SITEMAP, b"<url>", b"<item><link>"])).map(b"".join),
    )
)
def test_whatever_a_list_holds_its_entries_are_on_its_domain(text: bytes) -> None:
    for entry in entries(text, BASE):
        assert "blog.test" in entry.url
        assert entry.at is None or entry.at.tzinfo is not None


READINGS = {
    "entries": lambda text: list(entries(text, BASE)),
    "feeds": lambda text: feeds(text, BASE),
    "sitemaps": lambda text: sitemaps(text, BASE),
}
HURTING = [
    b"\n", b" ", b"<url>", b"<url><loc>", b"<url>\n", b"<link ", b"<link href=", b"sitemap:",
    b"<url><loc>" + b" " * 19_000 + b"</url>", b"<item><link", b"<url", b"<url></sitemap>",
    b"<link application/rss+xml ", b"sitemap \t", b"<url><loc></url>",
    b"<entry>" + b"<link " * 3_000,
]  # fmt: skip


def steps(work: Callable[[bytes], object], text: bytes) -> float:
    """The least processor time of three."""
    took = []
    for _ in range(3):
        begun = time.process_time()
        work(text)
        took.append(time.process_time() - begun)
    return min(took)


@pytest.mark.parametrize("name", READINGS)
@pytest.mark.parametrize("part", HURTING)
def test_twice_the_text_takes_about_twice_the_time(name: str, part: bytes) -> None:
    once = part * (200_000 // len(part))
    work = READINGS[name]
    assert steps(work, once * 4) < 10 * steps(work, once) + 0.02


def test_reading_ends_with_the_most_entries() -> None:
    text = b"<url><loc>/a</loc></url>" * (MOST_ENTRIES + 10)
    assert len(list(entries(text, BASE))) == MOST_ENTRIES


def test_an_entry_that_is_too_long_hides_no_other() -> None:
    long = b"<item><link>https://blog.test/long</link>" + b"x" * 30_000 + b"</item>"
    text = RSS + long + b"<item><link>https://blog.test/short</link></item>"
    named = [entry.url for entry in entries(text, BASE)]
    assert named == ["https://blog.test/post", "https://blog.test/short"]
