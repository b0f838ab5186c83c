"""Who may come in: the password, the link that sets it, sessions, and patience."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient

from backref.errors import UsageError
from backref.faces.serve import password as password_module
from backref.faces.serve.app import create_app
from backref.faces.serve.door import is_passed_on, who
from backref.faces.serve.password import (
    LONGEST,
    MOST_WATCHED,
    SESSION_SECONDS,
    Patience,
    hashed,
    is_session,
    matches,
    session,
)
from backref.faces.serve.settings import Settings

RIGHT = "correct horse battery"
ELSEWHERE = Settings(host="0.0.0.0", names=("backref.example.com",))


@pytest.fixture(scope="module")
def app(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    store = shutil.copytree(small_store, tmp_path_factory.mktemp("door") / "store")
    app = create_app(store, ELSEWHERE)
    with TestClient(app):
        yield app


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    """A browser that knows nothing yet; others were never wrong."""
    app.state.door._patience = Patience()
    return TestClient(app, base_url="http://192.0.2.7", follow_redirects=False)


@pytest.fixture
def with_password(app: FastAPI) -> None:
    if not app.state.door.has_password:
        app.state.door.set_password(app.state.door.new_key(), RIGHT)


def log_in(client: TestClient, password: str = RIGHT, onward: str = "/"):
    return client.post("/login", data={"password": password, "next": onward})


def test_nobody_comes_in_before_there_is_a_password(app: FastAPI, client: TestClient):
    assert not app.state.door.has_password
    for password in ("", RIGHT):
        assert log_in(client, password).status_code in {403, 429}
    assert client.get("/api/v1/sites").status_code == 401
    assert client.get("/api/v1/sites", auth=("", "")).status_code == 401


def test_the_printed_link_sets_the_password_once(app: FastAPI, client: TestClient):
    key = app.state.door.new_key()
    assert client.get("/setup").status_code == 400
    assert client.get(f"/setup?key={key}x").status_code == 400
    page = client.get(f"/setup?key={key}")
    assert page.status_code == 200
    assert key in page.text
    for password, again, said in (
        ("short", "short", "10 to 1,000 characters"),
        (RIGHT, RIGHT + "!", "not the same"),
    ):
        refused = client.post("/setup", data={"key": key, "password": password, "again": again})
        assert refused.status_code == 400
        assert said in refused.text
    assert not app.state.door.has_password
    done = client.post("/setup", data={"key": key, "password": RIGHT, "again": RIGHT})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert client.get("/api/v1/sites").status_code == 200
    twice = client.post("/setup", data={"key": key, "password": "x" * 20, "again": "x" * 20})
    assert twice.status_code == 400
    assert client.get(f"/setup?key={key}").status_code == 400


@pytest.mark.usefixtures("with_password")
@pytest.mark.parametrize(
    "address", ["/", "/links?state=lost", "/import", "/nothing", "//evil.example/x"]
)
def test_a_browser_is_led_to_the_form_and_then_where_it_wanted(client: TestClient, address: str):
    turned = client.get("http://192.0.2.7" + address)
    assert turned.status_code == 303
    assert turned.headers["location"].startswith("/login?next=%2F")
    form = client.get(turned.headers["location"])
    assert form.status_code == 200
    assert 'type="password"' in form.text
    led = log_in(client, onward=address)
    assert led.status_code == 303
    assert led.headers["location"] == ("/" if address.startswith("//") else address)


@pytest.mark.usefixtures("with_password")
@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/api/v1/links"),
        ("GET", "/api/v1/links.csv"),
        ("GET", "/api/v1/openapi.json"),
        ("GET", "/api/v1/jobs/1/events"),
        ("POST", "/api/v1/uploads?name=x"),
        ("POST", "/api/v1/imports"),
        ("POST", "/api/v1/imports/1/undo"),
        ("DELETE", "/api/v1/uploads/x"),
        ("GET", "/static/../api/v1/links"),
        ("GET", "/login/../api/v1/links"),
    ],
)
def test_a_program_is_told_that_it_needs_the_password(
    client: TestClient, method: str, address: str
):
    response = client.request(method, address)
    assert response.status_code == 401
    assert "example.com" not in response.text
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.usefixtures("with_password")
def test_what_anybody_may_see(client: TestClient):
    assert client.get("/health").text == "ok\n"
    assert client.get("/static/app.css").status_code == 200


@pytest.mark.usefixtures("with_password")
def test_a_session_is_a_cookie_that_no_script_and_no_other_site_uses(client: TestClient):
    cookie = log_in(client).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert client.get("/api/v1/sites").status_code == 200
    assert client.post("/logout").status_code == 303
    assert client.get("/api/v1/sites").status_code == 401


@pytest.mark.usefixtures("with_password")
def test_over_https_the_cookie_stays_there(app: FastAPI, client: TestClient):
    safe = TestClient(app, base_url="https://backref.example.com", follow_redirects=False)
    assert "Secure" in log_in(safe).headers["set-cookie"]


@pytest.mark.usefixtures("with_password")
@pytest.mark.parametrize("onward", ["https://evil.example", "//evil.example", "/\\evil", "x", ""])
def test_nobody_is_led_elsewhere(client: TestClient, onward: str):
    assert log_in(client, onward=onward).headers["location"] == "/"


@pytest.mark.usefixtures("with_password")
def test_a_wrong_password_costs_time_even_the_right_one(client: TestClient):
    assert log_in(client, "wrong").status_code == 403
    slowed = log_in(client)
    assert slowed.status_code == 429
    assert int(slowed.headers["retry-after"]) >= 1


@pytest.mark.usefixtures("with_password")
def test_a_program_may_send_the_password_along(client: TestClient, app: FastAPI):
    assert client.get("/api/v1/sites", auth=("any name", RIGHT)).status_code == 200
    assert client.get("/api/v1/sites", auth=("any name", "wrong")).status_code == 401
    # Known to be right, it need not wait for who was wrong.
    assert client.get("/api/v1/sites", auth=("any name", RIGHT)).status_code == 200
    for said in ("Basic", "Basic !!", "Basic Og==", "Bearer x", "Basic " + "A" * 5000):
        headers = {"Authorization": said}
        assert client.get("/api/v1/sites", headers=headers).status_code == 401


@pytest.mark.usefixtures("with_password")
@pytest.mark.parametrize(
    "cookie", ["", ".", "..", "9999999999.x.y", "x.y.z", "9" * 4000, "9999999999..", "é"]
)
def test_no_cookie_but_ours_lets_anybody_in(client: TestClient, cookie: str):
    headers = {"Cookie": f"backref={cookie}".encode()}
    assert client.get("/api/v1/sites", headers=headers).status_code == 401


@pytest.mark.usefixtures("with_password")
def test_the_password_outlives_the_server_and_a_new_one_ends_all_sessions(
    app: FastAPI, client: TestClient
):
    log_in(client)
    assert client.get("/api/v1/sites").status_code == 200
    with TestClient(create_app(app.state.lake.path, ELSEWHERE)) as later:
        assert later.app.state.door.has_password  # type: ignore[attr-defined]
    door = app.state.door
    door.set_password(door.new_key(), RIGHT + " anew")
    assert client.get("/api/v1/sites").status_code == 401
    door.set_password(door.new_key(), RIGHT)


def test_on_this_machine_nobody_is_asked_unless_others_come_through_a_name():
    assert Settings().private
    assert Settings(host="::1").private
    assert not Settings(host="192.0.2.7").private
    assert not Settings(host="0.0.0.0").private
    assert not Settings(names=("backref.example.com",)).private


@pytest.fixture(scope="module")
def private(app: FastAPI) -> Iterator[TestClient]:
    here = create_app(app.state.lake.path, Settings())
    with TestClient(here, base_url="http://127.0.0.1:8484") as client:
        yield client


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-IP"],
)
def test_what_a_proxy_passed_on_is_refused_where_nobody_is_asked_for_a_password(
    private: TestClient, header: str
):
    for address in ("/health", "/api/v1/sites", "/static/app.css"):
        assert private.get(address).status_code == 200
        refused = private.get(address, headers={header: "192.0.2.1"})
        assert refused.status_code == 403
        assert "--name NAME" in refused.text
        assert "example.com" not in refused.text


@pytest.mark.parametrize(
    ("client", "version", "refused"),
    [
        ("127.0.0.1", "1.1", False),
        ("::1", "1.1", False),
        ("192.0.2.7", "1.1", True),
        ("2001:db8::1", "1.1", True),
        ("127.0.0.1", "1.0", True),
    ],
)
def test_what_shows_that_something_stands_before_the_server(
    client: str, version: str, refused: bool
):
    scope = {"type": "http", "client": (client, 1), "http_version": version, "headers": []}
    assert is_passed_on(HTTPConnection(scope)) is refused


@pytest.mark.parametrize(
    ("client", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
    ],
)
def test_addresses_of_one_network_are_one_sender(client: str, place: str):
    assert who(HTTPConnection({"type": "http", "client": (client, 1), "headers": []})) == place


@pytest.mark.usefixtures("with_password")
def test_who_must_wait_is_told_so_while_another_password_is_looked_at(
    app: FastAPI, client: TestClient
):
    door = app.state.door
    assert not door.is_right("wrong", "192.0.2.9")
    with ThreadPoolExecutor(1) as pool, door._lock:
        assert not pool.submit(door.is_right, RIGHT, "192.0.2.9").result(10)


def test_a_form_of_too_many_fields_is_refused(client: TestClient):
    many = "&".join(f"f{number}=x" for number in range(501))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/login", content=many, headers=form).status_code == 400
    assert client.post("/login", content="password=x").status_code == 415


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """A cheap hash: what is tested is not how long it takes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(password_module, "COST", 1 << 4)
        yield


@settings(max_examples=30)
@given(st.text(min_size=10, max_size=60), st.text(max_size=60))
def test_only_the_password_matches_its_hash(password: str, other: str):
    kept = hashed(password)
    assert password not in kept
    assert matches(password, kept)
    assert matches(other, kept) == (other == password)
    assert hashed(password) != kept


def test_the_real_cost_is_what_is_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    assert password_module.SESSION_SECONDS == 30 * 24 * 3600
    monkeypatch.setattr(password_module, "COST", 1 << 15)
    kept = hashed(RIGHT)
    assert kept.startswith("scrypt$32768$8$1$")
    assert matches(RIGHT, kept)


@pytest.mark.parametrize("password", ["", "short", "x" * (LONGEST + 1)])
def test_passwords_that_are_refused(password: str):
    with pytest.raises(UsageError, match="10 to 1,000"):
        hashed(password)
    assert not matches(password, hashed(RIGHT))


def test_a_session_ends():
    kept = hashed(RIGHT)
    text = session(kept, 1000.0)
    assert is_session(text, kept, 1000.0 + SESSION_SECONDS - 1)
    assert not is_session(text, kept, 1000.0 + SESSION_SECONDS + 1)
    assert not is_session(text, hashed(RIGHT), 1000.0)
    longer = text.replace(text.partition(".")[0], "99999999999")
    assert not is_session(longer, kept, 1000.0)


def test_patience_grows_and_is_bounded():
    now = 0.0
    patience = Patience(lambda: now)
    waits = []
    for _ in range(12):
        patience.fail("a")
        waits.append(patience.wait("a"))
        now += waits[-1]
        assert patience.wait("a") == 0
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == Patience.LONGEST
    assert patience.wait("b") == 0
    patience.fail("a")
    patience.succeed("a")
    assert patience.wait("a") == 0
    for number in range(MOST_WATCHED + 10):
        patience.fail(str(number))
    assert patience.wait("0") == 0
    assert patience.wait(str(MOST_WATCHED)) > 0
