"""Access logs: recognised by content, cut at lines, every valid request a hit."""

from __future__ import annotations

import gzip
import io
import re
from collections import Counter
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_lines import KEY, OTHER, SITE, context, hit, line, log_texts, parsed

from backref import identity, schema
from backref.sources import logchunks, logline
from backref.sources.accesslog import ACCESS_LOG
from backref.sources.decompress import Stream
from backref.sources.source import Chunk, Reject


@pytest.mark.parametrize("shape", logline.shapes(), ids=lambda shape: shape.name)
def test_every_shape_is_recognised_by_its_example(shape):
    verdict = ACCESS_LOG.sniff(shape.example.encode() + b"\n")
    assert (verdict.confidence, verdict.dialect) == (1.0, shape.name)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\n\n",
        b"Domain,Backlinks\n",
        b"WARC/1.0\r\n",
        b'192.0.2.7 - - [Friday, 2021T00:18:22 +0000] "GET / HTTP/1.1" 200 1916 "-" "-"\n',
        bytes(range(256)) * 9,
    ],
)
def test_what_is_no_log_is_not_taken_for_one(head):
    verdict = ACCESS_LOG.sniff(head)
    assert verdict.confidence == 0.0
    assert verdict.why


def test_a_last_line_that_was_cut_off_is_not_judged():
    assert ACCESS_LOG.sniff(line() * 3 + line()[:40]).confidence == 1.0


def test_a_hit_holds_what_the_line_says():
    row = hit(
        line(
            "GET /a/?utm_source=x&gclid=1 HTTP/1.1",
            time="17/May/2015:10:05:03 -0730",
            referrer="https://www.site.example/post?id=7&utm_medium=y",
            address="66.249.66.1",
        )
    )
    page = identity.page_hash(KEY, "site.example/post?id=7")
    rest = line(
        "GET /a/?utm_source=x&gclid=1 HTTP/1.1",
        time="17/May/2015:10:05:03 -0730",
        referrer="https://www.site.example/post?id=7&utm_medium=y",
        address="",
    )[:-1]
    mark = identity.address_mark(KEY, b"66.249.66.1")
    assert row.pop("row_id") == identity.record_id(KEY, "hits", "example.com", mark + rest)
    assert row == {
        "position": 0,
        "site": "example.com",
        "host": None,
        "at": datetime(2015, 5, 17, 17, 35, 3, tzinfo=UTC),
        "client": 0,
        "kind": "view",
        "method": "GET",
        "path": "/a/",
        "page": "/a",
        "status": 200,
        "bytes": 512,
        "referrer_host": "site.example",
        "referrer_page": page,
        "referrer_via": None,
        "without_referrers": False,
        "source": "x",
        "medium": None,
        "campaign": None,
        "term": None,
        "content": None,
        "code": None,
        "click_id": "gclid",
        "agent": identity.agent_hash(KEY, "Mozilla/5.0"),
        "operator": "google-common-crawlers",
    }


def test_rows_have_the_tables_columns_but_for_what_only_the_store_knows():
    found = parsed(line())
    hits, agents = found.rows
    known = set(schema.HITS.names) - {"import_id", "visitor", "visitor_before"} | {"client"}
    assert set(hits.batch.schema.names) == known
    assert set(agents.batch.schema.names) == set(schema.AGENTS.names) - {"import_id"}
    assert agents.unit is None
    for rows, table in ((hits, schema.HITS), (agents, schema.AGENTS)):
        for field in rows.batch.schema:
            if field.name != "client":
                coded = pa.types.is_dictionary(field.type)
                held = field.type.value_type if coded else field.type
                assert held == table.arrow.field(field.name).type


def test_address_query_and_referring_page_are_in_no_row():
    found = parsed(line("GET /p?email=ann HTTP/1.1", referrer="https://s.example/secret?q=private"))
    told = repr([rows.batch.to_pylist() for rows in found.rows])
    assert not any(word in told for word in ("192.0.2.7", "ann", "secret", "private"))
    assert found.clients == [(b"192.0.2.7\0Mozilla/5.0", identity.agent_hash(KEY, "Mozilla/5.0"))]


def test_clients_are_pairs_of_address_and_agent():
    found = parsed(
        line() + line(agent="B") + line(address="2001:db8::1") + line() + line(agent="-")
    )
    clients = [found.clients[row["client"]][0] for row in found.rows[0].batch.to_pylist()]
    assert clients == [
        b"192.0.2.7\0Mozilla/5.0",
        b"192.0.2.7\0B",
        b"2001:db8::1\0Mozilla/5.0",
        b"192.0.2.7\0Mozilla/5.0",
        b"192.0.2.7\0",
    ]


def test_partitions_are_sites_and_utc_days():
    text = line(time="17/May/2015:23:30:00 -0100") + line(time="17/May/2015:00:30:00 +0100")
    assert parsed(text).rows[0].partition.to_pylist() == [
        "example.com/2015-05-18",
        "example.com/2015-05-16",
    ]


@pytest.mark.parametrize(
    "time",
    [
        "31/Feb/2015:10:05:03 +0000",
        "17/Mai/2015:10:05:03 +0000",
        "17/May/2015:25:05:03 +0000",
        "00/May/2015:10:05:03 +0000",
        "17/May/2015:24:00:00 +0000",
        "17/May/2015:10:75:03 +0000",
        "17/May/2015:10:05:61 +0000",
        "17/May/2015:10:05:03 +1401",
        "17/May/2015:10:05:03 -9999",
        "17/May/2015:10:05:03 +0060",
        "31/Dec/9999:10:05:03 +0000",
        "01/Jan/2101:10:05:03 +0000",
        "31/Dec/1989:10:05:03 +0000",
    ],
)
def test_days_that_are_not_in_the_calendar_are_rejected(time):
    (reject,) = parsed(line(time=time)).rejects
    assert reject.reason == "the time is no date of the calendar"


class TestSites:
    @staticmethod
    def vhost(host: str) -> bytes:
        return f"{host} ".encode() + line()

    @pytest.mark.parametrize(
        ("host", "site"),
        [
            ("example.com:443", "example.com"),
            ("www.example.com", "example.com"),
            ("shop.EXAMPLE.de:80", "example.com"),
            ("other.org", "other.org"),
        ],
    )
    def test_the_host_decides(self, host, site):
        assert hit(self.vhost(host), "vhost_combined", None)["site"] == site

    def test_an_unknown_host_is_rejected(self):
        (reject,) = parsed(self.vhost("unknown.net"), "vhost_combined", None).rejects
        assert reject.reason.startswith("unknown.net is no host of a site")

    def test_a_chosen_site_wins(self):
        row = hit(self.vhost("unknown.net"), "vhost_combined", OTHER)
        assert (row["site"], row["host"]) == ("other.org", "unknown.net")

    def test_only_lines_without_host_need_a_site(self):
        assert ACCESS_LOG.needs_site(context("combined"))
        assert not ACCESS_LOG.needs_site(context("vhost_combined"))


def test_a_stream_enters_the_identity():
    one = ACCESS_LOG.parse(Chunk(0, line()), context(stream="a"))
    two = ACCESS_LOG.parse(Chunk(0, line()), context(stream="b"))
    assert one.rows[0].batch["row_id"] != two.rows[0].batch["row_id"]


def test_of_an_address_16_bits_enter_the_identity():
    addresses = [f"192.0.{n // 256}.{n % 256}" for n in range(2_000)]
    marks = [identity.address_mark(KEY, address.encode()) for address in addresses]
    told = [
        [row["row_id"] for row in parsed(text, dialect).rows[0].batch.to_pylist()]
        for text, dialect in (
            (b"".join(line(address=address) for address in addresses), "combined"),
            (
                b"".join(b"example.com:80 " + line(address=address) for address in addresses),
                "vhost_combined",
            ),
        )
    ]
    rest = line(address="")[:-1]
    for ids, before in zip(told, (b"", b"example.com:80 "), strict=True):
        assert ids == [
            identity.record_id(KEY, "hits", "example.com", before + mark + rest) for mark in marks
        ]
        assert {len(mark) for mark in marks} == {2}


def test_trailing_blanks_do_not_change_the_identity():
    ids = {hit(line()[:-1] + end)["row_id"] for end in (b"\n", b" \n", b"\r\n", b" \t\r\n")}
    assert len(ids) == 1


def chunked(text: bytes, size: int, monkeypatch) -> list[Chunk | Reject]:
    monkeypatch.setattr(logchunks, "CHUNK_BYTES", size)
    return list(ACCESS_LOG.chunks(Stream(io.BytesIO(text)), context()))


@settings(max_examples=60, deadline=None)
@given(log_texts, st.integers(1, 400))
def test_cutting_into_chunks_changes_nothing(text, size):
    def records(pieces):
        hits, rejects = [], []
        for piece in pieces:
            if isinstance(piece, Reject):
                rejects.append(piece)
                continue
            found = ACCESS_LOG.parse(piece, context())
            assert found.read == len(found.rejects) + (
                len(found.rows[0].batch) if found.rows else 0
            )
            rejects += found.rejects
            for row in found.rows[0].batch.to_pylist() if found.rows else []:
                del row["client"]
                hits.append(sorted(row.items(), key=str))
        return sorted(map(str, hits)), sorted(rejects)

    with pytest.MonkeyPatch.context() as patch:
        whole, parts = chunked(text, 1 << 20, patch), chunked(text, size, patch)
    assert records(parts) == records(whole)


def test_endless_lines_are_rejected_once_and_passed_over(monkeypatch):
    text = line() + b"x" * 400_000 + b"\n" + line() + b"y" * 400_000
    for size in (1_000, 300_000, 1 << 22):
        pieces = chunked(text, size, monkeypatch)
        rejects = [piece for piece in pieces if isinstance(piece, Reject)]
        read = [ACCESS_LOG.parse(piece, context()) for piece in pieces if isinstance(piece, Chunk)]
        rejects += [reject for found in read for reject in found.rejects]
        assert [(reject.position, reject.reason) for reject in sorted(rejects)] == [
            (len(line()), logline.TOO_LONG),
            (len(line()) * 2 + 400_001, logline.TOO_LONG),
        ]
        assert (
            sum(found.read for found in read) + sum(isinstance(piece, Reject) for piece in pieces)
            == 4
        )


@pytest.mark.parametrize("begun", [b"", line("GET /torn HTTP/1.1")[40:]])
@given(size=st.integers(1, 4_000))
@settings(max_examples=30, deadline=None)
def test_what_a_gap_tears_off_is_the_gaps(begun, size):
    lost = bytearray(gzip.compress(line() * 9))
    lost[12:40] = bytes(28)
    whole = [line(f"GET /{n} HTTP/1.1") for n in range(6)]
    before = b"".join(whole[:3]) + line("GET /torn HTTP/1.1")[:60]
    packed = gzip.compress(before) + lost + gzip.compress(begun + b"".join(whole[3:]))
    stream = Stream(io.BytesIO(packed))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logchunks, "CHUNK_BYTES", size)
        read = [
            ACCESS_LOG.parse(piece, context()) for piece in ACCESS_LOG.chunks(stream, context())
        ]
    hits = [row for each in read for row in each.rows[0].batch.to_pylist()]
    assert [row["path"] for row in hits] == [f"/{n}" for n in range(6)]
    assert not [reject for each in read for reject in each.rejects]
    assert len(stream.damages) == 1


@pytest.mark.parametrize(
    ("dialect", "pack", "taken"),
    [
        ("common", bytes, False),
        ("vhost_common", bytes, False),
        ("common", gzip.compress, True),
        ("combined", bytes, True),
        ("vhost_combined", bytes, True),
    ],
)
def test_a_last_line_without_end(dialect, pack, taken):
    text = logline.shape(dialect).example.encode()
    pieces = list(ACCESS_LOG.chunks(Stream(io.BytesIO(pack(text))), context(dialect)))
    if taken:
        assert pieces == [Chunk(0, text + b"\n", (1,))]
    else:
        assert [(piece.position, piece.reason) for piece in pieces] == [(0, logchunks.UNENDED)]


COUNTS = {
    "apache_combined_semicomplete.log": (7_000, 0),
    "advertools-nginx_access.log": (1_000, 0),
    "advertools-combined_no_errors.log": (885, 0),
    "advertools-combined_with_errors.log": (889, 4),
    "advertools-dreamhost_apache_access.log": (129, 0),
    "matomo/common_complete.log": (1, 0),
}


@pytest.mark.parametrize(("name", "counts"), COUNTS.items())
def test_real_logs(name, counts, shared_data):
    text = (shared_data / "logs" / name).read_bytes()
    dialect = ACCESS_LOG.sniff(text[:65_536]).dialect
    found = parsed(text.rstrip(b"\n") + b"\n", dialect, SITE)
    assert (found.read, len(found.rejects)) == counts


def test_the_real_apache_log_against_a_plain_reading(shared_data):
    text = (shared_data / "logs" / "apache_combined_semicomplete.log").read_bytes()
    plain = re.findall(
        rb'^(\S+) .*? "(?:[^"\\]|\\.)*" (\d{3}) \S+ "((?:[^"\\]|\\.)*)" "(?:[^"\\]|\\.)*"$',
        text,
        re.MULTILINE,
    )
    found = parsed(text)
    hits = found.rows[0].batch
    assert len({client.partition(b"\0")[0] for client, _ in found.clients}) == 1_302
    assert len({address for address, _, _ in plain}) == 1_302
    assert hits["referrer_host"].null_count == sum(referrer == b"-" for *_, referrer in plain)
    assert hits["referrer_host"].null_count == 2_912
    assert Counter(hits["status"].to_pylist()) == Counter(int(status) for _, status, _ in plain)


def test_comments_are_no_records():
    text = b"# Version: 1, rotated by hand\n#Version: 1\n" + line() + b"#\n" + line()
    assert ACCESS_LOG.sniff(text).confidence == 1.0
    found = parsed(text)
    assert (found.read, found.rejects) == (2, [])
