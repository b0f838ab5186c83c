"""Events, breaches and survival in the dashboard; hostile words between two looks stay words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import events_store
import numpy as np
import pytest
from events_store import FREE, look
from lxml import html
from starlette.testclient import TestClient

from backref.faces.drawing.curve import POINTS, drawn
from backref.faces.serve.app import create_app
from backref.faces.serve.settings import Settings
from backref.ledger.survival import Lives, survival

EVIL = '\x1b[31m\u202e<script>alert(1)</script><del onclick=x>" onmouseover=y {{7*7}} </ins>'
FACTS = [
    *events_store.FACTS,
    *look(FREE, 200, context=f"Buy at {EVIL} today.", anchor=EVIL),
    *look(FREE, 260, context=f"{EVIL} {EVIL} today.", anchor="</td><img src=x>"),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    path = tmp_path_factory.mktemp("lives") / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events_store, "FACTS", FACTS)
        events_store.write(path).close()
    with TestClient(create_app(path, Settings()), base_url="http://127.0.0.1") as client:
        yield client


def seen(client: TestClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_events_are_listed_narrowed_and_exported(client: TestClient) -> None:
    page = html.fromstring(seen(client, "/events"))
    rows = page.xpath("//table[@data-rows]/tbody/tr")
    whole = list(csv.DictReader(io.StringIO(seen(client, "/events.csv"))))
    assert len(rows) == len(whole) > 5
    lost = html.fromstring(seen(client, "/events?kind=lost&kind=nofollowed"))
    kinds = [row.xpath("string(td[2]/span/text())") for row in lost.xpath("//tbody/tr")]
    assert sorted(kinds) == sorted(
        row["kind"] for row in whole if row["kind"] in ("lost", "nofollowed")
    )
    assert "Nothing like this happened." in seen(client, "/events?q=nowhere")
    broken = seen(client, "/events?only=breaches")
    assert "agreed anchor: the sale" in broken
    assert FREE.removeprefix("https://") not in broken
    assert "mended" in broken


def test_survival_is_drawn_and_told(client: TestClient) -> None:
    text = seen(client, "/survival?by=vendor")
    assert "Of 3 links" in text
    assert "Ada" in text
    page = html.fromstring(text)
    assert page.xpath("//path[@class='line']")
    assert page.xpath("//path[@class='band']")
    assert client.get("/survival?by=moon").status_code == 400
    assert seen(client, "/survival.csv?by=vendor").startswith("group,links,lost")


def test_hostile_words_between_two_looks_command_nothing(client: TestClient) -> None:
    listed = html.fromstring(seen(client, f"/links?q={FREE.removeprefix('https://')}"))
    (link,) = listed.xpath("//a[contains(@class, 'open')]/@href")
    for address, told in ((link, "{{7*7}}"), ("/events", "{{7*7}}"), ("/links", "&lt;img src=x")):
        text = seen(client, address)
        assert told in text
        assert address == "/links" or "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        for raw in ("<script>alert", "<del onclick", "<img src=x", "\u202e", "\x1b"):
            assert raw not in text
        page = html.fromstring(text)
        assert not page.xpath("//@*[starts-with(name(), 'on')] | //script[not(@src)] | //style")
    page = html.fromstring(seen(client, link))
    changed = page.xpath("//section[@aria-labelledby='changes']")[0]
    assert changed.xpath(".//ins")
    assert all(not piece.getchildren() for piece in changed.xpath(".//ins | .//del"))
    proof, _ = page.xpath("//section[@aria-labelledby='evidence']//a[@download]/@href")
    answer = client.get(proof)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert any(EVIL in (one["context"] or "") for one in answer.json()["observations"])


def test_a_link_that_is_none_has_no_evidence(client: TestClient) -> None:
    assert client.get(f"/links/{'0' * 16}/evidence.json").status_code == 404
    assert client.get("/links/..%2f..%2fetc/evidence.json").status_code in (404, 422)


def test_a_curve_is_bounded_and_never_rises() -> None:
    chance = np.random.default_rng(7)
    low = chance.uniform(1, 400, 5_000)
    high = np.where(chance.random(5_000) < 0.4, low + chance.uniform(0, 30, 5_000), np.nan)
    picture = drawn(survival(Lives(low, high)))
    line = html.fromstring(picture).xpath("//path[@class='line']/@d")[0]
    heights = [float(step.partition("V")[2]) for step in line.split("H")[1:]]
    assert len(heights) == POINTS - 1
    assert heights == sorted(heights)
    assert heights[-1] > heights[0]
