"""WAT: the same links and pages as of the WARC, and nothing that WAT cannot tell."""

from __future__ import annotations

import gzip
import io
import json
import random
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from archive_rows import Read, parsed
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_values import with_odd_values

from backref.sources import records as records_module
from backref.sources import registry
from backref.sources import wat as module
from backref.sources.decompress import Stream
from backref.sources.source import Context
from backref.sources.warc import WARC
from backref.sources.wat import WAT
from backref.world import archive, links
from backref.world.pages import Press

CONTEXT = Context(key=b"k" * 32, dialect="wat", site=None)
LINKS: list[Any] = [
    {"path": "IMG@/src", "url": "//img.org/x.png", "alt": "picture"},
    {"path": "A@/href", "url": "//other.org/x", "text": "there", "rel": "NOFOLLOW noopener"},
    {"path": "A@/href", "url": "/in", "text": "in"},
    {"path": "AREA@/href", "url": "https://area.org/", "rel": "ugc"},
    {"path": "FORM@/action", "url": "https://form.org/", "method": "post"},
    {"path": "A@/href", "url": "https://example.com/own"},
    {"path": "A@/href", "url": "mailto:a@b.c", "text": "mail"},
    {"path": "STYLE/#text", "href": "https://css.org/x"},
]
HEAD = {
    "Title": " A  title ",
    "Link": [{"path": "LINK@/href", "url": "/canon", "rel": "Canonical"}],
    "Metas": [
        {"name": "HTML@/lang", "content": "de"},
        {"name": "robots", "content": "noindex"},
        {"name": "author", "content": "Ann"},
    ],
}


def envelope(**change: Any) -> dict[str, Any]:
    """What a WAT record of one page tells, with top-level parts replaced."""
    about = {
        "WARC-Type": "response",
        "WARC-Date": "2026-11-01T10:00:00Z",
        "WARC-Target-URI": "http://example.com/dir/page",
        "WARC-IP-Address": "192.0.2.7",
        "WARC-Payload-Digest": "sha1:AAAA",
    }
    message = {
        "Response-Message": {"Status": "200", "Reason": "OK"},
        "Headers": {"Content-Type": "text/html; charset=utf-8"},
        "HTML-Metadata": {"Head": HEAD, "Links": LINKS},
    }
    about |= change.pop("about", {})
    message |= change.pop("message", {})
    return {
        "Envelope": {
            "WARC-Header-Metadata": about,
            "Payload-Metadata": {"HTTP-Response-Metadata": message},
        },
        **change,
    }


def record(told: Any = None, *, kind: str = "metadata", mime: str = "application/json") -> bytes:
    block = told if isinstance(told, bytes) else json.dumps(told or envelope()).encode()
    head = (
        "WARC/1.0",
        f"WARC-Type: {kind}",
        "WARC-Date: 2026-11-02T00:00:00Z",
        f"Content-Type: {mime}",
        f"Content-Length: {len(block)}",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def read(*parts: bytes, context: Context = CONTEXT) -> Read:
    return Read(parsed(WAT, io.BytesIO(b"".join(parts)), context))


def page(**change: Any) -> dict[str, Any]:
    (found,) = read(record(envelope(**change))).pages
    return found


def test_a_page_and_its_links_as_rows() -> None:
    found = read(record())
    assert (found.read, found.rejects) == (1, [])
    assert found.counts == {
        "pages": 1, "links": 4, "external_links": 2, "nofollow": 1, "ugc": 1,
    }  # fmt: skip
    (seen,), (there, area) = found.pages, found.links
    assert (seen["page"], seen["status"], seen["mime"]) == (
        "example.com/dir/page",
        200,
        "text/html",
    )
    assert (seen["links"], seen["internal_links"], seen["external_links"]) == (4, 2, 2)
    assert (seen["nofollow_links"], seen["ugc_links"], seen["sponsored_links"]) == (1, 1, 0)
    assert (seen["title"], seen["language"], seen["byline"]) == ("A title", "de", "Ann")
    assert (seen["canonical_page"], seen["ip"]) == ("example.com/canon", "192.0.2.7")
    assert (seen["robots_noindex"], seen["robots_nofollow"]) == (True, False)
    assert (there["source_page"], there["target_page"]) == ("example.com/dir/page", "other.org/x")
    assert (there["anchor"], there["anchor_kind"], there["element"]) == ("there", "text", "a")
    assert (there["rel"], there["nofollow"], there["ugc"]) == ("nofollow noopener", True, False)
    assert (area["anchor"], area["anchor_kind"], area["element"]) == (None, None, "area")
    assert (there["witness"], there["assertion"]) == ("archive", "present")
    assert there["observed_lo"] == there["observed_hi"] == seen["observed_lo"]
    assert (there["status"], there["page_noindex"], there["proof"]) == (200, True, "sha1:AAAA")


def test_what_nobody_can_know_of_it_is_null() -> None:
    found = read(record())
    unknown = ("charset", "words", "anchor_words", "simhash", "terms", "schema_types")
    assert {found.pages[0][name] for name in unknown} == {None}
    assert {found.links[0][name] for name in ("placement", "context")} == {None}


def test_no_page_is_complete() -> None:
    assert page()["complete"] is False


def test_internal_links_are_kept_when_asked() -> None:
    context = Context(key=CONTEXT.key, dialect="wat", site=None, internal=True)
    targets = [link["target_page"] for link in read(record(), context=context).links]
    assert targets == ["other.org/x", "example.com/in", "area.org", "example.com/own"]


def html(*links: Any, **head: Any) -> dict[str, Any]:
    return {"message": {"HTML-Metadata": {"Head": head, "Links": list(links)}}}


def link(url: Any, **more: Any) -> dict[str, Any]:
    return {"path": "A@/href", "url": url, **more}


@pytest.mark.parametrize(
    ("base", "href", "target"),
    [
        ("", "http://other.org/a#b", "http://other.org/a"),
        ("", "  http://other.org/a\n", "http://other.org/a"),
        ("", "HTTP://OTHER.org", "http://other.org/"),
        ("", "//other.org:81/a", "http://other.org:81/a"),
        ("", "http://user@other.org/", "http://user@other.org/"),
        ("", "https://b\u00fccher.example/", "https://xn--bcher-kva.example/"),
        ("http://base.org/x/", "y", "http://base.org/x/y"),
        ("//base.org", "/y", "http://base.org/y"),
        ("http://base.org/", "http://other.org/", "http://other.org/"),
    ],
)
def test_where_links_lead(base: str, href: str, target: str) -> None:
    (found,) = read(record(envelope(**html(link(href), Base=base)))).links
    assert found["target_url"] == target


@pytest.mark.parametrize(
    "href",
    [
        "javascript:x()",
        "http://",
        "http://1.2.3.999/",
        "http://a b.org/",
        "tel:1",
        "http://" + "x" * 9000,
    ],
)
def test_what_is_no_link_is_not_counted(href: str) -> None:
    assert read(record(envelope(**html(link(href), link("/in"))))).counts["links"] == 1


@pytest.mark.parametrize(
    ("change", "target"),
    [
        ({"Response-Message": {"Status": "301"}, "Headers": {"Location": "/new"}}, "/new"),
        ({"Response-Message": {"Status": "302"}, "Headers": {"location": ["/a", "/b"]}}, "/a"),
        ({"Headers": {"Location": "/new"}}, None),
        ({"HTML-Metadata": {"Head": {"Metas": [
            {"http-equiv": "Refresh", "content": "0;url=/new"}]}}}, "/new"),
    ],
)  # fmt: skip
def test_redirects(change: dict[str, Any], target: str | None) -> None:
    expected = target and f"http://example.com{target}"
    assert page(message=change)["redirect_to"] == expected


def test_headers_declare_too() -> None:
    headers = {
        "Link": ["<x>; rel=next", '<https://c.org/>; rel="canonical"'],
        "X-Robots-Tag": "none",
    }
    found = page(message={"Headers": headers, "HTML-Metadata": {}})
    assert (found["canonical"], found["robots_noindex"]) == ("https://c.org/", True)


def test_before_rels_were_told_a_link_without_one_says_nothing() -> None:
    old = {"about": {"WARC-Date": "2016-05-01T00:00:00Z"}}
    found = read(record(envelope(**old)))
    assert [one["rel"] for one in found.links] == ["nofollow noopener", "ugc"]
    bare = read(record(envelope(**old, **html(link("http://other.org/")))))
    assert (bare.links[0]["rel"], bare.links[0]["nofollow"]) == (None, None)
    assert bare.pages[0]["nofollow_links"] is None


def test_what_is_no_html_is_a_page_without_links() -> None:
    told = envelope()
    del told["Envelope"]["Payload-Metadata"]["HTTP-Response-Metadata"]["HTML-Metadata"]
    found = read(record(told))
    assert (found.pages[0]["links"], found.counts["pages"]) == (None, 0)


def test_what_tells_of_no_capture_is_passed_over() -> None:
    others = [
        record(b"x", kind="warcinfo", mime="application/warc-fields"),
        record(envelope(about={"WARC-Type": "request"})),
        record(envelope(about={"WARC-Type": "warcinfo"})),
        record(envelope(about={"WARC-Target-URI": "dns:example.com"})),
    ]
    found = read(*others, record())
    assert (found.read, found.rejects, len(found.pages)) == (1, [], 1)
    only = read(*others[:3])
    assert only.read == 0
    assert only.counts == {"passed over WAT request": 1, "passed over WAT warcinfo": 1}


DEEP = b'{"Envelope":' + b"[" * 100_000 + b'"response"' + b"]" * 100_000 + b"}"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (b'{"a": "response"', "JSON is damaged"),
        (b'{"a": "\xff response", "b": "response"}', "JSON is damaged"),
        (DEEP, "JSON is damaged"),
        (envelope(about={"WARC-Target-URI": ""}), "no usable target URI"),
        (envelope(about={"WARC-Target-URI": "http://e.org/" + "x" * 9000}), "no usable target URI"),
    ],
)
def test_what_cannot_be_stored_is_rejected(told: Any, reason: str) -> None:
    found = read(record(), record(told), record(envelope(about={"WARC-Date": "2026"})))
    assert len(found.pages) == 2
    (damage,) = found.rejects
    assert (damage.position, found.read) == (len(record()), 3)
    assert reason in damage.reason
    assert len(damage.sample) <= 200


def test_a_record_that_is_cut_off_is_one_damage() -> None:
    found = read(record(), record()[:-300])
    assert (len(found.pages), len(found.rejects)) == (1, 1)


def test_a_record_of_absurd_length_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records_module, "MOST_BLOCK_BYTES", 300)
    monkeypatch.setattr(module, "MOST_BLOCK_BYTES", 300)
    found = read(record(), record(envelope(**html())))
    assert [one.reason for one in found.rejects] == ["the record is longer than 0 MiB"] * 2
    late = record(b'{"Links": [' + b'"x",' * 100 + b'""], "Type": "response"}')
    assert len(read(late).rejects) == 1


def test_a_length_that_is_not_there_costs_no_memory() -> None:
    lying = record().replace(b"Content-Length: ", b"Content-Length: 1000000000000", 1)
    found = read(record(), lying)
    assert (len(found.pages), len(found.rejects)) == (2, 1)


ODD: list[Any] = [None, 7, "x", [], {}, [[]], [None, 7], {"path": "A@/href"}, "\0", ["\0"]]


@pytest.mark.parametrize("odd", ODD)
def test_values_of_another_type_are_passed_by(odd: Any) -> None:
    message = {"Headers": odd, "Response-Message": odd, "HTML-Metadata": odd}
    read(record(envelope(message=message, about={"WARC-Date": odd, "WARC-IP-Address": odd})))
    read(record(envelope(message={"HTML-Metadata": {"Head": odd, "Links": odd}})))
    links = [
        odd,
        link(odd),
        {"path": odd, "url": "http://other.org/"},
        link("/x", rel=odd, text=odd),
    ]
    found = read(record(envelope(**html(*links, Title=odd, Metas=odd, Link=odd, Base=odd))))
    assert (found.read, len(found.pages)) == (1, 1)


def test_a_canonical_without_an_address_is_passed_by() -> None:
    """And so are those whose address is no text."""
    for odd in (5, [], {}, None, True):
        links = [{"rel": "canonical", "url": odd}, *HEAD["Link"]]
        found = read(record(envelope(**html(Link=links))))
        assert [one["canonical"] for one in found.pages] == ["http://example.com/canon"]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 1 << 40))
def test_no_type_of_value_raises(seed: int) -> None:
    found = read(record(with_odd_values(envelope(), random.Random(seed))), record())
    assert found.read == len(found.pages) + len(found.rejects)
    assert found.pages[-1]["url"] == "http://example.com/dir/page"


def ids(found: Read) -> list[bytes]:
    return [one["row_id"] for one in found.pages]


def test_a_record_is_known_by_the_capture_that_it_tells_of() -> None:
    plain = record()
    assert ids(read(record(envelope(Container={"Offset": "7"})))) == ids(read(plain))
    different = [
        envelope(about={"WARC-Date": "2026-11-01T10:00:01Z"}),
        envelope(about={"WARC-Target-URI": "http://example.com/other"}),
        envelope(about={"WARC-Payload-Digest": "sha1:B"}),
        envelope(message={"Response-Message": {"Status": "404"}}),
    ]
    assert len({ids(read(record(told)))[0] for told in [envelope(), *different]}) == 5
    rows = [rows for one in parsed(WAT, io.BytesIO(plain * 3), CONTEXT) for rows in one.rows]  # type: ignore[union-attr]
    assert [rows.unit.to_pylist() for rows in rows] == [[0, 1, 2], [0, 0, 1, 1, 2, 2]]


def test_chunks_hold_whole_records(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = b"".join(
        record(envelope(about={"WARC-Target-URI": f"http://e.org/{n}"})) for n in range(20)
    )
    whole = read(archive)
    monkeypatch.setattr(module, "CHUNK_BYTES", 3_000)
    assert 5 < len(list(parsed(WAT, io.BytesIO(archive), CONTEXT))) < 20
    cut = read(archive)
    assert ids(cut) == ids(whole)
    assert [one["position"] for one in cut.pages] == [one["position"] for one in whole.pages]


def test_it_is_told_by_its_content() -> None:
    info = record(b"Software-Info: x", kind="warcinfo", mime="application/warc-fields")
    for head in (info + record(), record(), b"junk" + info + record(), (info + record()) * 90):
        assert registry.recognise("x", head[:65_536])[0] is WAT
    page = record(b"HTTP/1.1 200 OK\r\n\r\nx", kind="response", mime="application/http")
    for head in (info, page + record(), info + page, record(b'{"urls": 1}')):
        assert registry.recognise("x", head)[0] is WARC


def test_the_real_sample(shared_data: Path) -> None:
    for name in ("whirlwind.warc.wat", "whirlwind.warc.wat.gz"):
        with (shared_data / "warc-samples" / name).open("rb") as raw:
            stream = Stream(raw)
            assert registry.recognise(name, stream.peek(65_536))[0] is WAT
            found = Read(parsed(WAT, stream, CONTEXT))
        assert (found.read, found.counts) == (0, {"passed over WAT request": 1})


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Read, Read]:
    """A simulated crawl as its WARC and its WAT tell it."""
    folder = tmp_path_factory.mktemp("wat")
    web = links.build(5, date(2026, 8, 25), 90, 45)
    crawl = archive.crawls(web.days)[0]
    kept = [(crawl, archive.captures(5, web, crawl, Press(5, web)))]
    archive.write(folder / "warc", web, kept)
    archive.write_wat(folder / "wat", web, kept)
    found = []
    for source in (WARC, WAT):
        with Stream((folder / source.name).open("rb")) as stream:
            found.append(Read(parsed(source, stream, CONTEXT)))
    return found[0], found[1]


SAME_OF_PAGES = (
    "url page host domain status mime redirect_to redirect_page canonical canonical_page base "
    "title language robots_nofollow robots_noindex links internal_links external_links "
    "nofollow_links ugc_links sponsored_links ip digest byline observed_lo observed_hi"
)
SAME_OF_LINKS = (
    "source_url source_page source_hash source_identity target_url target_page target_domain "
    "rel nofollow ugc sponsored noreferrer page_nofollow element title language status proof"
)


def test_it_tells_what_the_warc_tells(both: tuple[Read, Read]) -> None:
    warc, wat = both
    assert len(warc.pages) > 50
    assert wat.read == warc.read
    assert wat.counts == warc.counts
    same = SAME_OF_PAGES.split()
    assert [[one[name] for name in same] for one in wat.pages] == [
        [one[name] for name in same] for one in warc.pages
    ]


def test_its_links_are_those_of_the_warc(both: tuple[Read, Read]) -> None:
    warc, wat = both
    same = SAME_OF_LINKS.split()
    assert len(warc.links) > 50

    def told(found: Read) -> Counter[tuple[Any, ...]]:
        return Counter(tuple(one[name] for name in same) for one in found.links)

    assert told(wat) == told(warc)
    texts = {(one["source_url"], one["target_url"], one["anchor"]) for one in warc.links}
    said = [one for one in wat.links if one["anchor"]]
    assert len(said) > 50
    assert all((one["source_url"], one["target_url"], one["anchor"]) in texts for one in said)


ARCHIVE = record(b"x", kind="warcinfo", mime="application/warc-fields") + b"".join(
    record(envelope(about={"WARC-Target-URI": f"http://example.com/{n}"})) for n in range(4)
)


def mutated(raw: bytes, dice: random.Random) -> bytes:
    """A few bytes changed, lost, doubled or put in."""
    data = bytearray(raw)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(data) + 1)
        size = dice.choice((1, 1, 2, 30, 2_000))
        match dice.randrange(4):
            case 0:
                data[at : at + size] = dice.randbytes(size)
            case 1:
                del data[at : at + size]
            case 2:
                data[at:at] = data[at : at + size]
            case _:
                data[at:at] = dice.choice(
                    (b"\0", b"[" * 2_000, b'"', b"\r\n\r\nWARC/1.0\r\n", b"\xff")
                )
    return bytes(data)


def survives(seed: int) -> None:
    dice = random.Random(seed)
    whole = dice.choice((ARCHIVE, gzip.compress(ARCHIVE, mtime=0)))
    stream = Stream(io.BytesIO(mutated(whole, dice)))
    found = Read(parsed(WAT, stream, CONTEXT))
    stream.drain()
    assert found.read == len(found.pages) + len(found.rejects)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 1 << 40))
def test_no_mutation_raises(seed: int) -> None:
    survives(seed)


@pytest.mark.torture
def test_ten_thousand_mutations() -> None:
    for seed in range(10_000):
        survives(seed)
