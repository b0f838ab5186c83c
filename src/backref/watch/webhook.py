"""A message as a signed POST, by the Standard Webhooks convention (standardwebhooks.com, MIT): the
receiver takes the HMAC-SHA256 of `id.timestamp.body` with the key behind `whsec_`."""

from __future__ import annotations

import base64
import binascii
import hmac
import http.client
import secrets
import ssl
import time
from contextlib import closing
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson

from backref.watch.mail import message_id
from backref.watch.outcome import Failed

if TYPE_CHECKING:
    from backref.lake.outbox import Delivery
    from backref.watch.target import Target

PREFIX = "whsec_"
SECONDS = 15.0
"""For one operation."""
AGAIN = frozenset((408, 409, 425, 429))
"""Refusals that may pass."""


def new_secret() -> str:
    """A key to sign with."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def signature(secret: str, name: str, timestamp: int, body: bytes) -> str:
    """The signature of a message.

    >>> signature("whsec_c2VjcmV0", "a", 1, b"{}")
    'v1,1cRNpYAyTUXPkYwuHhIhLyYYIZUSUp+9b9RyOlpl/xA='
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = secret.encode()
    signed = f"{name}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()


def send(target: Target, secret: str, delivery: Delivery) -> None:
    """POST a delivery. Redirects are not followed. Raises Failed."""
    body = orjson.dumps(
        {
            "id": message_id(delivery),
            "site": delivery.site,
            "made": delivery.made,
            **{name: value for name, value in delivery.message.items() if name != "html"},
        }
    )
    status = _posted(target, _headers(secret, message_id(delivery), body), body)
    if not 200 <= status < 300:
        passing = status >= 500 or status in AGAIN
        moved = " It must not redirect." if 300 <= status < 400 else ""
        raise Failed(f"The webhook answered {status}.{moved}", for_good=not passing)


def _headers(secret: str, name: str, body: bytes) -> dict[str, str]:
    now = int(time.time())
    return {
        "Content-Type": "application/json",
        "User-Agent": f"Backref/{version('backref')}",
        "webhook-id": name,
        "webhook-timestamp": str(now),
        "webhook-signature": signature(secret, name, now, body),
    }


def _posted(target: Target, headers: dict[str, str], body: bytes) -> int:
    parts = urlsplit(target.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection: http.client.HTTPConnection
    if target.mode == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(
            target.host, target.port, timeout=SECONDS, context=context
        )
    else:
        connection = http.client.HTTPConnection(target.host, target.port, timeout=SECONDS)
    with closing(connection):
        try:
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException, ValueError) as error:
            said = str(error) or type(error).__name__
            raise Failed(f"The webhook at {target.host} is not there: {said}") from error
