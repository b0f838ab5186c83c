"""WAT files: for each record of a WARC file, a metadata record that tells in JSON what it holds.

The layout is that of the files that Common Crawl publishes: links by their element and attribute
(`A@/href`) in the order in which elements end, texts of at most 128 characters, URLs as written.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from hashlib import sha1
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from backref.world import warc
from backref.world.chance import Chance

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

    from backref.world.warc import Response

MOST_TEXT = 128
_INFO = "Software-Info: simulated-web\r\nExtracted-Date: {}\r\nformat: WARC File Format 1.0\r\n"
_SOURCES = {"img": "src", "iframe": "src", "frame": "src", "embed": "src", "form": "action"}
_BESIDE = {
    "a": ("target", "alt", "title", "rel", "hreflang", "type"),
    "area": ("rel",),
    "img": ("alt", "title"),
    "form": ("target", "method"),
    "link": ("rel", "type"),
    "script": ("type",),
}
_METAS = ("name", "rel", "content", "http-equiv", "property")

Entry = dict[str, str]


def write(stream: BinaryIO, crawl: str, started: str, responses: Iterable[Response]) -> None:
    """What the WARC file of one crawl holds, after what the stream holds."""
    blocks = ((response.url, told(response, crawl)) for response in responses)
    write_told(stream, crawl, started, blocks)


def write_told(
    stream: BinaryIO, crawl: str, started: str, blocks: Iterable[tuple[str, bytes]]
) -> None:
    """The records of what is told, each with the URL that it is told of."""
    dice = Chance(f"{crawl} metadata")
    info = (f"WARC-Filename: {crawl}.warc.wat.gz", "Content-Type: application/warc-fields")
    stream.write(warc.member(dice, "warcinfo", started, info, _INFO.format(started).encode()))
    for url, block in blocks:
        fields = (f"WARC-Target-URI: {url}", "Content-Type: application/json")
        stream.write(warc.member(dice, "metadata", started, fields, block))


def told(response: Response, crawl: str) -> bytes:
    """What is told of one response, as JSON."""
    about = {"Filename": f"{crawl}.warc.gz", "Compressed": True}
    found = {"Container": about, "Envelope": _envelope(response)}
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False).encode()


def _envelope(response: Response) -> dict[str, Any]:
    digest = base64.b32encode(sha1(response.body, usedforsecurity=False).digest()).decode()
    message: dict[str, Any] = {
        "Response-Message": {
            "Version": "HTTP/1.1",
            "Status": str(response.status),
            "Reason": warc.REASONS[response.status],
        },
        "Headers": _headers(response),
        "Entity-Length": str(len(response.body)),
        "Entity-Digest": f"sha1:{digest}",
        "HTML-Metadata": _Elements(response.body).told(),
    }
    return {
        "Payload-Metadata": {
            "Actual-Content-Type": "application/http; msgtype=response",
            "HTTP-Response-Metadata": message,
        },
        "Format": "WARC/1.1",
        "WARC-Header-Metadata": {
            "WARC-Type": "response",
            "WARC-Date": response.at,
            "WARC-Target-URI": response.url,
            "WARC-IP-Address": response.ip,
            "WARC-Payload-Digest": f"sha1:{digest}",
            "Content-Type": "application/http;msgtype=response",
        },
    }


def _headers(response: Response) -> dict[str, str | list[str]]:
    """Headers by their names; one that stands several times has a list."""
    lines = ("Content-Type: text/html; charset=utf-8", *response.headers)
    pairs = [line.split(": ", 1) for line in lines]
    times = Counter(name for name, _ in pairs)
    return {
        name: value if times[name] == 1 else [v for n, v in pairs if n == name]
        for name, value in pairs
    }


class _Elements(HTMLParser):
    """Collects what the elements of one page tell."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self._head: dict[str, Any] = {}
        self._links: list[Entry] = []
        self._anchors: list[tuple[Entry, list[str]]] = []
        self._in_title = False
        self.feed(body.decode("utf-8", "replace"))
        self.close()

    def told(self) -> dict[str, Any]:
        """The page as the JSON has it; what is empty is not there."""
        told = {"Head": self._head, "Links": self._links}
        return {name: value for name, value in told.items() if value}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        said = {name: value for name, value in reversed(attrs) if value is not None}
        if tag == "a":
            self._anchors.append((_entry(tag, "href", said), []))
        elif tag == "area":
            self._keep(_entry(tag, "href", said))
        elif tag in _SOURCES:
            self._keep(_entry(tag, _SOURCES[tag], said))
        else:
            self._note(tag, said)

    def _note(self, tag: str, said: Entry) -> None:
        """What the head, or what belongs there, tells."""
        if tag == "link" and "href" in said:
            self._head.setdefault("Link", []).append(_entry(tag, "href", said))
        elif tag == "script" and "src" in said:
            self._head.setdefault("Scripts", []).append(_entry(tag, "src", said))
        elif tag == "meta" and (meta := {name: said[name] for name in _METAS if name in said}):
            self._head.setdefault("Metas", []).append(meta)
        elif tag == "base" and "href" in said:
            self._head["Base"] = said["href"]
        elif tag == "html" and "lang" in said:
            meta = {"name": "HTML@/lang", "content": said["lang"]}
            self._head.setdefault("Metas", []).append(meta)
        self._in_title = tag == "title" and "Title" not in self._head

    def handle_endtag(self, tag: str) -> None:
        """An element ends: only then is the text of a link known."""
        self._in_title = False
        if tag == "a" and self._anchors:
            entry, said = self._anchors.pop()
            if entry and (text := " ".join("".join(said).split())[:MOST_TEXT]):
                entry["text"] = text
            self._keep(entry)

    def handle_data(self, data: str) -> None:
        """Text: of the title, and of every link that is open."""
        if self._in_title:
            self._head["Title"] = " ".join(data.split())[:MOST_TEXT]
        for _, said in self._anchors:
            said.append(data)

    def _keep(self, entry: Entry) -> None:
        if entry:
            self._links.append(entry)


def _entry(tag: str, attribute: str, said: Entry) -> Entry:
    """A link as the JSON has it; empty without the attribute that leads away."""
    if attribute not in said:
        return {}
    beside = {name: said[name] for name in _BESIDE.get(tag, ()) if name in said}
    return {"path": f"{tag.upper()}@/{attribute}", "url": said[attribute], **beside}
