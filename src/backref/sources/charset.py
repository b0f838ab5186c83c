"""In which character set a page is written, and the page in UTF-8.

As browsers do (WHATWG Encoding and HTML standards): a byte order mark, else the HTTP header,
else a meta element within the first kilobyte, else UTF-8 if the bytes are that, else
windows-1252. Labels come from a closed list, so that no text chooses a codec by itself.
"""

from __future__ import annotations

import re
from functools import cache

from backref import data

PRESCAN_BYTES = 1024
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xff\xfe", "utf-16-le"),
)
_PARAMETER = re.compile(r"charset\s*=\s*[\"']?\s*([^\s;\"'>]{1,40})", re.IGNORECASE)
_META = re.compile(
    rb"<meta\s[^>]{0,512}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]{1,40})", re.IGNORECASE
)
_XML = re.compile(rb"\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([a-zA-Z0-9_:.-]{1,40})")


def to_utf8(body: bytes, content_type: str = "") -> tuple[bytes, str]:
    """The body in UTF-8 and the name of the codec that it was read with.

    Bytes that are not of the codec stand for U+FFFD, at the latest where text is read.
    """
    for mark, codec in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return _recoded(body[len(mark) :], codec), codec
    codec = _declared(body, content_type) or _guessed(body)
    return _recoded(body, codec), codec


def _declared(body: bytes, content_type: str) -> str:
    parameter = _PARAMETER.search(content_type)
    if parameter and (codec := _codecs().get(parameter[1].lower())):
        return codec
    head = body[:PRESCAN_BYTES]
    found = _META.search(head) or _XML.match(head)
    codec = _codecs().get(found[1].decode("ascii").lower(), "") if found else ""
    # A meta element that could be read as ASCII is not in UTF-16, whatever it says.
    return "utf-8" if codec.startswith("utf-16") else codec


def _guessed(body: bytes) -> str:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character that the archive cut off at the end says nothing of the rest.
        return "utf-8" if error.reason == "unexpected end of data" else "cp1252"
    return "utf-8"


def _recoded(body: bytes, codec: str) -> bytes:
    if codec == "utf-8":
        return body
    return body.decode(codec, "replace").encode("utf-8", "replace")


@cache
def _codecs() -> dict[str, str]:
    return {row["label"]: row["codec"] for row in data.table("charsets.csv")}
