"""What no request may do, whatever it asks for, and what every answer carries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from backref.faces.serve.app import create_app
from backref.faces.serve.guard import LARGEST_BODY, POLICY, hostname, known_host
from backref.faces.serve.settings import Settings

HERE = "http://127.0.0.1:8484"


@pytest.fixture(scope="module")
def client(small_store: Path) -> Iterator[TestClient]:
    app = create_app(small_store, Settings(largest_upload=2 << 20))

    @app.get("/api/v1/test-of-failure")
    def fail() -> None:
        raise RuntimeError("the inside of the server")

    with TestClient(app, base_url=HERE, follow_redirects=False) as client:
        yield client


EVERYWHERE = [
    "/",
    "/links",
    "/domains",
    "/nothing-there",
    "/health",
    "/login",
    "/static/app.css",
    "/static/nothing.css",
    "/api/v1/links",
    "/api/v1/links.csv",
    "/api/v1/links/zz",
    "/api/v1/overview",
    "/api/v1/openapi.json",
    "/api/v1/nothing-there",
    "/api/v1/test-of-failure",
    "/api/v1/links?limit=-1",
]


@pytest.mark.parametrize("address", EVERYWHERE)
def test_every_answer_is_armoured(client: TestClient, address: str):
    headers = client.get(address).headers
    assert headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "cache-control" in headers
    assert "server" not in headers


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.0.2.7", "", "a b"])
def test_a_name_that_a_stranger_points_here_is_not_answered(client: TestClient, host: str):
    for address in ("/", "/api/v1/links", "/static/app.css", "/health"):
        response = client.get(address, headers={"Host": host})
        assert response.status_code == 421
        assert response.headers["content-security-policy"] == POLICY
        assert "example.com" not in response.text


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8484", "localhost:1", "[::1]:8484"])
def test_names_of_this_machine_are_answered(client: TestClient, host: str):
    assert client.get("/api/v1/sites", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("host", "settings", "known"),
    [
        ("backref.example.com", Settings(names=("backref.example.com",)), True),
        ("backref.example.com:443", Settings(names=("backref.example.com",)), True),
        ("other.example.com", Settings(names=("backref.example.com",)), False),
        ("192.0.2.7:8484", Settings(host="0.0.0.0"), True),
        ("[2001:db8::1]:8484", Settings(host="::"), True),
        ("evil.example", Settings(host="0.0.0.0"), False),
        ("192.0.2.7", Settings(host="192.0.2.7"), True),
        ("192.0.2.8", Settings(host="192.0.2.7"), False),
    ],
)
def test_known_hosts(host: str, settings: Settings, known: bool):
    assert known_host(host, settings) is known


@pytest.mark.parametrize("host", ["[", "]:1", "a:b:c", "//x", "a@b", "\x00", "é"])
def test_no_host_header_breaks_the_server(client: TestClient, host: str):
    assert isinstance(hostname(host), str)


FROM_ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:9999"},
]
CHANGES = [
    ("POST", "/api/v1/uploads?name=a"),
    ("POST", "/api/v1/imports"),
    ("POST", "/api/v1/imports/1/undo"),
    ("POST", "/api/v1/jobs/1/stop"),
    ("DELETE", "/api/v1/uploads/x"),
    ("POST", "/login"),
    ("POST", "/setup"),
    ("POST", "/logout"),
]


@pytest.mark.parametrize("headers", FROM_ELSEWHERE)
@pytest.mark.parametrize(("method", "address"), CHANGES)
def test_nothing_is_changed_from_another_site(
    client: TestClient, method: str, address: str, headers: dict[str, str]
):
    response = client.request(method, address, headers=headers)
    assert response.status_code == 403
    assert "another site" in response.text


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": HERE}, {"Sec-Fetch-Site": "none"}]
)
def test_what_comes_from_here_or_from_a_program_is_heard(
    client: TestClient, headers: dict[str, str]
):
    response = client.post("/api/v1/jobs/7/stop", headers=headers)
    assert response.status_code == 404
    assert "no job 7" in response.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/%2e%2e/app.py",
        "/static/....//app.py",
        "/static//etc/passwd",
        "/static/%00",
        "/static/vendor/../../app.py",
    ],
)
def test_no_file_but_the_assets_is_given_out(client: TestClient, path: str):
    response = client.get(path)
    assert response.status_code in {400, 404}
    assert "create_app" not in response.text


def test_an_asset_named_by_its_content_is_kept_for_a_year(client: TestClient):
    from backref.faces.serve.assets import asset

    named = client.get(asset("app.css"))
    assert "immutable" in named.headers["cache-control"]
    assert "immutable" not in client.get("/static/app.css").headers["cache-control"]
    assert named.headers["content-type"].startswith("text/css")


def test_a_long_query_is_refused_and_one_below_the_bound_is_read(client: TestClient):
    assert client.get("/api/v1/links?page=" + "x" * 60_000).status_code == 414
    assert client.get("/links?q=" + "x" * 60_000).status_code == 414
    assert client.get("/api/v1/links?page=" + "x" * 3_900).status_code == 200


def test_a_huge_body_is_refused_by_what_it_announces(client: TestClient):
    for address in ("/api/v1/imports", "/login", "/setup", "/nothing-there"):
        response = client.post(address, content=b"x" * (LARGEST_BODY + 1))
        assert response.status_code == 413
    announced = {"Content-Length": "1e9"}
    assert client.post("/api/v1/imports", headers=announced).status_code == 413


def test_a_huge_body_that_announces_nothing_is_refused_while_it_comes(client: TestClient):
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(64):
            sent += 1 << 18
            yield b"x" * (1 << 18)

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/login", content=body(), headers=form).status_code == 413
    response = client.post("/api/v1/uploads?name=a.log", content=body())
    assert response.status_code == 413
    assert "2 MiB" in response.json()["detail"]


def test_a_failure_tells_nothing_of_the_inside(
    client: TestClient, caplog: pytest.LogCaptureFixture
):
    response = client.get("/api/v1/test-of-failure")
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "inside" not in response.text
    assert "the inside of the server" in caplog.text


def test_what_is_large_is_packed(client: TestClient):
    response = client.get("/api/v1/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
