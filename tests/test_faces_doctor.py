"""`backref doctor`: a line for each check, the exit code, and a server's health."""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from backref.errors import UsageError
from backref.faces import doctor
from backref.faces.cli import app
from backref.lake.checkup import Check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["doctor", *arguments])
    return result.exit_code, result.stdout


def test_a_healthy_machine(small_store: Path) -> None:
    code, out = run("--store", str(small_store), "--json")
    checks = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [check["state"] for check in checks if check["name"] != "chromium"] == ["ok"] * (
        len(checks) - 1
    )
    names = [check["name"] for check in checks]
    assert names[:5] == ["python", "libraries", "extras", "kernels", "chromium"]
    assert len(names) == len(set(names)) == 14


def test_each_check_is_a_line(small_store: Path) -> None:
    code, out = run("--store", str(small_store))
    assert code == 0
    assert {line.split()[0] for line in out.splitlines()} <= {"ok", "warn"}


def test_a_store_that_is_not_there(tmp_path: Path) -> None:
    code, out = run("--store", str(tmp_path / "nowhere"))
    assert code == 1
    assert out.splitlines()[-1].startswith("fail  store")
    assert "backref init" in out


def test_what_is_absent_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fastapi", None)
    monkeypatch.setenv("PATH", "")
    assert doctor.libraries().state == "fail"
    assert "fastapi" in doctor.libraries().found
    assert doctor.chromium().state == "warn"


def test_extras_that_are_absent_fail_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    check = doctor.extras()
    assert check.state == "ok"
    assert "pip install 'backref[frames,xlsx]'" in check.found


def test_kernels_that_fail_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backref.sources.linekernel.stops", None)
    assert doctor.kernels().state == "fail"


class Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health" else 500)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Server) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "state"), [("", "ok"), ("/", "ok"), ("/health", "ok"), ("/other", "fail")]
)
def test_health(address: str, path: str, state: str) -> None:
    assert doctor.answers(address + path).state == state


def test_health_of_what_does_not_answer() -> None:
    code, out = run("--health", "http://127.0.0.1:9")
    assert code == 1
    assert len(out.splitlines()) == 1


@pytest.mark.parametrize("address", ["file:///etc/passwd", "127.0.0.1:8484", "http://", "nonsense"])
def test_health_of_no_address(address: str) -> None:
    with pytest.raises(UsageError):
        doctor.answers(address)


def test_a_line_says_state_name_and_mend() -> None:
    assert doctor.told(Check("disk", "fail", "full", "free some")) == (
        "fail  disk          full: free some"
    )
