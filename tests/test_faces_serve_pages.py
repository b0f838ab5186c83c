"""The pages of the dashboard: what they show, that their address holds their state, and that
nothing in them runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient
from lxml import html

from backref.faces.serve.app import create_app
from backref.faces.serve.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lxml.html import HtmlElement


@pytest.fixture(scope="module")
def client(small_store: Path) -> Iterator[TestClient]:
    with TestClient(create_app(small_store, Settings()), base_url="http://127.0.0.1") as client:
        yield client


def seen(client: TestClient, address: str) -> HtmlElement:
    """A page, which must be there."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return html.fromstring(answer.text)


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


PAGES = [
    "/",
    "/links",
    "/links?by=domain",
    "/domains",
    "/referrers",
    "/pages",
    "/broken",
    "/sites",
    "/import",
]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_whole(client: TestClient, address: str) -> None:
    page = seen(client, address)
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("//main[@id='page']")
    assert page.xpath("//nav[@class='rail']/a[@aria-current='page']")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("address", PAGES)
def test_nothing_in_a_page_runs_or_comes_from_elsewhere(client: TestClient, address: str) -> None:
    page = seen(client, address)
    assert not page.xpath(
        "//@style | //style | //script[not(@src)] | //@*[starts-with(name(),'on')]"
    )
    for address_of in page.xpath("//link/@href | //script/@src | //img/@src | //form/@action"):
        assert address_of.startswith("/")
    assert not page.xpath("//a[starts-with(@href,'javascript:')]")
    for outward in page.xpath("//a[starts-with(@href,'http')]"):
        assert "noreferrer" in outward.get("rel")
