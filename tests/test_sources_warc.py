from __future__ import annotations

import gzip
import io
from collections import Counter
from pathlib import Path

import pytest
from archive_rows import Read, parsed
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from backref import url as urls
from backref.sources import warc as module
from backref.sources.decompress import Stream
from backref.sources.source import Chunk, Context, Parsed
from backref.sources.warc import WARC

CONTEXT = Context(key=b"k" * 32, dialect="warc", site=None)
PAGE = b"<title>T</title><p>See <a rel=nofollow href=//other.org/x>there</a>, <a href=/in>in</a>."


def record(
    kind: str = "response",
    target: str = "http://example.com/page",
    body: bytes = PAGE,
    *,
    status: str = "200 OK",
    mime: str = "text/html; charset=utf-8",
    fields: tuple[str, ...] = (),
    http: tuple[str, ...] = (),
    date: str = "2026-11-01T10:00:00Z",
) -> bytes:
    block = body
    if kind == "response":
        head = (f"HTTP/1.1 {status}", f"Content-Type: {mime}", *http)
        block = "\r\n".join(head).encode() + b"\r\n\r\n" + body
        mime = "application/http; msgtype=response"
    head = (
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: {target}",
        f"WARC-Date: {date}",
        f"Content-Type: {mime}",
        *fields,
        f"Content-Length: {len(block)}",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def read(*parts: bytes, context: Context = CONTEXT) -> Read:
    return Read(parsed(WARC, io.BytesIO(b"".join(parts)), context))


def test_a_page_and_its_link_as_rows() -> None:
    found = read(record(fields=("WARC-IP-Address: 192.0.2.7",), http=("X-Robots-Tag: noindex",)))
    assert (found.read, found.rejects) == (1, [])
    assert found.counts == {"pages": 1, "links": 2, "external_links": 1, "nofollow": 1}
    (page,), (link,) = found.pages, found.links
    assert (page["page"], page["host"], page["status"]) == ("example.com/page", "example.com", 200)
    assert (page["links"], page["internal_links"], page["external_links"]) == (2, 1, 1)
    assert (page["complete"], page["title"], page["ip"]) == (True, "T", "192.0.2.7")
    assert (page["robots_noindex"], page["robots_nofollow"]) == (True, False)
    assert (page["words"], page["anchor_words"], page["mime"]) == (3, 2, "text/html")
    assert (link["source_page"], link["target_page"]) == ("example.com/page", "other.org/x")
    assert (link["anchor"], link["anchor_kind"], link["element"]) == ("there", "text", "a")
    assert (link["rel"], link["nofollow"], link["ugc"]) == ("nofollow", True, False)
    assert (link["placement"], link["context"]) == ("content", "See there, in.")
    assert (link["witness"], link["assertion"]) == ("archive", "present")
    assert link["observed_lo"] == link["observed_hi"] == page["observed_lo"]
    assert (link["status"], link["page_noindex"], link["proof"]) == (200, True, page["digest"])
    assert page["row_id"] != link["row_id"]


def test_internal_links_are_kept_when_asked() -> None:
    context = Context(key=CONTEXT.key, dialect="warc", site=None, internal=True)
    found = read(record(), context=context)
    assert [link["target_page"] for link in found.links] == ["other.org/x", "example.com/in"]
    assert found.counts["nofollow"] == 1


def test_what_is_counted_is_what_was_fetched_by_http() -> None:
    found = read(
        record("warcinfo", ""),
        record("request"),
        record("metadata"),
        record("revisit"),
        record("conversion"),
        record("resource", "dns:example.com"),
        record("resource", "urn:uuid:1"),
        record("response", "ftp://example.com/x"),
        record("resource", "https://example.com/r", mime="text/html"),
        record("response", "HTTP://example.com/r"),
    )
    assert [page["page"] for page in found.pages] == ["example.com/r", "example.com/r"]
    assert [page["status"] for page in found.pages] == [None, 200]
    assert found.read == 2


def test_what_is_no_page_is_an_incomplete_capture() -> None:
    found = read(
        record(body=b"%PDF", mime="application/pdf"),
        record(body=b"<html>" + PAGE, mime=""),
        record(body=b"plain " + PAGE, mime="text/plain"),
    )
    assert [page["complete"] for page in found.pages] == [False, True, False]
    assert [page["links"] for page in found.pages] == [None, 2, None]
    assert found.counts["pages"] == 1


@pytest.mark.parametrize(
    ("part", "complete"),
    [
        (record(), True),
        (record(fields=("WARC-Truncated: length",)), False),
        (record(fields=("WARC-Segment-Number: 1",)), False),
        (record(http=("Content-Length: 9999",)), False),
        (record(status="404 Not Found"), True),
        (record()[:-30], False),
        (record(body=b"<p>x" + b"<div>" * 9000), False),
    ],
)
def test_only_a_whole_page_is_complete(part: bytes, complete: bool) -> None:
    (page,) = read(part).pages
    assert page["complete"] is complete


@pytest.mark.parametrize(
    ("part", "target"),
    [
        (record(status="301 Moved", http=("Location: /new",)), "http://example.com/new"),
        (record(status="302", http=("Location: //other.org/",)), "http://other.org/"),
        (record(http=("Location: /new",)), None),
        (record(status="301 Moved", http=("Location: mailto:a@b.c",)), None),
        (
            record(body=b"<meta http-equiv=refresh content='0;url=/new'>"),
            "http://example.com/new",
        ),
    ],
)
def test_redirects(part: bytes, target: str | None) -> None:
    assert read(part).pages[0]["redirect_to"] == target


def test_a_target_between_brackets_or_with_blanks() -> None:
    found = read(record(target="<http://example.com/a b>"))
    assert found.pages[0]["url"] == "http://example.com/a b"
    assert found.pages[0]["page"] == "example.com/a%20b"


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (record(target=""), "no usable target URI"),
        (record(target="http://"), "no usable target URI"),
        (record(target="http://example.com/" + "x" * 9000), "no usable target URI"),
        (record().replace(b"HTTP/1.1", b"XXXX/1.1"), "no HTTP status line"),
    ],
)
def test_what_cannot_be_stored_is_rejected(part: bytes, reason: str) -> None:
    found = read(record(), part, record(target="http://example.com/after"))
    assert len(found.pages) == 2
    (reject,) = found.rejects
    position, why, sample = reject.position, reject.reason, reject.sample
    assert position == len(record())
    assert reason in why
    assert len(sample) <= 200
    assert found.read == 3


def ids(found: Read) -> list[bytes]:
    return [page["row_id"] for page in found.pages]


def test_a_capture_is_known_by_what_it_captured() -> None:
    digest = ("WARC-Payload-Digest: sha1:AAAA",)
    plain, stated = record(), record(fields=digest)
    assert ids(read(b"WARC/1.0\r\nContent-Length: 0\r\n\r\n\r\n", plain)) == ids(read(plain))
    assert ids(read(record(http=("X-Other: header",)))) == ids(read(plain))
    assert ids(read(record(fields=(*digest, "WARC-Filename: x")))) == ids(read(stated))
    different = [
        plain,
        stated,
        record(body=PAGE + b"!"),
        record(status="404"),
        record(date="2026-11-01T10:00:01Z"),
        record(target="http://example.com/other"),
        stated[:-30],
    ]
    assert len({ids(read(part))[0] for part in different}) == len(different)
    other_key = Context(key=b"other" * 4, dialect="warc", site=None)
    assert ids(read(plain, context=other_key)) != ids(read(plain))


def test_links_belong_to_their_capture() -> None:
    rows = [
        rows
        for one in parsed(WARC, io.BytesIO(record() * 3), CONTEXT)
        if isinstance(one, Parsed)
        for rows in one.rows
    ]
    pages, links = rows
    assert pages.unit is not None
    assert links.unit is not None
    assert pages.unit.to_pylist() == links.unit.to_pylist() == [0, 1, 2]
    assert set(pages.partition.to_pylist()) == {urls.bucket("example.com")}
    assert set(links.partition.to_pylist()) == {urls.bucket("other.org")}


def test_chunks_hold_whole_captures(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = b"".join(record(target=f"http://example.com/{n}") for n in range(20))
    whole = read(archive)
    monkeypatch.setattr(module, "CHUNK_BYTES", 300)
    assert 5 < len(list(parsed(WARC, io.BytesIO(archive), CONTEXT))) < 20
    cut = read(archive)
    assert ids(cut) == ids(whole)
    assert [page["position"] for page in cut.pages] == [page["position"] for page in whole.pages]


SNIFFS = {
    b"WARC/1.0\r\nWARC-Type: warcinfo\r\n": 1.0,
    b"WARC/0.17\nWARC-Type: response\n": 1.0,
    b"\r\n\r\nWARC/1.1\r\n": 1.0,
    b"gar\nbage\nWARC/1.0\r\nWARC-Type: response\r\n": 0.8,
    b"filedesc://x.arc 0.0.0.0 20080430 text/plain 7\n": 0.0,
    b"WARC/1.0\r\nWARC-Type: conversion\r\n": 0.0,
    b"url,anchor\nhttp://example.com/WARC/1.0,x\n": 0.0,
    b"WARC is a format\n": 0.0,
    b"": 0.0,
}


@pytest.mark.parametrize("head", SNIFFS)
def test_archives_are_told_by_their_first_bytes(head: bytes) -> None:
    verdict = WARC.sniff(head)
    assert verdict.confidence == SNIFFS[head]
    assert verdict.why


SAMPLES = {
    "fastwarc-block-sized-records.warc.gz": (0, 0),
    "fastwarc-clipped.warc.gz": (1, 0),
    "fastwarc-warcfile.warc.gz": (16, 0),
    "iipc-link-extraction-test.warc": (6, 1),
    "iipc-mutliple-headers.warc": (1, 0),
    "pywb-dupes.warc.gz": (3, 0),
    "pywb-example.warc": (2, 1),
    "pywb-example.warc.gz": (2, 0),
    "pywb-httpbin-resource.warc.gz": (1, 0),
    "pywb-iana.warc.gz": (48, 0),
    "pywb-missing-status-text.warc": (1, 0),
    "warcio-example-bad-non-chunked.warc.gz": (1, 0),
    "warcio-example-bad.warc.gz.bad": (2, 0),
    "warcio-example-iana.org-chunked.warc": (1, 0),
    "warcio-example-resource.warc.gz": (1, 0),
    "warcio-example-trunc.warc": (1, 1),
    "warcio-example-wget-bad-target-uri.warc.gz": (1, 0),
    "warcio-example-wrong-chunks.warc.gz": (1, 0),
    "warcio-post-test.warc.gz": (3, 0),
    "whirlwind.warc.gz": (1, 0),
    "whirlwind.warc.wat.gz": (0, 0),
}
"""Captures that are stored, and damages."""


def opened(path: Path) -> tuple[Read, Stream]:
    with path.open("rb") as raw:
        stream = Stream(raw)
        found = Read(
            WARC.parse(one, CONTEXT) if isinstance(one, Chunk) else one
            for one in WARC.chunks(stream, CONTEXT)
        )
        stream.drain()
    return found, stream


@pytest.mark.parametrize("name", SAMPLES)
def test_samples(name: str, shared_data: Path) -> None:
    found, _ = opened(shared_data / "warc-samples" / name)
    assert (len(found.pages), len(found.rejects)) == SAMPLES[name]


def counted_by_warcio(path: Path) -> tuple[int, bool]:
    """Captures by http that warcio reads, and whether it reads to the end."""
    captures = 0
    try:
        with path.open("rb") as raw:
            for one in ArchiveIterator(raw):
                target = one.rec_headers.get_header("WARC-Target-URI") or ""
                captures += one.rec_type in module.CAPTURES and target.strip("<").startswith("http")
                one.content_stream().read()
    except ArchiveLoadFailed:
        return captures, False
    return captures, True


def test_every_sample_is_read_at_least_as_far_as_warcio_does(shared_data: Path) -> None:
    paths = sorted((shared_data / "warc-samples").glob("*.warc*"))
    assert len(paths) > 30
    for path in paths:
        found, stream = opened(path)
        captures, to_the_end = counted_by_warcio(path)
        assert len(found.pages) >= captures, path.name
        if to_the_end and not found.rejects and not stream.damages:
            assert len(found.pages) == captures, path.name


def test_a_real_page_in_full(shared_data: Path) -> None:
    found, _ = opened(shared_data / "warc-samples/whirlwind.warc.gz")
    (page,) = found.pages
    assert page["host"] == "an.wikipedia.org"
    assert (page["language"], page["complete"], page["charset"]) == ("an", True, "utf-8")
    assert (page["links"], page["external_links"], page["status"]) == (207, 17, 200)
    assert {link["source_domain"] for link in found.links} == {"wikipedia.org"}


EXPLAINED = {
    "addresses have no registrable domain": {
        ("com.palletsprojects", "1.0.0.127"),
        ("com.palletsprojects", "1.0"),
        ("io.github.lilianweng", "1.0.0.127"),
        ("io.github.lilianweng", "1.0"),
    },
    "hosts are compared in punycode": {
        ("de.echte-demokratie-jetzt", "de.xn--derdiplomatstphanehessel-derfilm-n3c"),
        ("de.echte-demokratie-jetzt", "de.derdiplomatst%c3%a9phanehessel-derfilm"),
    },
    "a host cannot hold a blank": {("de.cleanthinking", "oranger")},
}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_corpus(shared_data: Path) -> None:
    counts: Counter[str] = Counter()
    edges: set[tuple[str, str]] = set()
    kinds: Counter[str] = Counter()
    for number in range(3):
        found, _ = opened(shared_data / f"warc/corpus-shared-0{number}.warc.gz")
        assert found.rejects == []
        assert all(page["complete"] for page in found.pages)
        counts += found.counts
        kinds.update(link["anchor_kind"] for link in found.links)
        edges.update((link["source_domain"], link["target_domain"]) for link in found.links)
    assert counts["pages"] == 3_419
    assert counts["links"] == pytest.approx(343_272, rel=0.002)
    assert counts["external_links"] == pytest.approx(37_639, rel=0.002)
    assert (counts["nofollow"], counts["ugc"], counts["sponsored"]) == (1_146, 43, 32)
    assert kinds["image"] == pytest.approx(755, rel=0.02)
    assert kinds["image"] + kinds["empty"] == pytest.approx(2_279, rel=0.02)
    named = {(urls.reversed_host(one), urls.reversed_host(two)) for one, two in edges}
    assert named ^ _known_edges(shared_data) == set().union(*EXPLAINED.values())


def _known_edges(shared_data: Path) -> set[tuple[str, str]]:
    folder = shared_data / "webgraph"
    with gzip.open(folder / "corpus-shared-domain-vertices.txt.gz", "rt") as lines:
        names = {line.split()[0]: line.split()[1] for line in lines}
    with gzip.open(folder / "corpus-shared-domain-edges.txt.gz", "rt") as lines:
        pairs = [line.split() for line in lines]
    return {(names[one], names[two]) for one, two in pairs}


ARCHIVE = b"".join(record(target=f"http://example.com/{n}") for n in range(4))


@given(st.integers(0, len(ARCHIVE)), st.binary(max_size=30), st.integers(0, 200))
def test_no_damage_raises_and_the_sum_holds(at: int, junk: bytes, lost: int) -> None:
    found = read(ARCHIVE[:at] + junk + ARCHIVE[at + lost :])
    assert found.read == len(found.pages) + len(found.rejects)
    untouched = [n for n in range(4) if not n * len(record()) - 300 < at < (n + 1) * len(record())]
    assert len(found.pages) >= len(untouched) - 1
