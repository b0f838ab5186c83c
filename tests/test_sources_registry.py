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
