"""What the address of a channel means: mail through a server, a signed webhook, or a chat."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from backref.check.guard import literal, refused_address, refused_name
from backref.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection
    from urllib.parse import SplitResult

LONGEST = 2000
MAIL = ("mailto", "mailtos")
WEBHOOK = ("http", "https")
PORTS = {"starttls": 587, "ssl": 465, "plain": 25, "http": 80, "https": 443}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_ADDRESS = re.compile(r"[^@\s<>(),;:\"\\\x00-\x1f\x7f]+@[^@\s<>(),;:\"\\\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class Target:
    """Where a channel leads. `kind` is mail, webhook or chat; `host` and `port` are who is
    connected to, empty and 0 for a chat whose service is known by its scheme alone. Of mail `mode`
    is starttls, ssl or plain, with the `sender` and the `recipients`. `url` is the address as it
    was given, which may hold a password: show `shown`."""

    kind: str
    url: str
    host: str = ""
    port: int = 0
    mode: str = ""
    user: str = ""
    password: str = ""
    sender: str = ""
    recipients: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The address without anything secret."""
        if self.kind == "mail":
            return f"mail to {', '.join(self.recipients)} by {self.host}:{self.port}"
        if self.kind == "webhook":
            return f"{self.mode}://{self.host}" + (
                "" if self.port in (80, 443) else f":{self.port}"
            )
        return f"{self.mode}://{self.host or '…'}"


def named(text: str) -> str:
    """The name of a channel. Raises UsageError."""
    if not NAME.fullmatch(text):
        raise UsageError(
            f"{text!r} is no name for a channel: use up to 40 letters, digits, dots and dashes."
        )
    return text


def target(url: str, allowed: Collection[str] = ()) -> Target:
    """What an address means. `allowed` are hosts that are sent to although they are private.
    Raises UsageError for one that cannot be sent to."""
    if len(url) > LONGEST or not url.isprintable() or " " in url:
        raise UsageError(f"A channel's address has {LONGEST:,} characters at most and no spaces.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 0
    except ValueError:
        raise UsageError(f"{url.partition('://')[0]}: this is no address of a channel.") from None
    if parts.scheme in MAIL:
        return _public(_mail(url, parts, host, port), allowed)
    if parts.scheme in WEBHOOK:
        return _public(_webhook(url, parts, host, port), allowed)
    if parts.scheme == "file":
        raise UsageError(
            "file:// is a place on this machine and no channel: give mailtos://…, https://… for a "
            "webhook, or a chat's address, such as slack://… or ntfy://…."
        )
    if not parts.scheme or "://" not in url:
        raise UsageError(
            "A channel's address is mailtos://…, https://… for a webhook, or a chat's as apprise "
            "writes it, such as slack://… or ntfy://…."
        )
    return Target("chat", url, host if "." in host else "", mode=parts.scheme)


def _mail(url: str, parts: SplitResult, host: str, port: int) -> Target:
    query = dict(parse_qsl(parts.query))
    mode = query.get("mode", "starttls" if parts.scheme == "mailtos" else "plain")
    if mode not in ("starttls", "ssl", "plain") or not host:
        raise UsageError(
            "A mail channel is mailtos://USER:PASSWORD@HOST:587?from=A&to=B, "
            "with mode=ssl or mode=plain where the server wants that."
        )
    recipients = tuple(one.strip() for one in query.get("to", "").split(",") if one.strip())
    sender = query.get("from", recipients[0] if recipients else "")
    for address in (sender, *recipients):
        if not _ADDRESS.fullmatch(address):
            raise UsageError(f"{address!r} is no mail address: name them as ?from=A@B&to=C@D.")
    if not recipients or len(recipients) > 20:
        raise UsageError("A mail channel names 1 to 20 recipients: add ?to=NAME@HOST.")
    return Target(
        "mail",
        url,
        host,
        port or PORTS[mode],
        mode,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        sender,
        recipients,
    )


def _webhook(url: str, parts: SplitResult, host: str, port: int) -> Target:
    if not host or parts.username or parts.password:
        raise UsageError("A webhook is https://HOST/PATH, without a user name: it is signed.")
    return Target("webhook", url, host, port or PORTS[parts.scheme], parts.scheme)


def _public(meant: Target, allowed: Collection[str]) -> Target:
    """Refuse what can be seen to be private; what a name leads to is judged when it is sent to."""
    if meant.host in allowed:
        return meant
    address = literal(meant.host)
    reason = refused_address(str(address)) if address else refused_name(meant.host)
    if reason:
        raise UsageError(
            f"{meant.host} is not sent to: {reason.removeprefix('is ')}. To send there on purpose, "
            f'add private_channels = "{meant.host}" to backref.toml.'
        )
    return meant
