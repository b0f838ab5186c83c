"""What every request passes and every answer carries, whoever answers.

A page on the web may point a name of its own at this machine (DNS rebinding) or send a form here;
so a request must name a host that the server knows, and what changes something must come from its
own pages. No answer may run a script, or be framed, from elsewhere.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders

from backref.faces.serve.problem import Refused, unforeseen
from backref.faces.serve.settings import ANYWHERE, LOOPBACK
from backref.faces.serve.uploads import TooLarge, too_large

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from backref.faces.serve.settings import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
CARRIED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
LONGEST_QUERY = 8192
LARGEST_BODY = 1 << 20
UPLOADS = "/uploads"


class Guard:
    """ASGI middleware around everything."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or pass it on and add what answers carry."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def carrying(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _carry(MutableHeaders(scope=message))
            await send(message)

        refused = refusal(scope, self._settings)
        try:
            if not refused:
                most = largest(scope, self._settings)
                await self._app(scope, _bounded(receive, most), carrying)
        except TooLarge as error:
            refused = Refused(413, str(error))
        except Exception as error:
            refused = unforeseen(scope, error)
        if refused and not begun:
            await refused.response(scope)(scope, receive, carrying)


def largest(scope: Scope, settings: Settings) -> int:
    """Bytes that the body of a request may have: of a file's more than of anything else's."""
    return settings.largest_upload if scope["path"].endswith(UPLOADS) else LARGEST_BODY


def _bounded(receive: Receive, most: int) -> Receive:
    """The same, ended by TooLarge behind so many bytes of the body, whatever was announced."""
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise too_large(most)
        return message

    return counting


def _carry(headers: MutableHeaders) -> None:
    for name, value in CARRIED.items():
        headers[name] = value
    headers.setdefault("Cache-Control", "no-store")


def refusal(scope: Scope, settings: Settings) -> Refused | None:
    """Why a request is not let in, or None."""
    headers = Headers(scope=scope)
    if not known_host(headers.get("host", ""), settings):
        return Refused(
            421,
            "This server is not known under that name: call it by its address, "
            "or start it with --name NAME.",
        )
    if len(scope["query_string"]) > LONGEST_QUERY:
        return Refused(414, f"The address is too long: at most {LONGEST_QUERY:,} bytes after ?.")
    announced = headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > largest(scope, settings):
        return Refused(413, str(too_large(largest(scope, settings))))
    if scope["method"] not in SAFE and not _own(headers):
        return Refused(
            403, "That was sent from another site: send it from this server's own pages."
        )
    return None


def known_host(host: str, settings: Settings) -> bool:
    """Whether a `Host` header names this server. Numbers cannot be made to mean another machine,
    so a server that listens everywhere is known by any."""
    name = hostname(host)
    if name in LOOPBACK or name == settings.host or name in settings.names:
        return True
    return settings.host in ANYWHERE and _is_number(name)


def hostname(host: str) -> str:
    """The name in a `Host` header, without port and brackets; empty when there is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_number(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _own(headers: Headers) -> bool:
    """Whether a browser says that its request comes from this server's own pages; programs that
    are no browsers say neither and carry nobody's session unasked."""
    if site := headers.get("sec-fetch-site"):
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")
