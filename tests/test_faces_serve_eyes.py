"""Looks that people start in the dashboard, on a farm of sites: done, refused, told, stopped."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from farm import Farm, Reply, page
from starlette.testclient import TestClient

from backref import pipeline
from backref.faces.serve.app import create_app
from backref.faces.serve.eyes import MOST
from backref.faces.serve.settings import Settings
from backref.ingest import import_inputs
from backref.lake.lake import Lake
from tests.checking_store import CONTACT, SHOP, fetcher, new_store, rows, states
from tests.test_watch_finding import visits

BASE = "http://127.0.0.1"
NOW = {"now": "1"}
ME = {"Sec-Fetch-Site": "same-origin"}
PAGES = ("https://a.test/post", "https://b.test/post", "https://wall.test/post")
SECRET = "what-only-the-page-says"


@pytest.fixture
def path(tmp_path: Path, farm: Farm) -> Path:
    """A store of links on three pages of the farm: one stands, one is gone, one is walled off."""
    path = new_store(tmp_path / "store", *PAGES)
    farm.site("a.test", {"/post": page(SHOP, text=SECRET)})
    farm.site("b.test", {"/post": page(text=SECRET)})
    farm.site("wall.test", {"/post": Reply(SECRET.encode(), status=403)})
    return path


@contextmanager
def served(path: Path, farm: Farm, contact: str = CONTACT, **options: Any) -> Iterator[TestClient]:
    app = create_app(path, Settings(contact=contact), fetching=lambda _: fetcher(farm, **options))
    with TestClient(app, base_url=BASE, headers=ME) as client:
        yield client


def links(path: Path) -> dict[str, str]:
    """The identity of the link on each page."""
    return {row["source_page"]: f"{row['link_id']:016x}" for row in rows(path, "links")}


def ended(client: TestClient, response: Any) -> str:
    """The page of the job that a form began, when it has ended."""
    assert response.status_code == 200, response.text
    for _ in range(600):
        told = client.get(response.url).text
        if "data-ended" in told:
            return told
        time.sleep(0.05)
    raise AssertionError(told)


def asked(farm: Farm) -> list[str]:
    """The pages that were asked for at the farm, robots.txt aside."""
    return sorted(
        f"{seen.host}{seen.path}" for seen in farm.requests() if seen.path != "/robots.txt"
    )


def test_the_pages_of_a_list_are_looked_at_once_within_their_rest(path: Path, farm: Farm) -> None:
    known = links(path)
    with served(path, farm) as client:
        form = client.get("/links").text
        assert "Look at these 3 pages now" in form
        named = re.search(r'name="links" value="([0-9a-f ]+)"', form)
        assert named is not None
        assert sorted(named[1].split()) == sorted(known.values())
        told = ended(client, client.post("/links/check", data={"links": named[1]}))
        assert "3 pages looked at: 2 read, 0 gone, 1 unknown (1 blocked)." in told
        assert "now suspect, removed" in told
        assert f"/links/{known['a.test/post']}" in told
        assert SECRET not in told
        assert asked(farm) == ["a.test/post", "b.test/post", "wall.test/post"]
        again = ended(client, client.post(f"/links/{known['a.test/post']}/check", data=NOW))
        assert "Not asked, for it was looked at not long ago: again from" in again
        assert SECRET not in client.get("/api/v1/jobs").text
    assert len(asked(farm)) == 3
    assert states(path)["b.test/post"] == ("suspect", "removed")
    with served(path, farm, days=1.5) as client:
        told = ended(client, client.post(f"/links/{known['b.test/post']}/check", data=NOW))
        assert "now lost, removed" in told
    assert len(asked(farm)) == 4


def test_a_search_in_vain_says_so_and_rests_for_a_day(
    path: Path, farm: Farm, tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    log.write_text(visits("forum.test", 9))
    with Lake.open(path) as lake:
        list(import_inputs(lake, [str(log)], site="shop.test"))
        pipeline.run(lake)
    farm.site("forum.test", {"/": page("/about", text=SECRET)})
    with served(path, farm) as client:
        assert 'name="domain" value="forum.test"' in client.get("/referrers?days=365").text
        told = ended(client, client.post("/referrers/find", data={"domain": "forum.test"}))
        seen = len(farm.requests())
        again = ended(client, client.post("/referrers/find", data={"domain": "forum.test"}))
        none = ended(client, client.post("/referrers/find", data={"domain": "<b>nobody"}))
    assert "No link on 1 pages." in told
    assert SECRET not in told
    assert "search it again from" in again
    assert len(farm.requests()) == seen > 0
    assert "&lt;b&gt;nobody" in none
    assert "<b>nobody" not in none


def test_without_a_contact_nobody_is_asked(path: Path, farm: Farm) -> None:
    link = links(path)["a.test/post"]
    with served(path, farm, contact="") as client:
        for address, sent in (
            (f"/links/{link}/check", NOW),
            ("/links/check", {"links": link}),
            ("/referrers/find", {"domain": "forum.test"}),
        ):
            answer = client.post(address, data=sent)
            assert answer.status_code == 400
            assert "set contact in backref.toml" in answer.text
        assert "a.test" not in client.get("/api/v1/jobs").text
    assert farm.requests() == []


def test_what_is_no_known_link_of_the_site_is_never_asked(path: Path, farm: Farm) -> None:
    with served(path, farm) as client:
        link = links(path)["a.test/post"]
        assert client.post("/links/check", data={"links": "http://127.0.0.1/"}).status_code == 404
        assert client.post(f"/links/{'0' * 16}/check", data=NOW).status_code == 404
        assert client.post("/links/check", data={"links": " "}).status_code == 400
        many = " ".join([link] * (MOST + 1))
        assert client.post("/links/check", data={"links": many}).status_code == 400
        foreign = {"Sec-Fetch-Site": "cross-site"}
        answer = client.post(f"/links/{link}/check", data={}, headers=foreign)
        assert answer.status_code == 403
        assert client.get("/links/check").status_code in (404, 405, 422)
    assert farm.requests() == []


def test_a_look_can_be_stopped_and_keeps_what_it_saw(path: Path, farm: Farm) -> None:
    farm.site("b.test", {"/post": Reply(b"late", delay=2.0)})
    known = links(path)
    with served(path, farm) as client:
        named = " ".join(known.values())
        begun = client.post("/links/check", data={"links": named})
        assert client.post("/links/check", data={"links": named}).url == begun.url
        while "a.test/post" not in asked(farm) or "b.test/post" not in asked(farm):
            time.sleep(0.02)
        client.post(f"{begun.url.path}/stop", data=NOW)
        told = ended(client, begun)
    assert "It was stopped; what was seen by then is kept." in told
    assert {row["page"] for row in rows(path, "checks")} >= {"a.test/post"}
