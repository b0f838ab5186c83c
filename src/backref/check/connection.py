"""A connection to one judged address, whatever the name behind it means by now.

The name of the host goes into the encryption's server name and into the Host header, and nowhere
else: nothing is looked up here. A certificate that is wrong does not end the look, for the page is
public and its links are what we came for; what is wrong with it is kept.
"""

from __future__ import annotations

import asyncio
import ssl
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import httpcore2

from backref.check.fetched import Outcome
from backref.check.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from backref.check.resolver import Endpoint
    from backref.url import Url

CONNECT_SECONDS = 10.0
READ_BYTES = 1 << 16
HANDSHAKE_BYTES = 1 << 18
IDLE_SECONDS = 15.0
"""A connection that rested so long is not used again."""
PROTOCOLS = ["h2", "http/1.1"]
_T = TypeVar("_T")


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
        self._allowance = HANDSHAKE_BYTES
        self.received = 0

    def begin(self, allowance: int) -> None:
        """Start to count for a new response."""
        self._allowance = allowance
        self.received = 0

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - its caller keeps the time
        """What came, empty at the end. Raises OSError and Overflow."""
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
        """What the library asks: whether the server said something unasked, or hung up."""
        if info == "is_readable":
            return self._reader.at_eof() or bool(self._reader._buffer)  # type: ignore[attr-defined]
        return self._writer.get_extra_info(info)


class Encrypted(httpcore2.AsyncNetworkStream):
    """Encryption above a stream. asyncio has its own, which takes a quarter of a megabyte for each
    connection; here rest very many of them."""

    def __init__(self, stream: Stream, context: ssl.SSLContext, host: str) -> None:
        self._stream = stream
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    async def handshake(self) -> None:
        """Agree on encryption. Raises ssl.SSLError and OSError."""
        await self._done(self._tls.do_handshake)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """What came, empty at the end. Raises OSError and Overflow."""
        try:
            return await self._done(partial(self._tls.read, max_bytes))
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            return b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Send. Raises OSError."""
        if buffer:
            await self._done(partial(self._tls.write, buffer))

    async def aclose(self) -> None:
        """Hang up."""
        self._stream.hang_up()

    def get_extra_info(self, info: str) -> Any:
        """As the stream beneath, and the encryption."""
        if info == "ssl_object":
            return self._tls
        if info == "is_readable" and (self._tls.pending() or self._incoming.pending):
            return True
        return self._stream.get_extra_info(info)

    async def _done(self, step: Callable[[], _T]) -> _T:
        """The result of a step, once it was given all the bytes that it needs."""
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                await self._stream.write(self._outgoing.read())
                if data := await self._stream.read(READ_BYTES):
                    self._incoming.write(data)
                else:
                    self._incoming.write_eof()
            else:
                await self._stream.write(self._outgoing.read())
                return result


class Overflow(Exception):
    """More came than any response may have."""


class _Http11(httpcore2.AsyncHTTP11Connection):
    @property
    def clean(self) -> bool:
        """Whether nothing came behind the last response, which the next one would begin with."""
        return not self._h11_state.trailing_data[0]


class Connection:
    """One connection; `tls` says what is wrong with its certificate, empty when nothing is."""

    def __init__(
        self, parsed: Url, address: str, stream: Stream, encrypted: Encrypted | None, tls: str = ""
    ) -> None:
        self.address = address
        self.tls = tls
        self.stream = stream
        self._http: httpcore2.AsyncHTTP2Connection | _Http11
        origin = httpcore2.URL(parsed.href).origin
        agreed = encrypted and encrypted.get_extra_info("ssl_object").selected_alpn_protocol()
        protocol = httpcore2.AsyncHTTP2Connection if agreed == "h2" else _Http11
        self._http = protocol(origin, encrypted or stream, keepalive_expiry=IDLE_SECONDS)

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
        return Connection(parsed, endpoint.address, await _opened(parsed, endpoint), None)
    try:
        stream, encrypted = await _encrypted(parsed, endpoint, trust.checked)
    except ssl.SSLError as error:
        wrong = _wrong(error)
    else:
        return Connection(parsed, endpoint.address, stream, encrypted)
    try:
        stream, encrypted = await _encrypted(parsed, endpoint, trust.lax)
    except ssl.SSLError as error:
        why = f"{parsed.host} agrees on no encryption: {_wrong(error)}."
        raise Trouble(Outcome.TLS, why) from error
    return Connection(parsed, endpoint.address, stream, encrypted, wrong)


async def _opened(parsed: Url, endpoint: Endpoint) -> Stream:
    """A stream to the endpoint. Raises Trouble."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            return Stream(*await asyncio.open_connection(*endpoint))
    except TimeoutError as error:
        raise _too_slow(parsed) from error
    except OSError as error:
        why = f"{parsed.host} took no connection: {(error.strerror or 'it hung up').lower()}."
        raise Trouble(Outcome.CONNECT, why) from error


async def _encrypted(
    parsed: Url, endpoint: Endpoint, context: ssl.SSLContext
) -> tuple[Stream, Encrypted]:
    """A stream and the encryption above it. Raises ssl.SSLError, and Trouble for all else."""
    stream = await _opened(parsed, endpoint)
    try:
        encrypted = Encrypted(stream, context, parsed.host.strip("[]"))
        async with asyncio.timeout(CONNECT_SECONDS):
            await encrypted.handshake()
    except (ssl.SSLError, asyncio.CancelledError):
        stream.hang_up()
        raise
    except Exception as error:
        stream.hang_up()
        raise _handshake_trouble(parsed, error) from error
    return stream, encrypted


def _handshake_trouble(parsed: Url, error: Exception) -> Trouble:
    """What it means that a handshake failed for another reason than the encryption itself."""
    if isinstance(error, TimeoutError):
        return _too_slow(parsed)
    if isinstance(error, ValueError):
        return Trouble(Outcome.TLS, f"{parsed.host} is no name for a certificate.")
    return Trouble(Outcome.CONNECT, f"{parsed.host} hung up on the handshake.")


def _too_slow(parsed: Url) -> Trouble:
    seconds = f"{CONNECT_SECONDS:.0f} seconds"
    return Trouble(Outcome.TIMEOUT, f"{parsed.host} took no connection within {seconds}.")


def _wrong(error: ssl.SSLError) -> str:
    """What is wrong, in the library's words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message.rstrip(".").lower()
    return (error.reason or "the handshake failed").replace("_", " ").lower()
