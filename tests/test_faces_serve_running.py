"""The server as a process: what it prints, what it answers, how it ends."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backref.errors import UsageError
from backref.faces.serve.running import listening
from backref.faces.serve.settings import Settings

pytestmark = pytest.mark.slow

MAIN = "from backref.faces.cli import main; main()"
Serve = Callable[..., tuple[subprocess.Popen[str], int, str]]


@pytest.fixture
def serve(small_store: Path, tmp_path: Path) -> Iterator[Serve]:
    """Start a server on a copy of the store; returns it, its port and what it printed first."""
    begun: list[subprocess.Popen[str]] = []
    store = shutil.copytree(small_store, tmp_path / "store")

    def start(*options: str, lines: int = 1) -> tuple[subprocess.Popen[str], int, str]:
        command = [sys.executable, "-c", MAIN, "serve", "--port", "0", *options]
        process = subprocess.Popen(
            [*command, "--store", str(store)], stderr=subprocess.PIPE, text=True
        )
        begun.append(process)
        assert process.stderr is not None
        said = "".join(process.stderr.readline() for _ in range(lines))
        found = re.search(r"http://[^/ ]+:(\d+)/", said)
        assert found, said
        return process, int(found[1]), said

    yield start
    for process in begun:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str], by: signal.Signals) -> tuple[int, str]:
    process.send_signal(by)
    _, said = process.communicate(timeout=20)
    return process.returncode, said


def test_it_tells_its_address_answers_and_ends_cleanly(serve: Serve, tmp_path: Path):
    process, port, said = serve()
    assert re.fullmatch(
        rf"Backref shows .*store at http://127\.0\.0\.1:{port}/ \(Ctrl\+C ends it\)\n", said
    )
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/links?limit=1") as answer:
        assert answer.status == 200
        assert "server" not in answer.headers
    raw_requests_that_no_client_would_send(port)
    assert ended(process, signal.SIGINT) == (0, "Ended.\n")
    assert list((tmp_path / "store" / "owners").iterdir()) == []


def raw_requests_that_no_client_would_send(port: int) -> None:
    hostile = [
        b"GET /api/v1/links?page=" + b"x" * 65_536 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /static/../app.py HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"\0\1\2\r\n\r\n",
    ]
    for request in hostile:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(request)
            status = connection.recv(4096).split(b" ", 2)[1]
        assert status in {b"400", b"404", b"413", b"414", b"421"}, request[:60]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
        assert answer.read() == b"ok\n"


def test_beyond_this_machine_a_link_to_set_the_password_is_printed(serve: Serve):
    process, port, said = serve("--host", "0.0.0.0", lines=2)
    link = re.search(r"Set the password once at (http://localhost:\d+/setup\?key=[\w-]{32})", said)
    assert link, said
    with urllib.request.urlopen(link[1]) as answer:
        assert b"Choose a password" in answer.read()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/links")
    assert ended(process, signal.SIGINT)[0] == 0


def test_a_taken_port_is_one_sentence_with_the_mend():
    with listening(Settings(port=0)) as first:
        taken = Settings(port=first.getsockname()[1])
        with pytest.raises(UsageError, match=r"in use: .* choose another with --port\."):
            listening(taken)
        with listening(taken, or_any_port=True) as other:
            assert other.getsockname()[1] != taken.port


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may use any port")
def test_a_port_of_the_administrators_is_one_sentence():
    with pytest.raises(UsageError, match="from 1024"):
        listening(Settings(port=80))


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host", "2001:db8::7"])
def test_an_address_of_another_machine_is_one_sentence(host: str):
    with pytest.raises(UsageError, match="no address of this machine"):
        listening(Settings(host=host, port=0))
