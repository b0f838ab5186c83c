"""Who may come in: on this machine alone everybody, from anywhere else whoever has the password.

The password is set through a link that is printed when the server starts, holds once, and is known
to nobody but who started it. There is no default password.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from base64 import b64decode
from binascii import Error
from ipaddress import IPv4Address, IPv6Network, ip_address
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Request
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse, Response

from backref.errors import UsageError
from backref.faces.serve.pages.forms import Fields
from backref.faces.serve.pages.frame import templates
from backref.faces.serve.password import (
    SESSION_SECONDS,
    SHORTEST,
    Patience,
    hashed,
    is_session,
    matches,
    session,
)
from backref.faces.serve.problem import API, Refused

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from backref.faces.serve.settings import Settings
    from backref.lake.lake import Lake

KEPT_AS = "password"
COOKIE = "backref"
OPEN = ("/login", "/setup", "/health")
STATIC = "/static/"
BASIC = "basic "
ONE_PLACE = 64
"""Bits of an IPv6 address that tell one network from another."""

router = APIRouter(include_in_schema=False)


class Door:
    """The password of a store, its sessions, and the key of the link that sets it."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._lock = Lock()
        self._patience = Patience()
        self._checks = CapacityLimiter(1)
        self._password = lake.secret(KEPT_AS)
        self._key: str | None = None
        self._right = secrets.token_bytes(16), b""

    @property
    def has_password(self) -> bool:
        """Whether a password was set."""
        return self._password is not None

    def new_key(self) -> str:
        """A key with which the password can be set once."""
        self._key = secrets.token_urlsafe(24)
        return self._key

    def opens(self, key: str) -> bool:
        """Whether a key is the one of the printed link, not used yet."""
        return self._key is not None and hmac.compare_digest(self._key.encode(), key.encode())

    def set_password(self, key: str, password: str) -> None:
        """Set the password; the key holds no longer. Raises UsageError."""
        if not self.opens(key):
            raise UsageError(USED)
        kept = hashed(password)
        with self._lock:
            if not self.opens(key):
                raise UsageError(USED)
            self._lake.keep_secret(KEPT_AS, kept)
            self._password, self._key = kept, None

    def is_right(self, password: str, who: str) -> bool:
        """Whether a password is right; one at a time is looked at, and `who` was wrong waits:
        without the lock, so that its asking anew holds up nobody."""
        if self._password is None or self._patience.wait(who):
            return False
        with self._lock:
            if self._password is None or self._patience.wait(who):
                return False
            if matches(password, self._password):
                self._patience.succeed(who)
                return True
            self._patience.fail(who)
        return False

    def wait(self, who: str) -> float:
        """Seconds until `who` may try again."""
        return self._patience.wait(who)

    def session(self) -> str:
        """A new session, for who gave the password."""
        assert self._password is not None
        return session(self._password, time.time())

    def knows(self, connection: HTTPConnection) -> bool:
        """Whether a request carries a session."""
        text = connection.cookies.get(COOKIE, "")
        return self._password is not None and is_session(text, self._password, time.time())

    async def admits(self, password: str, who: str) -> bool:
        """Whether a password is right, found in a thread that no page waits for."""
        return await to_thread.run_sync(self.is_right, password, who, limiter=self._checks)

    async def trusts(self, connection: HTTPConnection) -> bool:
        """Whether a program sends the password with its request (HTTP Basic, any name)."""
        password = _basic(connection.headers)
        if password is None:
            return False
        salt, right = self._right
        digest = hashlib.blake2b(password.encode() + (self._password or "").encode(), key=salt)
        if right and hmac.compare_digest(digest.digest(), right):
            return True
        if not await self.admits(password, who(connection)):
            return False
        self._right = salt, digest.digest()
        return True


PASSED_ON = Refused(
    403,
    "This request came through a proxy, and this server asks nobody for a password: "
    "start it with --name NAME, the name that people call it by.",
)
OF_A_PROXY = frozenset(("forwarded", "via", "x-real-ip"))
OLD_HTTP = "1.0"
"""What nginx speaks to the server behind it unless told otherwise, and no browser does."""
USED = "That link was used, or is of an earlier start: start the server again for a new one."


class Gate:
    """ASGI middleware that lets nobody in who may not, when others than this machine can ask."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer where to go."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        if self._settings.private:
            refused = PASSED_ON.response(scope) if is_passed_on(connection) else self._app
            await refused(scope, receive, send)
            return
        if _is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        door: Door = scope["app"].state.door
        if door.knows(connection) or await door.trusts(connection):
            await self._app(scope, receive, send)
        else:
            await _turned_away(scope)(scope, receive, send)


def is_passed_on(connection: HTTPConnection) -> bool:
    """Whether a request shows that something stands before the server and let it through."""
    client = connection.client.host if connection.client else ""
    if connection.scope.get("http_version") == OLD_HTTP or _is_far(client):
        return True
    return any(name in OF_A_PROXY or name.startswith("x-forwarded-") for name in connection.headers)


def _is_far(address: str) -> bool:
    """Whether an address is another machine's."""
    try:
        return not ip_address(address).is_loopback
    except ValueError:
        return False


def _is_open(path: str) -> bool:
    return path in OPEN or path.startswith(STATIC)


def _turned_away(scope: Scope) -> Response:
    if scope["path"].startswith(API):
        said = "The password is needed: send it by HTTP Basic, or log in with a browser."
        return Refused(401, said).problem()
    wanted = quote(scope["path"])
    if scope["query_string"]:
        wanted += "?" + scope["query_string"].decode("latin-1")
    return RedirectResponse(f"/login?next={quote(wanted, safe='')}", 303)


def _basic(headers: Headers) -> str | None:
    said = headers.get("authorization", "")
    if not said.lower().startswith(BASIC):
        return None
    try:
        return b64decode(said[len(BASIC) :], validate=True).decode().partition(":")[2]
    except (Error, UnicodeDecodeError):
        return None


def who(connection: HTTPConnection) -> str:
    """From where a request comes: of IPv6 the network, for one machine has all its addresses."""
    address = connection.client.host if connection.client else ""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv4Address):
        return address
    if known.ipv4_mapped:
        return str(known.ipv4_mapped)
    return str(IPv6Network((int(known), ONE_PLACE), strict=False))


def door_of(request: Request) -> Door:
    """The server's door."""
    held: Door = request.app.state.door
    return held


At = Annotated[Door, Depends(door_of)]


@router.get("/health")
def health() -> Response:
    """That the server answers; nothing of the store."""
    return Response("ok\n", media_type="text/plain")


@router.get("/login")
def ask(next: str = "/") -> Response:  # noqa: A002 - the parameter's name in the address
    """The form that asks for the password."""
    return _page("Log in", next=_own(next))


@router.post("/login")
async def log_in(request: Request, door: At, form: Fields) -> Response:
    """Let in who gives the password."""
    onward = _own(form.get("next", "/"))
    if pause := ceil(door.wait(who(request))):
        said = f"Too soon after a wrong password: try again in {pause} s."
        return _page("Log in", said, 429, {"Retry-After": str(pause)}, next=onward)
    if await door.admits(form.get("password", ""), who(request)):
        return _let_in(request, door, onward)
    return _page("Log in", "That is not the password: try again.", 403, next=onward)


@router.post("/logout")
def log_out() -> Response:
    """End the session."""
    response = RedirectResponse("/login", 303)
    response.delete_cookie(COOKIE)
    return response


@router.get("/setup")
def ask_for_new(door: At, key: str = "") -> Response:
    """The form that sets the password, for who has the printed link."""
    if not door.opens(key):
        raise UsageError(USED)
    return _page("Choose a password", key=key)


@router.post("/setup")
def set_up(request: Request, door: At, form: Fields) -> Response:
    """Set the password and let in who set it."""
    key, password = form.get("key", ""), form.get("password", "")
    if password != form.get("again", ""):
        return _page("Choose a password", "The two are not the same: repeat them.", 400, key=key)
    try:
        door.set_password(key, password)
    except UsageError as error:
        return _page("Choose a password", str(error), 400, key=key)
    return _let_in(request, door, "/")


def _let_in(request: Request, door: Door, onward: str) -> Response:
    response = RedirectResponse(onward, 303)
    response.set_cookie(
        COOKIE,
        door.session(),
        max_age=SESSION_SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def _own(address: str) -> str:
    """An address of this server, or its first page."""
    own = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if own and address.isprintable() else "/"


def _page(
    title: str,
    said: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
    **values: str,
) -> Response:
    template = templates().get_template("door.html.j2")
    text = template.render(title=title, said=said, shortest=SHORTEST, values=values)
    return HTMLResponse(text, status, headers)
