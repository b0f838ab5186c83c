"""Authority and gap over HTTP: as programs ask for them, and as pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from graph_store import made
from starlette.testclient import TestClient

from backref.faces.serve.app import create_app
from backref.faces.serve.settings import Settings
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

API = "/api/v1/"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = create_app(made(tmp_path_factory.mktemp("ranked") / "store"), Settings())
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        yield client


def told(client: TestClient, address: str, status: int = 200, **params: Any) -> dict[str, Any]:
    response = client.get(API + address, params=params)
    assert response.status_code == status, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_a_row_for_each_domain(client: TestClient):
    found = told(client, "authority", compare="rival.example,nowhere.example")
    assert [row["domain"] for row in found["rows"]] == [
        "shop.example", "rival.example", "nowhere.example",
    ]  # fmt: skip
    assert found["rows"][2]["authority"] is None


def test_an_explanation_sums_to_one(client: TestClient):
    found = told(client, "authority/explain")
    shares = sum(row["share"] for row in found["rows"])
    assert shares + found["rest"] + found["own"] == pytest.approx(1)
    assert found["about"]["domain"] == "shop.example"
    other = told(client, "authority/explain", domain="rival.example", limit=1)
    assert len(other["rows"]) == 1
    assert other["rest_domains"] == 4


def test_what_if(client: TestClient):
    found = told(client, "authority/what-if", without=["a.example", "b.example"])
    assert found["after"] == pytest.approx(0, abs=1e-6)
    assert told(client, "authority/what-if", **{"with": "e.example"})["after"] > found["before"]


def test_who_links_page_by_page(client: TestClient):
    whole = told(client, "authority/referring", domain="rival.example")
    assert whole["next"] is None
    rows: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        part = told(client, "authority/referring", domain="rival.example", limit=2, cursor=cursor)
        rows, cursor = rows + part["rows"], part["next"]
    assert rows == whole["rows"]
    assert len(rows) == whole["total"] == 5


def test_a_gap_by_pages_and_as_a_file(client: TestClient):
    whole = told(client, "gap", rival="rival.example,other.example")
    first = told(client, "gap", rival=["rival.example", "other.example"], limit=3)
    rest = told(client, "gap", rival="rival.example,other.example", cursor=first["next"])
    assert first["rows"] + rest["rows"] == whole["rows"]
    text = client.get(f"{API}gap.csv", params={"rival": "rival.example"}).text
    assert text.splitlines()[0] == "domain,authority,links_to,platform"


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("authority?graph=nowhere", 400, "choose one of web"),
        ("authority/explain?domain=nowhere.example", 404, "not the same as an authority of 0"),
        ("authority/what-if", 400, "Say what shall change"),
        ("gap?rival=shop.example", 400, "is ours"),
        ("gap", 422, ""),
    ],
)
def test_wrong_requests(client: TestClient, address: str, status: int, sentence: str):
    response = client.get(API + address)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert sentence in response.json()["detail"]


def seen(client: TestClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.text
    return response.text


def test_the_page_of_authority_shows_chart_table_and_links(client: TestClient):
    text = seen(client, "/authority")
    assert "shop.example: authority 46.8 of 100" in text
    assert 'role="img"' in text
    assert "Where the authority of shop.example comes from: a.example 51 %" in text
    assert "a.example/one" in text
    assert "c.example → a.example → shop.example" in text
    assert "One edge stands for all links" in text


def test_what_if_and_compare_are_in_the_address(client: TestClient):
    text = seen(client, "/authority?without=a.example&compare=rival.example,nowhere.example")
    assert "shop.example falls from 46.75 to 15.38 in web" in text
    assert "not known" in text
    assert 'value="a.example"' in text


def test_what_cannot_be_answered_is_a_sentence_on_the_page(client: TestClient):
    text = seen(client, "/authority?domain=%3Cb%3E.example&without=nowhere.example")
    assert "<b>.example" not in text
    assert 'role="alert"' in text
    assert "not the same as an authority of 0" in seen(
        client, "/authority?with=x&domain=no.example"
    )
    assert "is ours" in seen(client, "/gap?rival=shop.example")


def test_the_page_of_the_gap(client: TestClient):
    assert "Name up to five rivals" in seen(client, "/gap")
    text = seen(client, "/gap?rival=rival.example+other.example")
    assert "4 domains link to rivals and not to shop.example in web." in text
    assert text.index("e.example") < text.index("medium.com/@ann")
    assert "medium.com/@ann" not in seen(client, "/gap?rival=rival.example&hosted=aside")


def test_both_can_be_taken_away_as_files(client: TestClient):
    assert seen(client, "/authority.csv").startswith("domain,share,authority,if_removed")
    assert len(client.get("/gap.json?rival=rival.example").json()) == 4


def test_without_a_ranked_graph_the_command_is_shown(tmp_path: Path):
    with Lake.create(tmp_path / "bare") as lake:
        lake.save_site(SiteRecord("shop.example"))
    with TestClient(
        create_app(tmp_path / "bare", Settings()), base_url="http://127.0.0.1"
    ) as client:
        for address in ("/authority", "/gap"):
            assert "backref graph rank own" in seen(client, address)
