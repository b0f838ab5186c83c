"""Companions of archives are refused by what they are; archives and tables are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from backref.errors import UnknownFormat
from backref.sources import kin, opening, registry

WET = b"WARC/1.0\r\nWARC-Type: warcinfo\r\n\r\n\r\nWARC/1.0\r\nWARC-Type: conversion\r\n\r\ntext"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b" CDX N b a m s k r M S V g\ncom,example)/ 2014", "CDX index"),
        (b"com,example)/ 20140127171200 http://e.org text/html 200 AB - - 1 2 x\n", "CDX index"),
        (b"e.org/ 20140127171200 http://e.org warc/revisit - AB - - 1 2 x\n", "CDX index"),
        (b'com,example)/ 20140127171200 {"url": "http://example.com"}\n', "CDXJ index"),
        (b'!meta {"format": "cdxj"}\ncom,example)/ 20140127171200 {"url": ""}\n', "CDXJ index"),
        (b"com,example)/ 20140127171200\tzipnum\t0\t275\t1\n", "ZipNum index"),
        (WET, "WET file"),
    ],
)  # fmt: skip
def test_companions_are_refused_with_what_to_take_instead(head: bytes, name: str) -> None:
    with pytest.raises(UnknownFormat, match=rf"x is not read: it is a {name}, .*: import the WARC"):
        registry.recognise("x", head)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"url,anchor\nhttp://example.com/ 20140127171200 http://x text/html 200 A - 1\n",
        b"http://example.com/ 20140127171200 http://x text/html 200 AB - - 1 2 x.gz\n",
        b"CDX is a format\n",
        WET + b"\r\n\r\nWARC/1.0\r\nWARC-Type: response\r\n",
        WET[:40],
        b" " * 70_000,
        b"a" * 70_000,
    ],
)
def test_others_are_not(head: bytes) -> None:
    assert kin.refusal(head) is None


def test_every_real_index_is_told(shared_data: Path) -> None:
    names = [path for path in (shared_data / "cdx").iterdir() if path.suffix != ".loc"]
    names += sorted((shared_data / "warc-samples").glob("*.wet*"))
    assert len(names) > 20
    for path in names:
        (found,) = opening.inputs(str(path))
        with pytest.raises(UnknownFormat, match="is not read: it is a "):
            registry.recognise(found.name, found.head)
