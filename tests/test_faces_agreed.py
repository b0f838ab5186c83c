"""Engagement, leads, placements and disavow files: the same rows in every face."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from agreed_files import AS_OF, written
from starlette.testclient import TestClient

import backref
from backref.errors import UsageError
from backref.faces.query import Site, open_store
from backref.faces.recorded import recorded
from backref.faces.serve.app import create_app
from backref.faces.serve.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

API = "/api/v1/"
NAMES = ("engagement", "leads", "placements", "disavow")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("agreed"))


@pytest.fixture(scope="module")
def client(store: Path) -> Iterator[TestClient]:
    app = create_app(store, Settings())
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        client.params = {"as_of": AS_OF}
        yield client


@pytest.fixture(scope="module")
def site(store: Path) -> Iterator[Site]:
    with open_store(store) as opened:
        yield opened.site(as_of=AS_OF)


def test_a_disavowed_domain_hits_its_hosts_and_a_page_itself_alone(site: Site) -> None:
    found = {row.entry: (row.live_links, row.links, row.example) for row in site.disavow()}
    assert found == {
        "domain:bad.example": (2, 2, "bad.example/b"),
        "https://news.example.net/post": (1, 1, "news.example.net/post"),
        "domain:never.example": (0, 0, None),
        "https://news.example.net/other": (0, 0, None),
    }
    assert [row.entry for row in site.disavow(limit=2)] == list(found)[:2]
    (first, *_) = site.disavow(sort="visits")
    assert first.visits, "people come through disavowed links all the same"
    assert [row.entry for row in site.disavow(sort="entry")] == sorted(found)
    with pytest.raises(UsageError, match="There is no sort 'worst'"):
        site.disavow(sort="worst")


def got(client: TestClient, address: str, **options: Any) -> Any:
    """The answer at an address, whose query the client's own parameters would replace."""
    path, _, query = address.partition("?")
    return client.get(path, params=parse_qs(query), **options)


def asked(client: TestClient, address: str, **params: Any) -> dict[str, Any]:
    response = client.get(API + address, params=params)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


@pytest.mark.parametrize("name", NAMES)
def test_the_api_answers_as_the_site_does(client: TestClient, site: Site, name: str) -> None:
    from fastapi.encoders import jsonable_encoder

    rows = jsonable_encoder([recorded(row) for row in getattr(site, name)()])
    told = asked(client, name, limit=1000)
    assert told["rows"]
    times = ("last_seen", "last_verified", "lost_before")
    for one in (*told["rows"], *rows):
        for column in times:
            one.pop(column, None)
    assert told["rows"] == rows
    assert told["total"] == len(rows)


@pytest.mark.parametrize("name", [*NAMES, "engagement?by=source", "backlinks?to=example.com"])
def test_pages_and_files_of_each(client: TestClient, name: str) -> None:
    path, _, query = name.partition("?")
    given = dict([query.split("=")]) if query else {}
    whole = asked(client, path, limit=1000, **given)
    walked, params = [], {"limit": 1, **given}
    while True:
        part = asked(client, path, **params)
        walked += part["rows"]
        if part["next"] is None:
            break
        params["cursor"] = part["next"]
    assert walked == whole["rows"]
    assert len(walked) == whole["total"] > 1
    text = client.get(f"{API}{path}.csv", params=given).text
    head, *cells = csv.reader(io.StringIO(text))
    assert head == list(whole["rows"][0])
    assert len(cells) == len(walked)


@pytest.mark.parametrize("name", [*NAMES, "backlinks?to=example.com"])
def test_what_is_known_already_is_not_sent_again(client: TestClient, name: str) -> None:
    first = got(client, API + name)
    again = got(client, API + name, headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_definitions_stand_side_by_side(client: TestClient) -> None:
    rows = asked(client, "engagement")["rows"]
    assert [row["definition"] for row in rows] == ["backref", "ga4", "matomo", "plausible", "umami"]
    (one,) = asked(client, "engagement", definition="ga4")["rows"]
    assert one in rows
    wrong = client.get(API + "engagement", params={"definition": "mine"})
    assert wrong.status_code == 400
    assert "No definition 'mine'; choose" in wrong.json()["detail"]


@pytest.mark.parametrize("name", NAMES)
def test_python_has_the_same_rows(store: Path, site: Site, name: str) -> None:
    with backref.open(store) as opened:
        relation = getattr(opened.site(as_of=AS_OF), name)()
        assert relation.rows() == list(getattr(site, name)())
        assert relation.arrow().num_rows == len(relation)
        assert "<table>" in relation._repr_html_()
        assert str(relation)
        with pytest.raises(UsageError, match="no groups"):
            relation.by("domain")


def test_python_takes_the_filters_of_the_command_line(store: Path) -> None:
    with backref.open(store) as opened:
        site = opened.site(as_of=AS_OF)
        groups = {row.group for row in site.engagement(by="source", definition="ga4")}
        assert groups == {"bad.example"}
        assert [row.verdict for row in site.placements(verdict="never seen")] == ["never seen"]
        assert [row.leads for row in site.leads(certainty="source")] == [1]
        assert [row.scope for row in site.disavow(scope="domain")] == ["domain", "domain"]


SAID = {
    "engagement": ("plausible", "matomo", "What a log cannot tell"),
    "engagement?by=source": ("bad.example", "umami"),
    "leads": ("news.example.net/post", "350 EUR", "podcast", "n1"),
    "placements": ("as agreed", "never seen", "90 EUR", "autumn"),
    "placements?verdict=lost": ("No placement is like this",),
    "disavow": ("domain:bad.example", "news.example.net/post"),
    "disavow?q=never": ("domain:never.example", "1 to 1 of 1"),
}


@pytest.mark.parametrize("address", SAID)
def test_the_dashboard_shows_them(client: TestClient, address: str) -> None:
    response = got(client, f"/{address}")
    assert response.status_code == 200
    for said in SAID[address]:
        assert said in response.text


@pytest.mark.parametrize("name", NAMES)
def test_a_page_exports_what_the_api_does(client: TestClient, name: str) -> None:
    params = {"days": 3660} if name == "engagement" else {}
    by_page = client.get(f"/{name}.csv", params=params).text
    assert by_page == client.get(f"{API}{name}.csv").text


@pytest.mark.parametrize("name", NAMES)
def test_a_site_without_any_says_what_to_run(name: str, tmp_path: Path) -> None:
    from backref.lake.lake import Lake
    from backref.lake.records import SiteRecord

    with Lake.create(tmp_path / "store") as lake:
        lake.save_site(SiteRecord("example.com"))
    app = create_app(tmp_path / "store", Settings())
    with TestClient(app, base_url="http://127.0.0.1") as client:
        text = client.get(f"/{name}").text
    assert "<code data-copy>backref " in text
