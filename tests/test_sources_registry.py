"""Which source a file is for."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_lines import line

from backref.errors import UnknownFormat
from backref.sources import formats, logline, registry


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


def refusal(head, name="x"):
    with pytest.raises(UnknownFormat) as refused:
        registry.recognise(name, head)
    return refused.value


def test_a_refusal_is_one_sentence_and_holds_every_format_with_its_reason():
    told = refusal(b"strange bytes\n" * 9, "strange.bin")
    assert str(told).startswith("strange.bin is in no format that Backref reads and like none")
    names = [name for name, _ in told.considered]
    assert {"warc", *(shape.name for shape in logline.shapes())} <= {*names}
    assert {made.name for made in formats.formats() if made.trust and not made.refusal} <= {*names}
    assert len(names) == len({*names})
    assert all(why for _, why in told.considered)
    assert told.format == ""


def test_people_are_told_of_far_formats_by_their_families():
    told = refusal(b"source,category\nx,1\n").details
    assert len(told) < 12
    assert any(re.match(r"access logs \(\d+ formats\): no line is like any", one) for one in told)
    assert any(re.match(r"tables \(\d+ formats\): no row names", one) for one in told)


def test_near_formats_stand_before_the_others_of_their_family():
    told = refusal(line() + b"no log line at all\n" * 3).details
    assert told[0] == "combined: only 1 of 4 lines are combined"
    assert any(re.match(r"access logs \(\d+ others\): ", one) for one in told)


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (
            b"Referring page URL,Anchor,Target URL\nhttps://a.example/,x,https://b.example/\n",
            ["ahrefs backlinks"],
        ),
        (
            b"Top queries,Clicks,Impressions\nladder,1,2\n",
            ["search console queries", 'no column "position"'],
        ),
        (line() + b"no log line at all\n" * 3, ["combined", "only 1 of 4 lines are combined"]),
        (line().replace(b"[", b"("), ["combined (no line is like 192.0.2.7 - -"]),
    ],
)
def test_a_refusal_names_what_is_nearest(head, told):
    found = str(refusal(head))
    assert "; nearest: " in found
    assert all(each in found for each in told)
    assert len(found) < 700


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=3_000).filter(lambda head: not head.startswith(b"WARC/")))
def test_any_bytes_are_refused_in_few_words(head):
    told = refusal(b"\0" + head)
    assert "\n" not in str(told)
    assert all(0 < len(line) < 600 for line in told.details)


def test_nothing_is_in_an_empty_file():
    with pytest.raises(UnknownFormat, match="is empty"):
        registry.recognise("none.log", b"")


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b" CDX N b a m s k r M S V g\n", "a CDX index"),
        (b"#Software: Microsoft IIS\n#Fields: date time\n2026-01-01 x\n", "W3C extended format"),
        (
            b'{"level":"info","request":{"remote_addr":"192.0.2.1"},"status":200}\n',
            "no key that is known",
        ),
        (
            b"Jan  1 00:00:00 host haproxy[14]: 192.0.2.1:33 [01/Jan/2026:00:00:00.1] db 0/0/5 9\n",
            "a log of HAProxy without HTTP",
        ),
        (b"Jan  1 00:00:00 host sshd[14]: session opened for user root\n", "a log of the system"),
        (b"2026/01/01 00:00:00 [error] 17#17: *1 open() failed\n", "an error log of nginx"),
        (b"Anchor,Domains,Backlinks\ntea,1,2\n", "anchor texts"),
    ],
)
def test_what_is_known_and_not_read_is_said_alone(head, told):
    found = refusal(head * 3)
    assert str(found).startswith("x is not read: it is ")
    assert told in str(found)
    assert found.considered == ()
    assert found.format


FOREIGN = {
    "logs/lnav-logfile_w3c.2": "the log of an FTP server",
    "logs/lnav-logfile_w3c.5": "lacks c-ip, sc-status",
    "logs/advertools-apache_error.log": "error log of Apache",
    "logs/advertools-nginx_error.log": "error log of nginx",
}


@pytest.mark.parametrize(("name", "told"), FOREIGN.items(), ids=[*FOREIGN])
def test_real_logs_of_other_kinds_are_named(shared_data, name, told):
    with pytest.raises(UnknownFormat, match=rf"is not read: it is .*{told}"):
        registry.recognise(name, (shared_data / name).read_bytes()[:65_536])
