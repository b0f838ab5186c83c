"""Records of a journal: WARC 1.1 (ISO 28500), read back by `sources/ownchecks.py`.

Every record names the first one of its journal, whose identity nobody knows beforehand: what
strangers put into a body is never taken for a record of ours.
"""

from __future__ import annotations

import uuid
from base64 import b32encode
from datetime import UTC, datetime
from hashlib import sha1
from typing import TYPE_CHECKING

import orjson

from backref import url as urls
from backref.check.fetched import Outcome
from backref.sources.ownchecks import CHECK, INTENT, MARK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from backref.check.fetched import Ask, Fetched, Hop

_CODED = frozenset((b"transfer-encoding", b"content-encoding", b"content-length"))
"""Fields that speak of the bytes on the wire: the journal holds them decoded."""
UNCHANGED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
"""The profile of an answer that sends no body since the page is as it was."""
_CRLF = b"\r\n"


def new_id() -> str:
    """An identity for a record."""
    return f"<urn:uuid:{uuid.uuid4()}>"


def beginning(agent: str, at: int, journal: str) -> bytes:
    """The first record: that this is a journal, by which identity, and how we named ourselves."""
    block = f"{MARK}\r\nformat: WARC File Format 1.1\r\nhttp-header-user-agent: {agent}\r\n"
    fields = {"WARC-Type": "warcinfo", "Content-Type": "application/warc-fields"}
    return _record(fields, at, block.encode(), journal)


def intent(ask: Ask, url: str, at: int, identity: str, journal: str) -> bytes:
    """That a URL, the one of an ask or one that it led to, is about to be asked, for the journal
    of that identity."""
    said = {"url": url, "purpose": ask.purpose, "at": at}
    return _record(_metadata(INTENT, url, journal), at, orjson.dumps(said), identity)


def look(fetched: Fetched, intended: Sequence[str], journal: str) -> bytes:
    """The answers of one look, each redirect an answer of its own, and then the look itself,
    which refers to the records that `intended` it; for the journal of that identity."""
    at = fetched.asked_at
    digest = _digest(fetched.body) if fetched.outcome == Outcome.ANSWERED else None
    fields = _metadata(CHECK, fetched.ask.url, journal)
    if intended:
        fields["WARC-Refers-To"] = intended[0]
    said = orjson.dumps(_said(fetched, digest) | {"intents": intended[1:]})
    return b"".join((*_answers(fetched, digest, journal), _record(fields, at, said)))


def _said(fetched: Fetched, digest: str | None) -> dict[str, object]:
    return {
        "url": fetched.ask.url,
        "purpose": fetched.ask.purpose,
        "at": fetched.asked_at,
        "seconds": fetched.seconds,
        "outcome": str(fetched.outcome),
        "why": fetched.why,
        "status": fetched.status,
        "final_url": fetched.url,
        "hops": "\n".join(_line(hop) for hop in fetched.hops),
        "address": fetched.address,
        "http": fetched.http_version,
        "tls": fetched.tls,
        "robots": fetched.robots,
        "preferences": fetched.preferences,
        "bytes": len(fetched.body),
        "truncated": fetched.truncated,
        "etag": fetched.header("etag"),
        "modified": fetched.header("last-modified"),
        "digest": None if fetched.unchanged else digest,
        "confirms": fetched.ask.digest if fetched.unchanged else None,
        "next_allowed": fetched.next_allowed,
    }


def _line(hop: Hop) -> str:
    return f"{hop.status} {hop.url} -> {hop.location or ''}"


def _answers(fetched: Fetched, digest: str | None, journal: str) -> Iterable[bytes]:
    told = {"WARC-Warcinfo-ID": journal}
    for hop in fetched.hops:
        head = [(b"Location", (hop.location or "").encode())]
        yield _answer(hop.url, hop.address, fetched.asked_at, _message(hop.status, head, b""), told)
    if fetched.unchanged:
        block = _message(fetched.status or 0, fetched.headers, b"")
        told |= {"WARC-Profile": UNCHANGED, "WARC-Payload-Digest": fetched.ask.digest or ""}
        yield _answer(fetched.url, fetched.address, fetched.asked_at, block, told)
    elif digest is not None and fetched.status is not None:
        block = _message(fetched.status, fetched.headers, fetched.body)
        told["WARC-Payload-Digest"] = digest
        if fetched.truncated:
            told["WARC-Truncated"] = "length"
        yield _answer(fetched.url, fetched.address, fetched.asked_at, block, told)


def _answer(url: str, address: str | None, at: int, block: bytes, told: dict[str, str]) -> bytes:
    fields = {
        "WARC-Type": "revisit" if "WARC-Profile" in told else "response",
        "WARC-Target-URI": _href(url),
        "Content-Type": "application/http; msgtype=response",
        **told,
    }
    if address:
        fields["WARC-IP-Address"] = address
    return _record(fields, at, block)


def _message(status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> bytes:
    """An HTTP message whose fields say of the body what is true of it now."""
    lines = [b"HTTP/1.1 %d " % status]
    for name, value in headers:
        plain = name.strip().lower() not in _CODED and not name.startswith(b":")
        if plain and not any(byte in b"\r\n\0" for byte in name + value):
            lines.append(name + b": " + value)
    lines.append(b"Content-Length: %d" % len(body))
    return _CRLF.join(lines) + _CRLF * 2 + body


def _metadata(kind: str, url: str, journal: str) -> dict[str, str]:
    return {
        "WARC-Type": "metadata",
        "WARC-Target-URI": _href(url),
        "WARC-Warcinfo-ID": journal,
        "Content-Type": kind,
    }


def _href(url: str) -> str:
    """A URL fit for a field; what is none is told in the block alone."""
    parsed = urls.parse(url)
    return parsed.href if parsed else "about:blank"


def _record(fields: dict[str, str], at: int, block: bytes, identity: str = "") -> bytes:
    head = {
        "WARC-Record-ID": identity or new_id(),
        "WARC-Date": datetime.fromtimestamp(at // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **fields,
        "Content-Length": str(len(block)),
    }
    lines = ["WARC/1.1", *(f"{name}: {value}" for name, value in head.items())]
    return "\r\n".join(lines).encode() + _CRLF * 2 + block + _CRLF * 2


def _digest(body: bytes) -> str:
    return "sha1:" + b32encode(sha1(body, usedforsecurity=False).digest()).decode()
