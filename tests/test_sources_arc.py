"""ARC: the same captures as of a WARC, and every damage told once."""

from __future__ import annotations

import io
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from backref.sources import arc as module
from backref.sources import registry
from backref.sources.arc import ARC, read_line, records
from backref.sources.decompress import Stream
from backref.sources.source import Chunk, Context, Parsed, Reject
from backref.sources.warc import WARC

CONTEXT = Context(key=b"k" * 32, dialect="arc", site=None)
PAGE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>T</title><a href=//other.org/x>x</a>"
)
ABOUT = b"1 0 Somebody\nURL IP-address Archive-date Content-type Archive-length\n"


def record(
    url: str = "http://example.com/page",
    block: bytes = PAGE,
    *,
    date: str = "20081101100000",
    length: object = None,
    between: str = "",
) -> bytes:
    size = len(block) if length is None else length
    line = f"{url} 192.0.2.7 {date} text/html {between}{size}\n"
    return line.encode() + block + b"\n"


HEAD = record("filedesc://x.arc", ABOUT)


class Read:
    """Everything of one archive, as plain rows."""

    def __init__(self, stream: Any) -> None:
        self.read = 0
        self.counts: Counter[str] = Counter()
        self.rejects: list[Reject] = []
        self.pages: list[dict[str, Any]] = []
        self.links: list[dict[str, Any]] = []
        for one in self._parsed(stream):
            if isinstance(one, Reject):
                self.rejects.append(one)
                self.read += 1
                continue
            self.read += one.read
            self.counts += one.counts
            self.rejects += one.rejects
            for rows in one.rows:
                into = self.pages if rows.table == "page_observations" else self.links
                into += rows.batch.to_pylist()

    @staticmethod
    def _parsed(stream: Any) -> Iterator[Parsed | Reject]:
        for found in ARC.chunks(stream, CONTEXT):
            yield ARC.parse(found, CONTEXT) if isinstance(found, Chunk) else found


def read(*parts: bytes) -> Read:
    return Read(io.BytesIO(b"".join(parts)))


def test_a_capture_as_rows() -> None:
    found = read(HEAD, record())
    assert (found.read, found.rejects, found.counts["pages"]) == (1, [], 1)
    (page,), (link,) = found.pages, found.links
    assert (page["page"], page["status"], page["complete"]) == ("example.com/page", 200, True)
    assert (page["ip"], page["observed_lo"].isoformat()) == (
        "192.0.2.7",
        "2008-11-01T10:00:00+00:00",
    )
    assert (link["target_page"], link["anchor"]) == ("other.org/x", "x")


def test_it_is_the_capture_that_a_warc_holds() -> None:
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://example.com/page\r\n"
        "WARC-Date: 2008-11-01T10:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(PAGE)}\r\n\r\n"
    )
    (chunk,) = WARC.chunks(io.BytesIO(head.encode() + PAGE + b"\r\n\r\n"), CONTEXT)
    assert isinstance(chunk, Chunk)
    same = WARC.parse(chunk, CONTEXT).rows[0].batch["row_id"].to_pylist()
    assert [page["row_id"] for page in read(HEAD, record()).pages] == same


def test_what_was_not_fetched_by_http_is_passed_over() -> None:
    found = read(HEAD, record("dns:example.com", b"x"), record("ftp://e.org/x", b"x"), record())
    assert (found.read, len(found.pages)) == (1, 1)
    only = read(HEAD, record("dns:example.com", b"x"))
    assert only.counts == {"passed over filedesc": 1, "passed over dns": 1}


@pytest.mark.parametrize(
    ("line", "url", "length"),
    [
        (b"http://e.org/ 1.2.3.4 20080430204825 text/html 7\n", "http://e.org/", 7),
        (b"http://e.org/a b  c 1.2.3.4 20080430204825 text/html 7\r\n", "http://e.org/a b  c", 7),
        (b"http://e.org/ 1.2.3.4 20080430204825  7", "http://e.org/", 7),
        (b"http://e.org/ 1.2.3.4 20080430204825 a 200 - - 99 x.arc 7", "http://e.org/", 7),
        (b"http://e.org/ 1.2.3.4 201404010000000000 text/html -1", "http://e.org/", None),
        (b"http://e.org/ 1.2.3.4 20140401000000 text/html abc", "http://e.org/", None),
    ],
)
def test_lines_before_records(line: bytes, url: str, length: int | None) -> None:
    found = read_line(line)
    assert found is not None
    assert (found.url, found.length) == (url, length)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"URL IP-address Archive-date Content-type Archive-length\n",
        b"http://e.org/ 7",
        b"http://e.org/ x.y.z 20080430204825 text/html 7",
        b"a" * 70_000,
        b" " * 70_000,
    ],
)
def test_other_lines(line: bytes) -> None:
    assert read_line(line) is None


def targets(found: Read) -> list[str]:
    return [page["url"][-1] for page in found.pages]


def test_reading_goes_on_after_a_damage() -> None:
    a, b, c = (record(f"http://e.org/{name}") for name in "abc")
    unknown, short, long = (
        record("http://e.org/b", length=length) for length in ("x", len(PAGE) - 9, len(PAGE) + 500)
    )
    cases = {
        HEAD + a + b"junk\nmore junk\n" + b + c: ("abc", "no ARC record"),
        HEAD + a + unknown + c: ("ac", "usable length"),
        HEAD + a + short + c: ("abc", "ends within"),
        HEAD + a + long + c: ("abc", "reaches into"),
        HEAD + a + b + c[:-40]: ("abc", "ends within a record"),
    }
    for archive, (kept, reason) in cases.items():
        found = read(archive)
        assert "".join(targets(found)) == kept
        assert [reason in one.reason for one in found.rejects] == [True]
        assert found.read == len(found.pages) + 1


def test_a_page_that_is_cut_off_is_not_complete() -> None:
    found = read(HEAD, record()[:-20])
    assert [page["complete"] for page in found.pages] == [False]


def test_a_length_that_is_not_there_costs_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(HEAD, record(), record(length=10**15))
    assert [(len(found.pages), len(found.rejects))] == [(2, 1)]
    monkeypatch.setattr(module, "MOST_BLOCK_BYTES", 60)
    long, after = list(records(io.BytesIO(record() + record("http://e.org/b", b"x"))))
    assert not isinstance(long, Reject)
    assert (len(long.block), long.whole) == (60, False)
    assert not isinstance(after, Reject)


def test_chunks_hold_whole_captures(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = HEAD + b"".join(record(f"http://e.org/{n}") for n in range(20))
    whole = read(archive)
    monkeypatch.setattr(module, "CHUNK_BYTES", 300)
    assert 4 < len(list(ARC.chunks(io.BytesIO(archive), CONTEXT))) < 20
    assert read(archive).pages == whole.pages


def test_archives_are_told_by_their_first_record() -> None:
    assert registry.recognise("x", HEAD)[0] is ARC
    assert registry.recognise("x", record("filedesc://x.arc", ABOUT, length=-1))[0] is ARC
    assert ARC.sniff(record()).confidence == 0


SAMPLES = {
    "aut-example.arc.gz": (261, 0),
    "iipc-IAH-20080430204825-00000-blackbook-truncated.arc": (7, 0),
    "warcio-bad.arc": (1, 3),
    "warcio-example-space-in-url.arc": (1, 1),
    "warcio-example.arc": (1, 0),
    "warcio-example.arc.gz": (1, 0),
}
"""Captures by http, and damages."""


def opened(path: Path) -> Read:
    with path.open("rb") as raw, Stream(raw) as stream:
        found = Read(stream)
        assert stream.damages == []
        return found


@pytest.mark.parametrize("name", SAMPLES)
def test_samples(name: str, shared_data: Path) -> None:
    found = opened(shared_data / "warc-samples" / name)
    assert (len(found.pages), len(found.rejects)) == SAMPLES[name]


def test_a_real_archive_by_its_known_counts(shared_data: Path) -> None:
    path = shared_data / "warc-samples" / "aut-example.arc.gz"
    found = opened(path)
    assert Counter(page["status"] for page in found.pages) == {200: 214, 404: 40, 302: 5, 301: 2}
    assert found.counts["pages"] == 140
    with path.open("rb") as raw:
        known = Counter(
            one.rec_headers.get_header("WARC-Target-URI")
            for one in ArchiveIterator(raw, arc2warc=True)
            if one.rec_type == "response" and one.http_headers
        )
    assert Counter(page["url"] for page in found.pages) == Counter(
        {url: times for url, times in known.items() if url.startswith("http")}
    )


ARCHIVE = HEAD + b"".join(record(f"http://example.com/{n}") for n in range(4))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(ARCHIVE)), st.binary(max_size=30), st.integers(0, 200))
def test_no_damage_raises_and_the_sum_holds(at: int, junk: bytes, lost: int) -> None:
    found = read(ARCHIVE[:at] + junk + ARCHIVE[at + lost :])
    assert found.read == len(found.pages) + len(found.rejects)
    assert len(found.pages) >= 4 - 1 - (lost + len(record()) - 1) // len(record())


@pytest.mark.torture
def test_ten_thousand_mutations() -> None:
    for seed in range(10_000):
        dice = random.Random(seed)
        data = bytearray(ARCHIVE)
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(data) + 1)
            data[at : at + dice.choice((0, 1, 40, 900))] = dice.choice(
                (b"", b"\n", b"\0", b" " * 90, dice.randbytes(9), ARCHIVE[at : at + 300])
            )
        found = read(bytes(data))
        assert found.read == len(found.pages) + len(found.rejects)
