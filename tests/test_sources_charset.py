from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.sources.charset import to_utf8

WORD = "Grüße"


CASES = {
    "a mark beats a header": (b"\xef\xbb\xbf" + WORD.encode(), "text/html; charset=latin1", WORD),
    "a mark of UTF-16": (b"\xff\xfe" + WORD.encode("utf-16-le"), "", WORD),
    "the header": (WORD.encode("cp1252"), "text/html; charset=ISO-8859-1", WORD),
    "the header in quotes": (WORD.encode("cp1252"), 'text/html; Charset = "windows-1252"', WORD),
    "a header beats a meta": (
        b"<meta charset=koi8-r>" + WORD.encode(),
        "text/html;charset=UTF-8",
        f"<meta charset=koi8-r>{WORD}",
    ),
    "a meta": (
        b"<meta charset='windows-1251'>" + "Привет".encode("cp1251"),
        "text/html",
        "<meta charset='windows-1251'>Привет",
    ),
    "a meta of old": (
        b'<META http-equiv=x content="text/html; charset=shift_jis">' + "日本".encode("cp932"),
        "text/html",
        '<META http-equiv=x content="text/html; charset=shift_jis">日本',
    ),
    "an XML declaration": (
        b'<?xml version="1.0" encoding="iso-8859-2"?>' + "Łódź".encode("iso8859-2"),
        "application/xhtml+xml",
        '<?xml version="1.0" encoding="iso-8859-2"?>Łódź',
    ),
    "a meta that cannot be true": (
        f"<meta charset=utf-16>{WORD}".encode(),
        "",
        f"<meta charset=utf-16>{WORD}",
    ),
    "nothing, and UTF-8": (WORD.encode(), "text/html", WORD),
    "nothing, and not UTF-8": (WORD.encode("cp1252"), "text/html", WORD),
    "a character cut off at the end": (WORD.encode()[:-1] + b"\xc3", "", "Grüß\ufffd"),
    "an unknown label": (WORD.encode(), "text/html; charset=../../etc/passwd", WORD),
    "a label of Python alone": (b"+AGE-", "text/html; charset=utf-7", "+AGE-"),
    "bytes that are not of their set": (b"a\xffb", "text/html; charset=utf-8", "a\ufffdb"),
    "GB 2312 is read by its successor": ("镕".encode("gb18030"), "text/html;charset=gb2312", "镕"),
}


@pytest.mark.parametrize("name", CASES)
def test_pages_are_read_as_browsers_read_them(name: str) -> None:
    body, content_type, text = CASES[name]
    assert to_utf8(body, content_type)[0].decode("utf-8", "replace") == text


@given(st.binary(max_size=200), st.text(max_size=40))
def test_nothing_raises(body: bytes, label: str) -> None:
    to_utf8(body, f"text/html; charset={label}")
    to_utf8(b"<meta charset=" + body, "")
