"""Texts that attack a page, and what no page may hold whatever it was made from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import html

from backref.faces.terminal import visible

if TYPE_CHECKING:
    from lxml.html import HtmlElement

ATTACKS = (
    "<script>alert(1)</script>",
    "</style></title></svg><script src=//evil.test/x.js></script>",
    '"onmouseover="alert(1)',
    "' autofocus onfocus=alert(1) x='",
    "<svg/onload=alert(1)><image href=https://evil.test/p.png>",
    "<img src=https://evil.test/p.png onerror=alert(1)>",
    "]]><!--<a href=javascript:alert(1)>",
    "{{ report.site }} {% include 'x' %}",
    "&lt;script&gt;&#60;script&#62;",
    "javascript:alert(1)",
    "file\u202egnp.exe\u2066\u200b",
    "a\x00b\x1b[31m\x9b\rc",
    "half \ud800 of a pair",
    "`<b onclick=alert(1)>`",
)
WRITTEN_ADDRESSES = ("http", "https")
"""Attributes of ours that may hold an address are `href` alone, with these schemes."""
LOADING = ("src", "srcset", "data", "action", "formaction", "poster", "background", "ping")
OWN_URL = re.compile(r"url\(#hatch\)")


def parsed(page: str) -> HtmlElement:
    """The page as a browser reads it, held to be harmless."""
    assert page.encode()  # a half of a pair would be refused here
    assert all(line == visible(line) for line in page.split("\n"))
    tree = html.document_fromstring(page)
    for element in tree.iter():
        assert isinstance(element.tag, str), "no comment or instruction is ours"
        _hold(element)
    (policy,) = tree.xpath("//head/meta[@http-equiv='Content-Security-Policy']/@content")
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    return tree


def _hold(element: HtmlElement) -> None:
    assert element.tag not in (
        "script",
        "img",
        "image",
        "iframe",
        "object",
        "embed",
        "link",
        "base",
    )
    assert element.tag not in ("form", "input", "use", "foreignobject", "animate", "set")
    for name, value in element.attrib.items():
        assert not name.startswith("on"), (element.tag, name)
        assert name not in LOADING, (element.tag, name)
        assert ":" not in name, (element.tag, name)
        assert "url(" not in value.lower()
        if name == "href":
            assert value.split(":")[0] in WRITTEN_ADDRESSES, value
    if element.tag == "style":
        rest = OWN_URL.sub("", element.text or "").lower()
        assert "url(" not in rest
        assert "@import" not in rest
