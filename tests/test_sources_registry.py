"""Which source a file is for."""

from __future__ import annotations

import pytest
from log_lines import line

from backref.errors import UnknownFormat
from backref.sources import registry


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (line() * 5, "access log"),
        (b"WARC/1.0\r\nWARC-Type: warcinfo\r\n", "warc"),
        (b"Top queries,Clicks,Impressions,CTR,Position\na,1,2,50%,1\n", "exports"),
    ],
)
def test_content_decides(head, name):
    source, verdict = registry.recognise("x", head)
    assert source.name == name
    assert verdict.dialect


def test_a_refusal_names_every_format_and_its_reason():
    with pytest.raises(UnknownFormat) as refusal:
        registry.recognise("strange.bin", b"strange bytes\n" * 9)
    told = str(refusal.value)
    assert told.startswith("strange.bin is in no format")
    assert all(f"{source.name}: " in told for source in registry.SOURCES)


def test_nothing_is_in_an_empty_file():
    with pytest.raises(UnknownFormat, match="is empty"):
        registry.recognise("none.log", b"")


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"filedesc://x.arc 0.0.0.0 2008 text/plain 1\n", "it is an ARC file"),
        (b"#Software: Microsoft IIS\n#Fields: date time\n2026-01-01 x\n", "W3C extended format"),
        (b'{"level":"info","request":{"remote_addr":"192.0.2.1"},"status":200}\n', "JSON lines"),
        (b"https 2026-01-01T00:00:00.1Z app/my/5 192.0.2.1:28 10.0.0.1:80 0.1\n", "load balancer"),
        (b'Jan  1 00:00:00 host haproxy[14]: 192.0.2.1:33 "GET / HTTP/1.1"\n', "a log of HAProxy"),
        (b"2026/01/01 00:00:00 [error] 17#17: *1 open() failed\n", "an error log of nginx"),
        (b"domain:spam.example\ndomain:worse.example\n", "a disavow list"),
        (b"Target,Target type,Authority Score,Backlinks,Follow links\na,b,1,2,3\n", "comparison"),
    ],
)
def test_what_is_known_and_not_read_is_said_alone(head, told):
    with pytest.raises(UnknownFormat) as refusal:
        registry.recognise("x", head * 3)
    assert str(refusal.value).startswith("x is not read: it is ")
    assert told in str(refusal.value)
    assert "no row looks" not in str(refusal.value)


FOREIGN = {
    "logs/matomo/alb.log": "application load balancer",
    "logs/matomo/elb.log": "classic load balancer",
    "logs/matomo/iis.log": "W3C",
    "logs/matomo/incapsula_w3c.log": "W3C",
    "logs/matomo/caddy_json.log": "JSON lines",
    "logs/matomo/nginx_json.log": "JSON lines",
    "logs/matomo/traefik_json.log": "JSON lines",
    "logs/lnav-logfile_cloudflare.json": "JSON lines",
    "logs/lnav-logfile_w3c.0": "W3C",
    "logs/advertools-apache_error.log": "error log of Apache",
    "logs/advertools-nginx_error.log": "error log of nginx",
    "logs/lnav-logfile_haproxy.0": "HAProxy",
}


@pytest.mark.parametrize(("name", "told"), FOREIGN.items(), ids=[*FOREIGN])
def test_real_logs_of_other_kinds_are_named(shared_data, name, told):
    with pytest.raises(UnknownFormat, match=rf"is not read: it is .*{told}"):
        registry.recognise(name, (shared_data / name).read_bytes()[:65_536])
