"""A user's own log format: read as the server writes it, refused in one sentence."""

from __future__ import annotations

import contextlib
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_lines import KEY, SITE

from backref.errors import UsageError
from backref.sources import accesslog, logformat, logline, registry
from backref.sources.accesslog import ACCESS_LOG
from backref.sources.decompress import Stream
from backref.sources.source import Context

COMBINED = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'
LINE = '192.0.2.7 - - [23/Nov/2026:10:05:03 +0100] "GET /a?b=c HTTP/1.1" 200 5120'
TAIL = ' "https://example.org/p" "Mozilla/5.0"'
FORMATS = {
    COMBINED: LINE + TAIL,
    f'LogFormat "{COMBINED}" combined'.replace('"%', r"\"%").replace('r"', r"r\""): None,
    '%h %t "%r" %>s %b "%{Referer}i" "%{User-agent}i" "%{Cookie}i" %D %{UNIQUE_ID}e': (
        LINE.replace(" - -", "") + TAIL + ' "k=\\"v\\"" 1203 abc'
    ),
    (
        "log_format main '$remote_addr - $remote_user [$time_local] \"$request\" '\n"
        " '$status $body_bytes_sent \"$http_referer\" '\n"
        ' \'"$http_user_agent" "$http_x_forwarded_for" $request_time\';'
    ): LINE + TAIL + ' "-" 0.003',
    "$remote_addr|$time_iso8601|$request_method|$request_uri|$status|$body_bytes_sent|"
    "$http_referer|$http_user_agent": (
        "192.0.2.7|2026-11-23T10:05:03+01:00|GET|/a?b=c|200|5120|https://example.org/p|Mozilla/5.0"
    ),
    '%a [%{%d/%b/%Y:%T}t.%{msec_frac}t %{%z}t] "%m %U%q %H" %s %O "%{Referer}i" "%{User-Agent}i"': (
        "192.0.2.7 [23/Nov/2026:10:05:03.171 +0100] " + LINE.partition("] ")[2] + TAIL
    ),
    '%{X-Forwarded-For}i %l %u [%{sec}t] "%r" %s %b "%{Referer}i" "%{User-Agent}i"': (
        '192.0.2.7, 10.0.0.1 - - [1795424703] "GET /a?b=c HTTP/1.1" 200 5120' + TAIL
    ),
    '{"ip":"$remote_addr","at":"$msec","do":"$request","code":$status,"size":$bytes_sent,'
    '"from":"$http_referer","who":"$http_user_agent"}': (
        '{"ip":"192.0.2.7","at":"1795424703.171","do":"GET /a?b=c HTTP/1.1","code":200,'
        '"size":5120,"from":"https://example.org/p","who":"Mozilla/5.0"}'
    ),
}


def hits(text: bytes, written: str) -> tuple[list[dict[str, object]], list[bytes]]:
    _, verdict = registry.recognise("x", text, written)
    how = Context(key=KEY, dialect=verdict.dialect, site=SITE, sites=(SITE,), head=text)
    (chunk,) = ACCESS_LOG.chunks(Stream(io.BytesIO(text)), how)
    parsed = ACCESS_LOG.parse(chunk, how)
    found = parsed.rows[0].batch.to_pylist()
    return found, [parsed.clients[hit["client"]][0].split(b"\0")[0] for hit in found]


@pytest.mark.parametrize(("written", "line"), FORMATS.items())
def test_formats_of_either_server(written, line):
    ((hit,), clients) = hits(f"{line or LINE + TAIL}\n".encode(), written)
    assert clients == [b"192.0.2.7"]
    assert hit["at"] == datetime(2026, 11, 23, 9, 5, 3, tzinfo=UTC)
    assert (hit["method"], hit["path"], hit["status"], hit["bytes"]) == ("GET", "/a", 200, 5120)
    assert hit["referrer_host"] == "example.org"
    assert hit["agent"] is not None


def test_an_own_format_that_is_a_known_one_cuts_as_the_known_one():
    own, known = logformat.shape_of(COMBINED), logline.shape("combined")
    assert (own.written, own.pattern, own.fields) == (known.written, known.pattern, known.fields)


def test_a_host_among_further_fields_is_the_lines_own():
    written = COMBINED + " %v"
    ((hit,), _) = hits(f"{LINE}{TAIL} example.de\n".encode(), written)
    assert hit["host"] == "example.de"
    assert accesslog.format_of(logformat.OWN + written).has_host


def test_a_private_address_gives_way_to_the_one_that_a_proxy_tells():
    written = '%h %t "%r" %s "%{X-Forwarded-For}i"'
    lines = [
        f'{near} [23/Nov/2026:10:05:03 +0100] "GET / HTTP/1.1" 200 "{told}"\n'.encode()
        for near, told in [
            ("10.0.0.3", "8.8.8.8, 1.1.1.1, 192.168.0.1"),
            ("9.9.9.9", "8.8.8.8"),
            ("10.0.0.3", "-"),
            ("10.0.0.3", "unknown, 2606:4700::1"),
        ]
    ]
    _, clients = hits(b"".join(lines), written)
    assert clients == [b"1.1.1.1", b"9.9.9.9", b"10.0.0.3", b"2606:4700::1"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("%Y %h", "holds %Y, which Apache does not know"),
        ("%h %t \"%r\" %>s %", "holds %, which Apache does not know"),
        ('%h %t "%r" %b', "holds no status"),
        ('%t "%r" %s', "holds no client's address"),
        ("%h %s %t", "holds no request"),
        ("", "holds no client's address"),
        ("$remote_addr$status [$time_local] $request", "nothing between the address and"),
        ("$remote_addr $status $ $request", "a $ that no name"),
        ('%h [%{%Y}t] "%r" %s', "tells no day and minute"),
        ('%h [%{%d %d}t] "%r" %s', "says one thing twice"),
        ("%h" * 3_000, "longer than"),
    ],
)  # fmt: skip
def test_what_is_no_format_is_said_in_a_sentence(written, told):
    with pytest.raises(UsageError) as refused:
        logformat.shape_of(written)
    assert told in str(refused.value)
    assert refused.value.exit_code == 2


pieces = st.sampled_from(
    ["%h", "%t", "%r", "%s", "%{", "}i", "%{Referer}i", "$status", "$", '"', " ", "[", "\\", "|",
     "$remote_addr", "$request", "$time_local", "%{%T}t", "%%", "é", "\n", "%{%d/%b/%Y:%T}t"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(pieces, max_size=12).map("".join))
def test_any_text_is_a_format_or_refused(written):
    with contextlib.suppress(UsageError):
        logformat.shape_of(written).fits(LINE.encode())
