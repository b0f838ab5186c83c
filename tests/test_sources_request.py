"""Request lines: what was asked for, and the campaign in the query."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backref.sources import request


@pytest.mark.parametrize(
    ("line", "method", "path", "page"),
    [
        ("GET / HTTP/1.1", "GET", "/", "/"),
        ("GET /a/b/?x=1 HTTP/2.0", "GET", "/a/b/", "/a/b"),
        ("GET /index.html HTTP/1.0", "GET", "/index.html", "/"),
        ("GET /a b HTTP/1.1", "GET", "/a b", "/a b"),
        ("GET /old", "GET", "/old", "/old"),
        ("HEAD http://example.com/x?y HTTP/1.1", "HEAD", "/x", "/x"),
        ("GET http://example.com HTTP/1.1", "GET", "/", "/"),
        ("GET ?utm_source=x HTTP/1.1", "GET", "/", "/"),
        ("OPTIONS * HTTP/1.0", "OPTIONS", "*", "*"),
    ],
)
def test_request_lines(line, method, path, page):
    read = request.read(line)
    assert (read.method, read.path, read.page) == (method, path, page)


@pytest.mark.parametrize(
    "line", ["", "-", "\x16\x03\x01", "GET", "hello world", "SSTP /x SIP/2.0x y"]
)
def test_what_is_no_request_line_is_kept_as_such(line):
    read = request.read(line)
    assert (read.method, read.asks_for) == ("-", "other") or read.path.startswith("/")


@pytest.mark.parametrize(
    ("method", "status", "path", "kind"),
    [
        ("GET", 200, "/", "view"),
        ("GET", 304, "/article", "view"),
        ("GET", 206, "/site/example.com", "view"),
        ("GET", 200, "/page.php", "view"),
        ("GET", 301, "/article", "other"),
        ("POST", 200, "/article", "other"),
        ("HEAD", 200, "/article", "other"),
        ("GET", 404, "/gone", "dead"),
        ("GET", 410, "/gone.pdf", "dead"),
        ("HEAD", 404, "/gone", "other"),
        ("GET", 200, "/a/style.CSS", "asset"),
        ("GET", 404, "/robots.txt", "robots"),
        ("GET", 200, "/blog/feed/", "feed"),
        ("GET", 200, "/atom.xml", "feed"),
        ("GET", 200, "/sitemap.xml", "other"),
        ("GET", 200, "/paper.pdf", "other"),
        ("CONNECT", 200, "example.com:443", "other"),
    ],
)
def test_kinds(method, status, path, kind):
    assert request.kind(method, status, request.asked_for(path)) == kind


@pytest.mark.parametrize(
    ("query", "campaign", "click_id"),
    [
        (
            "utm_source=News+Letter&utm_medium=email",
            {"source": "News Letter", "medium": "email"},
            None,
        ),
        ("UTM_Source=%C3%A9t%C3%A9", {"source": "été"}, None),
        ("ref=partner.example", {"source": "partner.example"}, None),
        ("ref=12345", {}, None),
        ("ref=https://x.example/a?b", {}, None),
        ("ref=partner&utm_source=tag", {"source": "tag"}, None),
        (
            "mtm_campaign=a&mtm_kwd=b&pk_content=c",
            {"campaign": "a", "term": "b", "content": "c"},
            None,
        ),
        ("utm_id=7&promo=ANNA10", {"code": "7"}, None),
        ("promo=ANNA10", {"code": "ANNA10"}, None),
        ("utm_content=ann@example.org", {"content": "{email}"}, None),
        ("gclid=Cj0KCQ&x=1", {}, "gclid"),
        ("x=1&FBCLID=IwAR&gclid=2", {}, "gclid"),
        ("x=1&FBCLID=IwAR", {}, "fbclid"),
        ("session=secret&token=abc", {}, None),
        ("utm_source=", {}, None),
    ],
)
def test_campaign_tags(query, campaign, click_id):
    read = request.read(f"GET /p?{query} HTTP/1.1")
    assert dict(read.campaign) == campaign
    assert read.click_id == click_id


def test_values_are_bounded():
    read = request.read("GET /" + "a-" * 9_000 + "?utm_source=" + "b-" * 900 + " HTTP/1.1")
    assert len(read.path) <= request.MAX_PATH_CHARS
    assert len(read.campaign["source"]) <= request.MAX_VALUE_CHARS


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read(text):
    read = request.read(text)
    assert "?" not in read.path
    assert read.asks_for in {"view", "asset", "feed", "robots", "other"}


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("GET  /a HTTP/1.1", "-"),
        ("GET HTTP/1.1", "-"),
        ("GET /a  HTTP/1.1", "/a"),
        ("GET /a HTTP/1.1 ", "/a HTTP/1.1 "),
        ("GET example.com", "-"),
        ("GET /go/https://other.example/b HTTP/1.1", "/go/https://other.example/b"),
        ("get /a HTTP/1.1", "-"),
    ],
)
def test_blanks_and_addresses_within(line, path):
    assert request.read(line).path == path


def test_what_the_bound_cuts_through_is_masked():
    path = "/" + "a-" * ((request.MAX_PATH_CHARS - 10) // 2) + "/annabella@example.org"
    assert "anna" not in request.read(f"GET {path} HTTP/1.1").path
