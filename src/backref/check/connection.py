"""A connection to one judged address, whatever the name behind it means by now.

The name of the host goes into the encryption's server name and into the Host header, and nowhere
else: nothing is looked up here. A certificate that is wrong does not end the look, for the page is
public and its links are what we came for; what is wrong with it is kept.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Any

import httpcore2

from backref.check.fetched import Outcome
from backref.check.trouble import Trouble

if TYPE_CHECKING:
    from pathlib import Path

    from backref.check.resolver import Endpoint
    from backref.url import Url

CONNECT_SECONDS = 10.0
IDLE_SECONDS = 15.0
"""A connection that rested so long is not used again."""
PROTOCOLS = ["h2", "http/1.1"]


class Trust:
    """Two ways to agree on encryption: with a certificate that holds, and with any.

    `authorities` is a file of certificates to be trusted beside those of the system.
    """

    def __init__(self, authorities: Path | None = None) -> None:
        self.checked = ssl.create_default_context()
        if authorities is not None:
            self.checked.load_verify_locations(cafile=authorities)
        self.lax = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.lax.check_hostname = False
        self.lax.verify_mode = ssl.CERT_NONE
        self.lax.minimum_version = ssl.TLSVersion.TLSv1_2
        for context in (self.checked, self.lax):
            context.set_alpn_protocols(PROTOCOLS)


class Stream(httpcore2.AsyncNetworkStream):
    """Bytes to and from the server. Once `allowance` bytes came since the last `begin`, reading
    ends, so that no sender can go on for ever."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._allowance = 0
        self.received = 0

    def begin(self, allowance: int) -> None:
        """Start to count for a new response."""
        self._allowance = allowance
        self.received = 0

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - its caller keeps the time
        """What came, empty at the end. Raises OSError."""
        if self.received > self._allowance:
            raise Overflow
        data = await self._reader.read(max_bytes)
        self.received += len(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Send. Raises OSError."""
        if buffer:
            self._writer.write(buffer)
            await self._writer.drain()

    async def aclose(self) -> None:
        """Hang up, without waiting for the other side to do so too."""
        self.hang_up()

    def hang_up(self) -> None:
        """As `aclose`, for those who need not await it."""
        self._writer.transport.abort()

    def get_extra_info(self, info: str) -> Any:
        """What the library asks: the encryption, and whether the server said something unasked."""
        if info == "is_readable":
            return self._reader.at_eof() or bool(self._reader._buffer)  # type: ignore[attr-defined]
        return self._writer.get_extra_info(info)


class Overflow(Exception):
    """More came than any response may have."""


class _Http11(httpcore2.AsyncHTTP11Connection):
    @property
    def clean(self) -> bool:
        """Whether nothing came behind the last response, which the next one would begin with."""
        return not self._h11_state.trailing_data[0]


class Connection:
    """One connection; `tls` says what is wrong with its certificate, empty when nothing is."""

    def __init__(self, parsed: Url, address: str, stream: Stream, tls: str) -> None:
        self.address = address
        self.tls = tls
        self.stream = stream
        origin = httpcore2.URL(parsed.href).origin
        encrypted = stream.get_extra_info("ssl_object")
        if encrypted is not None and encrypted.selected_alpn_protocol() == "h2":
            self._http: httpcore2.AsyncHTTP2Connection | _Http11 = httpcore2.AsyncHTTP2Connection(
                origin, stream, keepalive_expiry=IDLE_SECONDS
            )
        else:
            self._http = _Http11(origin, stream, keepalive_expiry=IDLE_SECONDS)

    async def send(self, request: httpcore2.Request) -> httpcore2.Response:
        """Send a request and return its response, whose body is still to be read."""
        return await self._http.handle_async_request(request)

    @property
    def usable(self) -> bool:
        """Whether a further request can be sent."""
        if isinstance(self._http, _Http11) and not self._http.clean:
            return False
        return self._http.is_idle() and not self._http.has_expired()

    def close(self) -> None:
        """Hang up."""
        self.stream.hang_up()


async def connect(parsed: Url, endpoint: Endpoint, trust: Trust) -> Connection:
    """Connect to an endpoint in the name of a URL's host. Raises Trouble."""
    if parsed.scheme == "http":
        return Connection(parsed, endpoint.address, await _open(parsed, endpoint, None), "")
    try:
        return Connection(
            parsed, endpoint.address, await _open(parsed, endpoint, trust.checked), ""
        )
    except ssl.SSLError as error:
        wrong = _wrong(error)
    try:
        stream = await _open(parsed, endpoint, trust.lax)
    except ssl.SSLError as error:
        raise Trouble(
            Outcome.TLS, f"{parsed.host} agrees on no encryption: {_wrong(error)}."
        ) from error
    return Connection(parsed, endpoint.address, stream, wrong)


async def _open(parsed: Url, endpoint: Endpoint, context: ssl.SSLContext | None) -> Stream:
    """A stream to the endpoint. Raises ssl.SSLError, and Trouble for all else."""
    secured: dict[str, Any] = {}
    if context is not None:
        secured = {
            "ssl": context,
            "server_hostname": parsed.host.strip("[]"),
            "ssl_handshake_timeout": CONNECT_SECONDS,
            "ssl_shutdown_timeout": 1.0,
        }
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            return Stream(*await asyncio.open_connection(*endpoint, **secured))
    except ssl.SSLError:
        raise
    except TimeoutError as error:
        why = f"{parsed.host} took no connection within {CONNECT_SECONDS:.0f} seconds."
        raise Trouble(Outcome.TIMEOUT, why) from error
    except OSError as error:
        why = f"{parsed.host} took no connection: {(error.strerror or 'it hung up').lower()}."
        raise Trouble(Outcome.CONNECT, why) from error
    except ValueError as error:
        raise Trouble(Outcome.TLS, f"{parsed.host} is no name for a certificate.") from error


def _wrong(error: ssl.SSLError) -> str:
    """What is wrong, in the library's words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message.rstrip(".").lower()
    return (error.reason or "the handshake failed").replace("_", " ").lower()
