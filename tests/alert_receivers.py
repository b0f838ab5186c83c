"""A mail server and a webhook's receiver on loopback, that can be away and come back."""

from __future__ import annotations

import email
import socket
import threading
from contextlib import contextmanager
from email import policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

HERE = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind((HERE, 0))
        return taken.getsockname()[1]


class Mailbox:
    """What a mail server received; `refuse` is what it answers to a recipient instead."""

    def __init__(self, port: int = 0) -> None:
        self.port = port or free_port()
        self.mails: list[EmailMessage] = []
        self.refuse = ""

    @property
    def url(self) -> str:
        return f"mailto://{HERE}:{self.port}?from=backref@ours.example&to=me@mine.example"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ):
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    @contextmanager
    def open(self) -> Iterator[Mailbox]:
        controller = Controller(self, hostname=HERE, port=self.port)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()


class Receiver:
    """What a webhook's receiver was sent, as (headers, body); it answers with `status`."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.location = ""
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://{HERE}:{self.port}/hook?x=1"

    @contextmanager
    def open(self) -> Iterator[Receiver]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posts.append((dict(self.headers.items()), body))
                self.send_response(receiver.status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        server = HTTPServer((HERE, 0), Handler)
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
