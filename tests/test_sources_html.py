from __future__ import annotations

import gzip
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from backref import url as urls
from backref.sources.headers import Headers
from backref.sources.html import Page, read_page, rel_tokens
from backref.sources.records import Record, records

HERE = urls.parse("https://www.example.com/dir/page?q=1")
assert HERE is not None
UTF8 = Headers({"content-type": ["text/html; charset=utf-8"]})


def page(body: str | bytes, headers: Headers = UTF8, *, internal: bool = False) -> Page:
    data = body if isinstance(body, bytes) else body.encode()
    return read_page(data, HERE, headers, internal=internal)


EXTERNAL = "https://other.org/"
BOTH = ["https://www.example.com/1", "https://www.example.com/2"]

LINKS: dict[str, tuple[str | bytes, list[str]]] = {
    "absolute": ('<a href="https://other.org/">x</a>', [EXTERNAL]),
    "relative to the page": ("<a href=x>x</a>", ["https://www.example.com/dir/x"]),
    "relative to the host": ("<a href=/x>x</a>", ["https://www.example.com/x"]),
    "relative to the scheme": ("<a href=//other.org/>x</a>", [EXTERNAL]),
    "a query": ("<a href='?a=b'>x</a>", ["https://www.example.com/dir/page?a=b"]),
    "a fragment": ("<a href=#top>x</a>", ["https://www.example.com/dir/page?q=1"]),
    "an empty href": ("<a href=''>x</a>", ["https://www.example.com/dir/page?q=1"]),
    "an href without value": ("<a href>x</a>", ["https://www.example.com/dir/page?q=1"]),
    "no href": ("<a name=x>x</a><a itemtype=http://schema.org/Person>y</a>", []),
    "an area": ("<map><area href=https://other.org/ alt=o></map>", [EXTERNAL]),
    "link and base are no links": ("<link href=https://other.org/><base href=/x/>", []),
    "blanks and line ends": ("<a href=' \n https://other\t.org/\n '>x</a>", [EXTERNAL]),
    "upper case": ("<A HREF='HTTPS://OTHER.ORG/'>x</A>", [EXTERNAL]),
    "entities": ("<a href='https://other.org/?a=1&amp;b=&#50;'>x</a>", [EXTERNAL + "?a=1&b=2"]),
    "backslashes": (r"<a href='\\other.org\'>x</a>", [EXTERNAL]),
    "slash, backslash": (r"<a href='/\other.org/'>x</a>", [EXTERNAL]),
    "a tab between slashes": ("<a href='/\t/other.org/'>x</a>", [EXTERNAL]),
    "one slash": ("<a href='https:/x'>x</a>", ["https://www.example.com/x"]),
    "another scheme, one slash": ("<a href='http:/other.org/'>x</a>", ["http://other.org/"]),
    "a colon in a path": ("<a href='./a:b'>x</a>", ["https://www.example.com/dir/a:b"]),
    "a port": ("<a href='//other.org:8080/'>x</a>", ["https://other.org:8080/"]),
    "scripts": ("<a href='javascript:alert(1)'>x</a><a href=' JavaScript:x'>y</a>", []),
    "encoded scripts": ("<a href='&#106;avascript:alert(1)'>x</a>", []),
    "a scheme with a tab": ("<a href='java\tscript:alert(1)'>x</a>", []),
    "other schemes": ("<a href=mailto:a@b.c>x</a><a href=tel:1>y</a><a href=ftp://x/>z</a>", []),
    "no host": ("<a href='http://'>x</a><a href='http:///'>y</a>", []),
    "blanks in the host": ("<a href='http://other org/'>x</a>", []),
    "an international host": (
        "<a href='http://bücher.example/'>x</a>",
        ["http://xn--bcher-kva.example/"],
    ),
    "within comments": ("<!-- <a href=https://other.org/>x</a> -->", []),
    "within scripts": ("<script>'<a href=https://other.org/>x</a>'</script>", []),
    "within templates": ("<template><a href=https://other.org/>x</a></template>", []),
    "within text areas": ("<textarea><a href=https://other.org/>x</a></textarea>", []),
    "within noscript": ("<body><noscript><a href=https://other.org/>x</a></noscript>", [EXTERNAL]),
    "within drawings": ("<svg><a href=https://other.org/><text>x</text></a></svg>", [EXTERNAL]),
    "xlink is no href": ("<svg><a xlink:href=https://other.org/>x</a></svg>", []),
    "nested": ("<a href=/1>1<a href=/2>2</a></a>", BOTH),
    "framesets": ("<frameset><frame src=/x><noframes><a href=/y>y</a></noframes></frameset>", []),
    "unclosed": ("<a href=https://other.org/>x", [EXTERNAL]),
    "cut off within the tag": ("<a href=https://other.org/>x</a><a href=/cut", [EXTERNAL]),
    "twice the attribute": ("<a href=https://other.org/ href=/x>x</a>", [EXTERNAL]),
    "zero bytes": (b"<a\0 href=//bad.org/>x</a><a href=https://other.org/>\0y</a>", [EXTERNAL]),
    "broken UTF-8": (b"\xff\xfe\xfd<a href=https://other.org/>\xff</a>"[3:], [EXTERNAL]),
    "tables within links": ("<a href=/1><table><tr><td><a href=/2>x</a></table>", BOTH),
}  # fmt: skip


@pytest.mark.parametrize("name", LINKS)
def test_which_links_a_page_has(name: str) -> None:
    body, wanted = LINKS[name]
    found = page(body, internal=True)
    assert [link.target.href for link in found.links] == wanted
    assert found.count == len(wanted)
    assert found.external == sum("example.com" not in href for href in wanted)


def test_a_user_name_is_not_the_host() -> None:
    (link,) = page("<a href='https://www.example.com@other.org/'>x</a>").links
    assert (link.target.host, link.domain) == ("other.org", "other.org")


def test_a_huge_href_costs_nobody_else() -> None:
    found = page("<a href='" + "x" * 2_000_000 + "'>x</a><a href=https://other.org/>y</a>")
    assert [link.target.href for link in found.links] == [EXTERNAL]


BASES = {
    "moves links": ("<base href=/other/>", "https://www.example.com/other/x", 0),
    "may leave the domain": ("<base href=https://other.org/>", "https://other.org/x", 1),
    "the first one counts": (
        "<base href=/1/><base href=/2/>",
        "https://www.example.com/1/x",
        0,
    ),
    "a target alone is none": (
        "<base target=_top><base href=/2/>",
        "https://www.example.com/2/x",
        0,
    ),
    "scripts are none": ("<base href='javascript:1'>", "https://www.example.com/dir/x", 0),
    "after the link": ("<a href=x>x</a><base href=/b/><!--", "https://www.example.com/b/x", 0),
    "relative": ("<base href=b/>", "https://www.example.com/dir/b/x", 0),
}


@pytest.mark.parametrize("name", BASES)
def test_base(name: str) -> None:
    base, wanted, external = BASES[name]
    found = page(base + "<a href=x>x</a>", internal=True)
    assert found.links[0].target.href == wanted
    assert found.external == external


def test_internal_links_are_counted_and_read_when_asked() -> None:
    body = "<a href=/a>a</a><a href=https://sub.example.com/>b</a><a href=https://other.org>c</a>"
    found = page(body)
    assert (found.count, found.external, len(found.links)) == (3, 1, 1)
    assert len(page(body, internal=True).links) == 3


def test_rel_is_all_its_tokens_sorted() -> None:
    assert rel_tokens(" NoFollow UGC\tnofollow\nme ") == "me nofollow ugc"
    body = (
        "<a href=https://o.org/ rel='sponsored NOFOLLOW'>x</a><a rel=ugc href=https://o.org/>y</a>"
    )
    found = page(body + "<a href=/in rel=nofollow>in</a>")
    assert [link.rel for link in found.links] == ["nofollow sponsored", "ugc"]
    assert (found.nofollow, found.ugc, found.sponsored) == (1, 1, 1)


DECLARED = """<html lang=de_AT><head><title> A
  title </title><link rel="Canonical alternate" href=/real>
<meta name=ROBOTS content="noindex, max-snippet:5"><meta name=googlebot content=nofollow>
<meta name=author content="Ann Author"><meta http-equiv=Refresh content="0; URL='/next'">
<script type="application/ld+json">{"@graph": [{"@type": ["Article", "https://schema.org/Thing"],
"author": {"@type": "Person", "name": "Json Author"}}]}</script>
<script src="https://www.googletagmanager.com/gtag/js?id=G-ABCDEF1234"></script>
<script>ga('create', 'UA-1234567-8'); x = "GTM-ABC123"; client="ca-pub-1234567890123456";
var u="//stats.example.org/m/"; _paq.push(['setSiteId', '7']);</script></head>
<body><svg><title>no</title></svg><div itemscope itemtype="https://schema.org/Organization">x</div>
<style>.words {}</style><p>Visible  text.</p></body>"""


def test_what_a_page_declares() -> None:
    found = page(DECLARED)
    said = found.declared
    assert (said.title, said.language, said.byline) == ("A title", "de-AT", "Json Author")
    assert said.robots == (True, True)
    assert said.canonical is not None
    assert said.canonical.href == "https://www.example.com/real"
    assert said.refresh is not None
    assert said.refresh.href == "https://www.example.com/next"
    assert said.schema_types == "Article Organization Person Thing"
    assert said.analytics_ids == (
        "G-ABCDEF1234 GTM-ABC123 UA-1234567-8 ca-pub-1234567890123456 matomo:stats.example.org/7"
    )
    assert found.text.split() == ["no", "x", "Visible", "text."]


def test_what_headers_declare() -> None:
    headers = Headers(
        {
            "content-type": ["text/html"],
            "content-language": ["fr, en"],
            "link": ['</x.css>; rel=preload, <https://example.com/c>; rel="canonical"'],
            "x-robots-tag": ["noindex", "nofollow"],
        }
    )
    said = page("<p>x", headers).declared
    assert said.canonical is not None
    assert (said.canonical.href, said.language) == ("https://example.com/c", "fr")
    assert said.robots == (True, True)
    assert (said.title, said.byline, said.schema_types, said.analytics_ids) == ("", "", "", "")


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("0;url=/x", "https://www.example.com/x"),
        ("0.0; /x", "https://www.example.com/x"),
        (" 0 , URL = \"/x\"", "https://www.example.com/x"),
        ("5; url=/x", None),
        ("05; url=/x", None),
        ("0", None),
        ("", None),
        ("0; url=javascript:1", None),
    ],
)  # fmt: skip
def test_only_a_refresh_without_delay_is_a_redirect(content: str, target: str | None) -> None:
    refresh = page(f"<meta http-equiv=refresh content='{content}'>").declared.refresh
    assert (refresh.href if refresh else None) == target


HOSTILE = {
    "a million open elements": b"<div>" * 1_000_000,
    "two hundred thousand attributes": b"<a "
    + b" ".join(b"x%d=1" % n for n in range(200_000))
    + b">",
    "attributes that hide": b"<a " + b" ".join(b'x%d=">"' % n for n in range(50_000)) + b">",
    "formatting to open anew": b"<p>"
    + b"".join(b"<b id=%d>" % n for n in range(3000))
    + b"<p>x" * 3000,
    "lists in lists": b"<ul><li>" * 100_000,
    "links in tables in links": b"<a href=https://o.org/><table><tr><td>" * 20_000,
    "a huge attribute": b"<a title='" + b"x" * 10_000_000 + b"' href=https://other.org/>x</a>",
    "a huge class": b"<p class='" + b"a " * 2_000_000 + b"'><a href=https://other.org/>x</a>",
    "many links": b"<a href=https://other.org/>x</a> " * 20_000,
    "JSON without end": b'<script type="application/ld+json">' + b"[" * 100_000,
    "tags without end": b"<" * 3_000_000,
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_take_bounded_time(name: str) -> None:
    found = page(HOSTILE[name])
    assert found.count <= 20_000


GROWING = {
    "links within links": lambda n: b"<a href=//o.org/><object>" * (n // 8) + b"word " * 8 * n,
    "links in one text": lambda n: b"<p>" + b"word <a href=//o.org/>x</a> " * n,
    "links without text": lambda n: b"<div>" + b"<a href=//o.org/></a>" * n,
    "links about a long text": lambda n: b"<a href=//o.org/>x</a>" * n + b"word " * 20 * n,
    "a link of pictures": lambda n: b"<a href=//o.org/>" + b"<img alt=x>" * n,
    "comments": lambda n: (b"<!--x-->" * 20 + b"<a href=//o.org/>x</a>") * n,
    "classes": lambda n: b"<p class='" + b"a " * n + b"'>" + b"<a href=//o.org/>x</a>" * n,
    "inline tags without end": lambda n: b"<i><a href=//o.org/>x " * (n // 4),
    "metas, scripts and types": lambda n: b"<meta><script>UA-</script><p itemtype=x>" * n,
}


@pytest.mark.parametrize("name", GROWING)
def test_four_times_the_page_takes_about_four_times_as_long(name: str) -> None:
    grow = GROWING[name]
    small, large = (min(_seconds(grow(n)) for _ in range(2)) for n in (2_000, 8_000))
    assert large < 10 * small + 0.1


def _seconds(body: bytes) -> float:
    begun = time.process_time()
    page(body)
    return time.process_time() - begun


@given(st.binary(max_size=400))
def test_no_bytes_raise(body: bytes) -> None:
    found = page(body, Headers({}))
    assert found.count >= found.external >= 0


MARKUP = """
<a href=//o.org/x>|</a>|<table>|</table>|<td>|<base href=b/>|<p>|<b>|</b>|<svg>|</svg>|<nav>|
<template>|</template>|<script>|</script>|<!--|-->|<area href=/y>|<li>|text|&amp;|<title>|
<select>|<frameset>|</body>|<noscript>|<a href>|<img alt=i>
"""
TAGS = st.sampled_from(MARKUP.split("|"))


@given(st.lists(TAGS, max_size=40))
def test_no_markup_raises_and_the_counts_agree(parts: list[str]) -> None:
    body = " ".join(parts)
    asked, read = page(body, internal=True), page(body)
    assert asked.count == read.count == len(asked.links)
    assert read.external == len(read.links) == sum(link.domain == "o.org" for link in asked.links)


def _oracle(body: bytes, here: str) -> tuple[int, int]:
    """http(s) links and external ones, by another parser and the URL parser alone."""
    tree = lxml_html.document_fromstring(body)
    own = urls.registrable_domain(urls.parse(here).host)  # type: ignore[union-attr]
    declared = tree.xpath("//base[@href]/@href")
    base = urls.parse(declared[0], here) if declared else None
    found = [
        urls.parse(node.get("href"), base.href if base else here)
        for node in tree.iter("a", "area")
        if node.get("href") is not None
    ]
    kept = [one for one in found if one is not None]
    return len(kept), sum(urls.registrable_domain(one.host) != own for one in kept)


def test_another_parser_counts_the_same(shared_data: Path) -> None:
    """Every tenth page of the corpus, page by page; parsers differ on a few broken pages."""
    differing = pages = 0
    with gzip.open(shared_data / "warc/corpus-shared-02.warc.gz") as stream:
        for number, record in enumerate(records(stream)):
            if not isinstance(record, Record) or number % 10 or number == 0:
                continue
            here = record.fields.first("warc-target-uri")
            body = record.block.partition(b"\r\n\r\n")[2]
            parsed = urls.parse(here)
            assert parsed is not None
            found = read_page(body, parsed, Headers({"content-type": ["text/html"]}))
            pages += 1
            differing += (found.count, found.external) != _oracle(body, here)
    assert pages > 80
    assert differing <= 1
