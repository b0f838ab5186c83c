"""What our own eyes see, for programs: every listing in parts, as CSV, marked; looks started."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import events_store
import pytest
from starlette.testclient import TestClient

from backref.faces import listing
from backref.faces.alerting.rows import DeliveryRow, MessageRow, RuleRow
from backref.faces.query.events import BreachRow, EventRow
from backref.faces.query.survival import SurvivalRow
from backref.faces.serve.app import create_app
from backref.faces.serve.settings import Settings
from backref.lake.rules import Channel, Rule
from backref.watch import store as watching

API = "/api/v1/"
SITE = "shop.example"
LISTINGS = {
    "events": EventRow,
    "breaches": BreachRow,
    "survival": SurvivalRow,
    "alerts": RuleRow,
    "alerts/outbox": DeliveryRow,
    "alerts/backtest": MessageRow,
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    path = tmp_path_factory.mktemp("watching") / "store"
    with events_store.write(path) as lake:
        lake.rules.save_channel(Channel("me", "mailto://nobody.example?to=a@b.example", ""))
        rule = Rule(SITE, "changed", "me", 0, {}, "", "")
        watching.keep(lake, rule, datetime.now(UTC))
        lake.outbox.put("key", SITE, "me", {"subject": "<b>One</b>"}, [])
        lake.outbox.put("other", "other.example", "me", {"subject": "Not here"}, [])
    with TestClient(create_app(path, Settings()), base_url="http://127.0.0.1") as client:
        yield client


def asked(client: TestClient, address: str, **params: Any) -> dict[str, Any]:
    answer = client.get(API + address, params=params)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.parametrize("name", LISTINGS)
def test_a_listing_is_the_same_in_parts_as_csv_and_known_again(
    client: TestClient, name: str
) -> None:
    whole = asked(client, name, limit=1000)
    assert whole["total"] == len(whole["rows"]) > 0
    assert list(whole["rows"][0]) == list(listing.names(LISTINGS[name]))
    found, params = [], {"limit": 1}
    while True:
        part = asked(client, name, **params)
        found += part["rows"]
        if part["next"] is None:
            break
        params["cursor"] = part["next"]
    assert found == whole["rows"]
    table = list(csv.reader(io.StringIO(client.get(f"{API}{name}.csv").text)))
    assert (table[0], len(table) - 1) == (list(whole["rows"][0]), whole["total"])
    mark = client.get(API + name).headers["etag"]
    again = client.get(API + name, headers={"If-None-Match": mark})
    assert (again.status_code, again.content) == (304, b"")


def test_events_and_breaches_are_narrowed(client: TestClient) -> None:
    lost = asked(client, "events", kind="lost,nofollowed")["rows"]
    assert {row["kind"] for row in lost} == {"lost", "nofollowed"}
    terms = {row["term"] for row in asked(client, "breaches")["rows"]}
    assert {"anchor", "rel"} <= terms
    assert asked(client, "survival", by="vendor")["rows"][0]["group"] == "all links"
    assert asked(client, "alerts/backtest", condition="changed")["total"] > 0


def test_monitoring_is_told_by_the_clock(client: TestClient) -> None:
    told = asked(client, "monitoring")
    assert told["watched"] > 0
    assert len(told["days"]) == 30
    assert "etag" not in client.get(API + "monitoring").headers


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("events?kind=gone-fishing", "kind of event"),
        ("survival?by=moon", "grouping"),
        ("events?cursor=nonsense", "cursor"),
        ("alerts/backtest?condition=full%20moon", "full moon"),
        ("alerts/backtest?threshold=3", "condition"),
        ("alerts/backtest?condition=lost&threshold=nan", "threshold"),
        ("alerts/backtest?since=tomorrow", "tomorrow"),
    ],
)
def test_a_wrong_question_is_refused_in_a_sentence(
    client: TestClient, address: str, said: str
) -> None:
    answer = client.get(API + address)
    assert answer.status_code == 400
    assert said in answer.json()["detail"]


def test_a_look_is_refused_without_contact_and_for_no_link(client: TestClient) -> None:
    (row, *_) = asked(client, "links")["rows"]
    answer = client.post(API + "check", json={"links": [row["link_id"]]})
    assert (answer.status_code, "contact" in answer.json()["detail"]) == (400, True)
    assert client.post(API + "find", json={"domain": "x.example"}).status_code == 400
    assert client.post(API + "check", json={"links": ["0" * 16]}).status_code == 404
    assert client.post(API + "check", json={"links": []}).status_code == 422
    assert client.get(API + "jobs").json()["rows"] == []
