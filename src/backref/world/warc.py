"""WARC 1.1 files: one gzip member a record."""

from __future__ import annotations

import base64
import gzip
from dataclasses import dataclass
from hashlib import sha1
from typing import TYPE_CHECKING
from uuid import UUID

from backref.world.chance import Chance

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

REASONS = {200: "OK", 301: "Moved Permanently", 404: "Not Found"}
_INFO = "software: simulated-web\r\nformat: WARC File Format 1.1\r\nisPartOf: {}\r\n"


@dataclass(frozen=True)
class Response:
    """One answered request: `at` as WARC-Date writes it, `headers` of HTTP without the length."""

    url: str
    at: str
    ip: str
    status: int
    headers: tuple[str, ...]
    body: bytes


def write(stream: BinaryIO, crawl: str, started: str, responses: Iterable[Response]) -> None:
    """The records of one crawl, after those that the stream holds."""
    dice = Chance(crawl)
    info = (f"WARC-Filename: {crawl}.warc.gz", "Content-Type: application/warc-fields")
    stream.write(member(dice, "warcinfo", started, info, _INFO.format(crawl).encode()))
    for response in responses:
        block = _http(response)
        stream.write(member(dice, "response", response.at, _about(response), block))


def _http(response: Response) -> bytes:
    lines = (
        f"HTTP/1.1 {response.status} {REASONS[response.status]}",
        "Server: nginx",
        "Content-Type: text/html; charset=utf-8",
        *response.headers,
        f"Content-Length: {len(response.body)}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + response.body


def _about(response: Response) -> tuple[str, ...]:
    digest = base64.b32encode(sha1(response.body, usedforsecurity=False).digest()).decode()
    return (
        f"WARC-Target-URI: {response.url}",
        f"WARC-IP-Address: {response.ip}",
        f"WARC-Payload-Digest: sha1:{digest}",
        "Content-Type: application/http;msgtype=response",
    )


def member(dice: Chance, kind: str, at: str, about: tuple[str, ...], block: bytes) -> bytes:
    """One record, compressed on its own."""
    head = (
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{UUID(int=dice.getrandbits(128), version=4)}>",
        f"WARC-Date: {at}",
        *about,
        f"Content-Length: {len(block)}",
    )
    record = "\r\n".join(head).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"
    return gzip.compress(record, compresslevel=4, mtime=0)
