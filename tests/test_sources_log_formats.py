"""Every format of access logs: its example, the real files, and damage of any kind."""

from __future__ import annotations

import gzip
import io
import random
from datetime import UTC, datetime

import numpy as np
import pytest
from log_lines import KEY

from backref.errors import UnknownFormat
from backref.sources import accesslog, jsonlog, linescan, logchunks, logline, registry, w3clog
from backref.sources.accesslog import ACCESS_LOG
from backref.sources.decompress import Stream
from backref.sources.source import Chunk, Context, Reject, Site

SITE = Site("example.com", frozenset({"example.com"}))
W3C = (
    b"#Version: 1.0\n#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status sc-bytes "
    b"cs(User-Agent) cs(Referer) cs-host\n"
    b"2026-11-23 09:05:03 192.0.2.7 GET /a - 200 5120 Mozilla/5.0 https://example.org/ example.com"
)
EXAMPLES = {
    how.name: W3C if how.name == w3clog.NAME else how.example.encode()
    for how in accesslog.formats()
}
NO_REFERRER = {"common", "vhost_common", "haproxy"}
NO_AGENT = NO_REFERRER
BALANCERS = {"amazon application load balancer", "amazon classic load balancer"}


def context(dialect: str, head: bytes = b"", site: Site | None = SITE) -> Context:
    return Context(key=KEY, dialect=dialect, site=site, sites=(SITE,), head=head)


class Found:
    """What the source makes of a text, chunk by chunk."""

    def __init__(self, text: bytes, dialect: str, packed: bool = False) -> None:
        self.read, self.rejects, self.hits, self.clients, self.agents = 0, [], [], [], {}
        stream = Stream(io.BytesIO(gzip.compress(text) if packed else text))
        for piece in ACCESS_LOG.chunks(stream, context(dialect, text)):
            if isinstance(piece, Reject):
                self.read += 1
                self.rejects.append(piece)
            else:
                self._take(piece, dialect, text)

    def _take(self, piece: Chunk, dialect: str, text: bytes) -> None:
        parsed = ACCESS_LOG.parse(piece, context(dialect, text))
        self.read += parsed.read
        self.rejects += parsed.rejects
        for rows in parsed.rows:
            if rows.table == "agents":
                self.agents |= {row["agent"]: row["text"] for row in rows.batch.to_pylist()}
            else:
                self.hits += rows.batch.to_pylist()
                self.clients += [
                    parsed.clients[row["client"]][0].split(b"\0")[0]
                    for row in rows.batch.to_pylist()
                ]

    @property
    def told(self) -> tuple[list[str], list[str]]:
        """What two readings must agree on."""
        hits = [{n: v for n, v in hit.items() if n != "client"} for hit in self.hits]
        return sorted(map(repr, hits)), sorted(map(repr, self.rejects))


def of_file(path) -> tuple[bytes, Found]:
    with Stream(path.open("rb")) as stream:
        text = stream.read(1 << 24)
    _, verdict = registry.recognise(path.name, text[:65_536])
    return text, Found(text, verdict.dialect)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_of_a_format_tells_all_that_the_format_can(name):
    verdict = ACCESS_LOG.sniff(EXAMPLES[name] + b"\n")
    assert (verdict.confidence, verdict.dialect) == (1.0, name)
    found = Found(EXAMPLES[name], name, packed=True)
    ((hit,), (client,)) = found.hits, found.clients
    assert client == b"192.0.2.7"
    zoned = name in {*BALANCERS, "haproxy", "haproxy with captures"}
    assert hit["at"] == datetime(
        2026, 11, 23, 10 if zoned or _is_utc(name) else 9, 5, 3, tzinfo=UTC
    )
    assert (hit["method"], hit["path"], hit["status"], hit["bytes"]) == ("GET", "/a", 200, 5120)
    referrer = None if name in NO_REFERRER | BALANCERS else "example.org"
    assert hit["referrer_host"] == referrer
    assert found.agents.get(hit["agent"]) == (None if name in NO_AGENT else "Mozilla/5.0")
    host = "host" in logline.shape(name).fields if name in SHAPES else name != "json lines"
    assert hit["host"] == ("example.com" if host or name in BALANCERS else None)


SHAPES = {shape.name for shape in logline.shapes()}


def _is_utc(name: str) -> bool:
    return b"+0000]" in EXAMPLES[name]


FILES = {
    "advertools-combined_latin1_enc.log": ("combined", 200, 169),
    "advertools-combined_no_errors.log": ("combined", 885, 885),
    "advertools-combined_with_errors.log": ("combined", 889, 885),
    "advertools-dreamhost_apache_access.log": ("combined", 129, 129),
    "advertools-nginx_access.log": ("combined", 1_000, 1_000),
    "advertools-nginx_custom_date.log": ("combined with long dates", 20, 20),
    "apache_combined_semicomplete.log": ("combined", 7_000, 7_000),
    "crowdsec/apache2-logs.log": ("combined", 9, 6),
    "crowdsec/apache2-malformed.log": ("combined", 11, 11),
    "crowdsec/aws-alb-logs.log": ("amazon application load balancer", 14, 14),
    "crowdsec/caddy-logs.log": ("caddy json", 11, 10),
    "crowdsec/nginx_http-logs.log": ("combined", 9, 7),
    "crowdsec/traefik_clf.log": ("traefik", 7, 6),
    "lnav-logfile_access_log.0": ("combined", 3, 3),
    "lnav-logfile_access_log.1": ("combined", 1, 1),
    "lnav-logfile_bad_access_log.0": ("combined", 3, 2),
    "lnav-logfile_caddy_log.0": ("caddy json", 39, 4),
    "lnav-logfile_cloudflare.json": ("cloudflare json", 1, 1),
    "lnav-logfile_haproxy.0": ("haproxy with captures", 17, 13),
    "lnav-logfile_w3c.0": ("w3c extended", 1, 1),
    "lnav-logfile_w3c.1": ("w3c extended", 1, 1),
    "lnav-logfile_w3c.3": ("w3c extended", 3, 3),
    "lnav-logfile_w3c.4": ("w3c extended", 2, 1),
    "lnav-logfile_w3c.6": ("w3c extended", 1, 1),
    "matomo/alb.log": ("amazon application load balancer", 1, 0),
    "matomo/amazon_cloudfront_rtmp.log": ("w3c extended", 2, 2),
    "matomo/amazon_cloudfront_web.log": ("w3c extended", 1, 1),
    "matomo/caddy_json.log": ("caddy json", 3, 3),
    "matomo/common.log": ("common", 1, 1),
    "matomo/common.log.bz2": ("common", 1, 1),
    "matomo/common.log.gz": ("common", 1, 1),
    "matomo/common_complete.log": ("vhost_combined", 1, 1),
    "matomo/common_encoding_big5.log": ("vhost_combined", 1, 1),
    "matomo/common_vhost.log": ("vhost_common", 1, 1),
    "matomo/elb.log": ("amazon classic load balancer", 2, 1),
    "matomo/gandi.log": ("gandi", 2, 2),
    "matomo/haproxy.log": ("haproxy", 1, 1),
    "matomo/icecast2.log": ("combined with duration", 1, 0),
    "matomo/iis.log": ("w3c extended", 1, 1),
    "matomo/iis_custom.log": ("w3c extended", 3, 3),
    "matomo/incapsula_w3c.log": ("w3c extended", 2, 1),
    "matomo/logs_to_tests.log": ("combined", 4, 4),
    "matomo/ncsa_extended.log": ("combined", 1, 1),
    "matomo/netscaler.log": ("w3c extended", 1, 1),
    "matomo/nginx_json.log": ("json lines", 2, 2),
    "matomo/ovh.log": ("ovh", 1, 1),
    "matomo/s3.log": ("amazon s3", 1, 0),
    "matomo/shoutcast.log": ("w3c extended", 1, 0),
    "matomo/splitted_date_and_time.log": ("w3c extended", 1, 0),
    "matomo/static_ignores.log": ("vhost_combined", 4, 4),
    "matomo/traefik_json.log": ("traefik json", 1, 1),
}
"""Format, lines that are read, and those that are stored."""
UNENDED = {name for name, (_, read, stored) in FILES.items() if read == 1 and not stored}
REFUSED = {
    "advertools-apache_error.log": "an error log of Apache",
    "advertools-nginx_error.log": "an error log of nginx",
    "lnav-logfile_w3c.2": "the log of an FTP server",
    "lnav-logfile_w3c.5": "lacks c-ip, sc-status",
    "matomo/custom_regex_custom_date.log": "in no format that Backref reads; nearest: common",
}


def test_every_file_is_spoken_for(shared_data):
    logs = shared_data / "logs"
    names = {str(file.relative_to(logs)) for file in logs.rglob("*") if file.is_file()}
    assert names == FILES.keys() | REFUSED.keys()


@pytest.mark.parametrize(("name", "expected"), FILES.items(), ids=[*FILES])
def test_real_files(name, expected, shared_data):
    text, found = of_file(shared_data / "logs" / name)
    dialect, read, stored = expected
    assert ACCESS_LOG.sniff(text[:65_536]).dialect == dialect
    assert found.read == read == _lines(text)
    assert len(found.hits) == stored
    assert len(found.rejects) == read - stored
    assert all(reject.reason for reject in found.rejects)


def _lines(text: bytes) -> int:
    """Lines that are neither blank nor comments, counted plainly. A comment begins with its mark:
    what stands behind a blank is a line that was damaged."""
    stripped = [line.rstrip(b" \t\r") for line in text.split(b"\n")]
    return sum(bool(line) and not line.startswith(b"#") for line in stripped)


@pytest.mark.parametrize("name", sorted(UNENDED))
def test_a_last_line_that_may_go_on_is_read_once_its_file_is_whole(name, shared_data):
    path = shared_data / "logs" / name
    dialect = FILES[name][0]
    assert [each.reason for each in of_file(path)[1].rejects] == [logchunks.UNENDED]
    assert len(Found(path.read_bytes(), dialect, packed=True).hits) == 1


@pytest.mark.parametrize(("name", "told"), REFUSED.items(), ids=[*REFUSED])
def test_what_tells_of_no_page_requests_is_refused(name, told, shared_data):
    with pytest.raises(UnknownFormat, match=told):
        of_file(shared_data / "logs" / name)


def facts(found: Found, number: int = 0) -> tuple[object, ...]:
    hit = found.hits[number]
    at = hit["at"].strftime("%Y-%m-%dT%H:%M:%S")
    return at, hit["host"], hit["path"], hit["status"], hit["referrer_host"], found.clients[number]


@pytest.mark.parametrize(
    ("name", "number", "told"),
    [
        (
            "matomo/amazon_cloudfront_web.log", 0,
            ("2014-05-23T01:13:11", "example.com", "/view/my/file.html", 200, "example.com",
             b"192.0.2.10"),
        ),
        (
            "matomo/incapsula_w3c.log", 0,
            ("2017-06-28T07:26:35", "example.com", "/page.php", 200, None, b"123.123.123.123"),
        ),
        (
            "lnav-logfile_w3c.1", 0,
            ("2001-10-31T08:00:18", None, "/admin/images/oc_bottomleft.gif", 200, "oracle.com",
             b"64.103.37.2"),
        ),
        (
            "matomo/iis_custom.log", 2,
            ("2012-08-15T17:00:00", "hello.example.com", "/hello/world/6,681965", 404, None,
             b"173.5.0.0"),
        ),
        (
            "crowdsec/apache2-logs.log", 5,
            ("2021-10-25T09:05:52", "website.com", "/web/.well-known", 403, "abc.com",
             b"1.2.3.4"),
        ),
        (
            "matomo/caddy_json.log", 1,
            ("2023-12-23T23:17:54", "example.com", "/beta/assets/index-mMaLXldj.css", 200,
             "example.com", b"1.2.3.4"),
        ),
        (
            "matomo/nginx_json.log", 0,
            ("2013-10-10T14:52:00", "piwik.org", "/piwik.php", 200, "clearcode.cc", b"1.2.3.4"),
        ),
        (
            "lnav-logfile_haproxy.0", 0,
            ("2019-02-25T16:19:48", None, "/admin/colt/administration", 200, None,
             b"141.35.244.171"),
        ),
    ],
)  # fmt: skip
def test_real_lines(name, number, told, shared_data):
    assert facts(of_file(shared_data / "logs" / name)[1], number) == told


def test_agents_are_as_they_were_sent(shared_data):
    names = ("amazon_cloudfront_web", "iis", "amazon_cloudfront_rtmp")
    files = [of_file(shared_data / f"logs/matomo/{name}.log")[1] for name in names]
    agents = [agent for found in files for agent in found.agents.values()]
    assert agents[1:] == [
        "Mozilla/5.0 (X11; U; Linux i686; en-US; rv:1.9.2.7) Gecko/20100722 Firefox/3.6.7",
        "LNX 10,0,32,18",
    ]
    assert agents[0].startswith("Mozilla/5.0 (Windows; U; Windows NT 6.1; de-DE) AppleWebKit/534")


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_address_enters_the_identity_by_its_mark_alone(name, monkeypatch):
    from backref import identity
    from backref.sources import digests

    hashed = digests.of_values

    def marked(values, key, size, person=b""):
        found = hashed(values, key, size, person)
        return np.zeros_like(found) if person == identity.ADDRESS else found

    monkeypatch.setattr(digests, "of_values", marked)
    one = Found(EXAMPLES[name], name, packed=True)
    other = Found(EXAMPLES[name].replace(b"192.0.2.7", b"203.0.113.99"), name, packed=True)
    assert other.clients == [b"203.0.113.99"]
    assert one.hits[0]["row_id"] == other.hits[0]["row_id"]


SPECIAL = [
    b'"', b"\\", b" ", b"\0", b"\xff", b"[", b"]", b"{", b"}", b"-", b":", b"\t", b"#", b"\r\n",
    b"\n", b"\xa4\xa4", b"\\x9", b'""', b"+", b"9" * 25, b"#Fields: time c-ip\n", b"%2520", b",",
    b"2026", b"T", b"Z", b"null", b"\xe2\x80\x8b", b"\x1b[31m",
]  # fmt: skip


def mutated(chance: random.Random, text: bytes) -> bytes:
    """A log with lines that are damaged here and there."""
    lines = (text + b"\n") * chance.randint(1, 3)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(lines) + 1)
        cut = at + chance.choice([0, 0, 1, 1, 2, 30])
        lines = lines[:at] + chance.choice([*SPECIAL, b""]) + lines[cut:]
    return lines


def agree(name: str, text: bytes, patch: pytest.MonkeyPatch, chunk_bytes: int) -> None:
    """No text is a crash, its sums hold, and all cuts of it agree."""
    patch.setattr(linescan, "are_compiled", lambda: False)
    found = Found(text, name)
    assert found.read == len(found.hits) + len(found.rejects) == _lines(text), text
    patch.setattr(linescan, "are_compiled", lambda: True)
    compiled = Found(text, name).told
    with patch.context() as smaller:
        smaller.setattr(logchunks, "CHUNK_BYTES", chunk_bytes)
        in_parts = Found(text, name).told
    assert (compiled == found.told, in_parts == found.told) == (True, True), text
    ACCESS_LOG.sniff(text)


def endure(name: str, count: int) -> None:
    chance = random.Random(name)
    with pytest.MonkeyPatch.context() as patch:
        for _ in range(count):
            agree(name, mutated(chance, EXAMPLES[name]), patch, chance.randint(1, 200))


DAMAGED = {
    "common": b'192.0.2.7 - - [23/Nov/2026:10:05:0\n #0100] "GET /a HTTP/1.1" 200 5120\n',
    "combined": b'192.0.2.7 - T[23/No\n #TTP/1.1" 200 5120 "-" "Mozilla/5.0"\n',
    "combined with long dates": b"192.0.2.7 - - [23\r\n\t#Fields: time c-ip\n26T10:05:03 +0100]",
    "combined from syslog": b'Nov 23 10:05:03 web1 nginx: 192.0.2.7 - - [23\n #a HTTP/1.1" 200 512',
    "amazon application load balancer": b"#"
    + EXAMPLES["amazon application load balancer"][1:]
    + b"\n",
    "amazon s3": b"#" + EXAMPLES["amazon s3"][1:] + b"\n",
    "nginx main": b"#" + EXAMPLES["nginx main"] + b"\n",
    "w3c extended": b" #Version: 1.0\n" + W3C + b"\n #Fields: time\n" + W3C + b"\n",
}


@pytest.mark.parametrize("name", DAMAGED)
@pytest.mark.parametrize("chunk_bytes", [7, 100])
def test_a_comment_begins_with_its_mark_whatever_follows(name, chunk_bytes, monkeypatch):
    agree(name, DAMAGED[name], monkeypatch, chunk_bytes)


@pytest.mark.parametrize("name", EXAMPLES)
def test_damage(name):
    endure(name, 60)


@pytest.mark.torture
@pytest.mark.parametrize("name", EXAMPLES)
def test_much_damage(name):
    endure(name, 10_000)


def test_json_lines_that_are_no_requests_say_why():
    (caddy,) = (kind for kind in jsonlog.kinds() if kind.name == "caddy json")
    part = b'{"ts":1795424703,"request":{"uri":"/a","method":"GET"},"status":200}'
    _, misfits = caddy.cut(b'{"a":\n{"level":"info","ts":1795424703}\n' + part + b"\n")
    assert [misfit.reason for misfit in misfits] == [
        jsonlog.NO_OBJECT,
        "the line tells of no request, as a server's own messages do not",
        "no key that is known tells the client's address",
    ]
