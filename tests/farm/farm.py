"""The farm: its servers run in a thread of their own and listen on loopback alone."""

from __future__ import annotations

import asyncio
import inspect
import shutil
import ssl
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Self

from backref.check.guard import Guard
from backref.check.resolver import Endpoint

from .certificates import Certificates
from .http2 import serve_http2
from .sites import Answer, Reply, Request, Seen, Site

ADDRESSES = 120
LONGEST_HEAD = 1 << 16


class Farm:
    """Sites by name. Use as a context manager; sites can be added while it runs, those that speak
    HTTP/2 before it is entered."""

    def __init__(self, addresses: int = ADDRESSES) -> None:
        self.sites: dict[str, Site] = {}
        self.seen: list[Seen] = []
        self.keep_seen = True
        self.answered = 0
        self._addresses = [f"127.0.{1 + at // 250}.{1 + at % 250}" for at in range(addresses)]
        self._folder = Path(tempfile.mkdtemp(prefix="farm-"))
        self.certificates = Certificates(self._folder)
        self.ports: dict[str, int] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._servers: list[asyncio.Server] = []
        self._http2_over = asyncio.Event()
        self._http2: asyncio.Task[None] | None = None

    @property
    def authorities(self) -> Path:
        """The file of the authority that signs the farm's good certificates."""
        return self.certificates.authority

    def site(self, host: str, pages: dict[str, Answer] | None = None, **rest: Any) -> Site:
        """Add a site; without an `address` it gets the next of the farm's in turn."""
        address = rest.pop("address", None)
        address = address or self._addresses[len(self.sites) % len(self._addresses)]
        self.sites[host] = Site(host, address, dict(pages or {}), **rest)
        return self.sites[host]

    def guard(self) -> Guard:
        """A guard that lets the farm's addresses pass, and no other of loopback."""
        return Guard(allowed=self._addresses)

    def resolver(self) -> FarmResolver:
        """A resolver that knows the farm's names."""
        return FarmResolver(self)

    def requests(self, host: str | None = None) -> list[Seen]:
        """What arrived, all or at one host."""
        return [seen for seen in self.seen if host in (None, seen.host)]

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(30)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def endpoint(self, host: str, port: int) -> Endpoint:
        """Where a site listens. Raises OSError for other names and ports."""
        site = self.sites.get(host)
        if site is None or port not in (80, 443):
            raise OSError(f"no site {host}:{port}")
        kind = "http" if port == 80 else "http2" if site.http2 else "https"
        return Endpoint(site.address, self.ports[kind])

    async def _open(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sni_callback = self._choose_certificate
        self.certificates.context("nobody.test", "good")
        for kind, secured in (("http", None), ("https", context)):
            first = await self._listen([self._addresses[0]], 0, secured)
            self.ports[kind] = first.sockets[0].getsockname()[1]
            if self._addresses[1:]:
                await self._listen(self._addresses[1:], self.ports[kind], secured)
        hosts = [site.host for site in self.sites.values() if site.http2]
        if hosts:
            files = self.certificates.files(self._folder, *hosts)
            places = sorted({self.sites[host].address for host in hosts})
            self.ports["http2"], self._http2 = await serve_http2(
                self._asgi, files, places, self._http2_over
            )

    async def _listen(
        self, places: list[str], port: int, secured: ssl.SSLContext | None
    ) -> asyncio.Server:
        server = await asyncio.start_server(
            self._serve, places, port, ssl=secured, limit=LONGEST_HEAD, backlog=1024
        )
        self._servers.append(server)
        return server

    def _choose_certificate(self, connection: ssl.SSLObject, name: str | None, _: Any) -> None:
        site = self.sites.get(name or "")
        kind = site.tls if site else "good"
        connection.context = self.certificates.context(name or "nobody.test", kind)

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        self._http2_over.set()
        if self._http2 is not None:
            await asyncio.wait([self._http2], timeout=10)
        mine = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not mine]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._serve_one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        except asyncio.CancelledError:
            pass
        finally:
            writer.transport.abort()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False when the connection is over."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        begun = time.monotonic()
        first, *lines = head.strip().split("\r\n")
        path = first.split(" ")[1]
        headers = tuple(
            (name.lower(), value.strip()) for name, _, value in (x.partition(":") for x in lines)
        )
        host = dict(headers).get("host", "").partition(":")[0]
        address = writer.get_extra_info("sockname")[0]
        answer = self._answer(host, path)
        if isinstance(answer, Reply):
            await asyncio.sleep(answer.delay)
        self._record(Seen(begun, time.monotonic(), host, path, address, "1.1", headers))
        if isinstance(answer, Reply):
            writer.write(answer.head() + answer.body)
            await writer.drain()
            return True
        await answer(Request(host, path, headers, reader, writer))
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        return False

    def _answer(self, host: str, path: str) -> Any:
        site = self.sites.get(host)
        answer: Any = site.answer(path) if site else Reply(b"no such site", 421)
        if not isinstance(answer, Reply) and not inspect.iscoroutinefunction(answer):
            answer = answer(path)
        return answer

    async def _asgi(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        begun = time.monotonic()
        headers = tuple((name.decode(), value.decode()) for name, value in scope["headers"])
        host = dict(headers).get("host", "").partition(":")[0]
        query = scope["query_string"].decode()
        path = scope["raw_path"].decode() + (f"?{query}" if query else "")
        reply = self._answer(host, path)
        await asyncio.sleep(reply.delay)
        address, version = scope["server"][0], scope["http_version"]
        self._record(Seen(begun, time.monotonic(), host, path, address, version, headers))
        named = [(name.lower().encode(), value.encode()) for name, value in reply.headers]
        length = (b"content-length", str(len(reply.body)).encode())
        start = {"type": "http.response.start", "status": reply.status}
        await send({**start, "headers": [*named, length]})
        await send({"type": "http.response.body", "body": reply.body})

    def _record(self, seen: Seen) -> None:
        self.answered += 1
        if self.keep_seen:
            self.seen.append(seen)


class FarmResolver:
    """Knows the farm's names; `looked_up` is what it was asked."""

    def __init__(self, farm: Farm) -> None:
        self._farm = farm
        self.looked_up: list[str] = []

    def port(self, kind: str) -> int:
        """The port on which the farm speaks http, https or http2."""
        return self._farm.ports[kind]

    async def resolve(self, host: str, port: int) -> tuple[Endpoint, ...]:
        self.looked_up.append(host)
        return (self._farm.endpoint(host, port),)
