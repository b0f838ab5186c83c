"""The pages of the dashboard: what they show, that their address holds their state, and that
nothing in them runs."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from lxml import html
from small_store import write

from backref.faces.query import Store
from backref.faces.serve.app import create_app
from backref.faces.serve.settings import Settings
from backref.faces.terminal import visible
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lxml.html import HtmlElement

BASE = "http://127.0.0.1"
PAGES = [
    "/",
    "/links",
    "/links?by=domain",
    "/links?state=live&q=o&sort=source&days=7",
    "/domains",
    "/referrers",
    "/pages",
    "/broken",
    "/monitoring",
    "/alerts?condition=lost&threshold=1",
    "/sites",
    "/import",
]
WITHOUT_ROWS = ("/import", "/monitoring", "/alerts")
LISTS = ["/links", "/domains", "/referrers", "/pages", "/broken"]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / ".backref"
    write(path).close()
    return path


@pytest.fixture(scope="module")
def client(store: Path) -> Iterator[TestClient]:
    with TestClient(create_app(store, Settings()), base_url=BASE) as client:
        yield client


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[TestClient]:
    with Lake.create(tmp_path / "store") as lake:
        lake.save_site(SiteRecord("example.com"))
    with TestClient(create_app(tmp_path / "store", Settings()), base_url=BASE) as client:
        yield client


def seen(client: TestClient, address: str) -> HtmlElement:
    """A page, which must be there."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return html.fromstring(answer.text)


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def rows(page: HtmlElement) -> list[HtmlElement]:
    return page.xpath("//table[@data-rows]/tbody/tr")


def opened(page: HtmlElement) -> list[str]:
    """Where the rows of a list lead."""
    return page.xpath("//table[@data-rows]/tbody//a[contains(@class,'open')]/@href")


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_whole(client: TestClient, address: str) -> None:
    page = seen(client, address)
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("//main[@id='page']")
    assert page.xpath("//nav[@class='rail']/a[@aria-current='page']")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert rows(page) or address.startswith(WITHOUT_ROWS) or address == "/"


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


def test_hostile_words_are_shown_and_command_nothing(client: TestClient) -> None:
    for address in ["/links", *opened(seen(client, "/links?q=evil.test"))]:
        text = client.get(address).text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "<script>alert" not in text
        for character in "\u202e\x1b\x07":
            assert character not in text
        assert visible("\x1b") in text


def test_words_of_any_length_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import small_store

    long = small_store.link(
        f"https://long.test/{'x' * 3_000}", anchor="y" * 10_000, title="z " * 5_000
    )
    monkeypatch.setattr(small_store, "LINKS", (*small_store.LINKS, long))
    write(tmp_path / ".backref").close()
    with TestClient(create_app(tmp_path / ".backref", Settings()), base_url=BASE) as client:
        page = seen(client, "/links?q=long.test")
        (row,) = rows(page)
        assert len(words(row)) < 1_500
        seen(client, opened(page)[0])


@pytest.mark.parametrize("address", LISTS)
def test_a_number_zero_and_unknown_are_three_things(client: TestClient, address: str) -> None:
    assert "None" not in words(seen(client, address))
    assert "nan" not in words(seen(client, address)).split()


def test_what_cannot_be_measured_says_why(client: TestClient) -> None:
    (hidden,) = rows(seen(client, "/links?q=forum.test"))
    assert "not measurable" in words(hidden)
    assert "noreferrer" in words(hidden)
    (stale,) = rows(seen(client, "/links?q=stale.test"))
    months = stale.xpath("td[@data-name='Visits a month']")
    assert words(months[0]) == "0"


def test_sums_of_visits_say_on_what_they_stand(client: TestClient) -> None:
    (blog,) = rows(seen(client, "/links?q=blog.example.org/post"))
    assert "all inferred" in words(blog)
    (domain,) = rows(seen(client, "/domains?q=example.net"))
    assert "all page" in words(domain)
    assert "page" in words(seen(client, "/").xpath("//dl[@class='figures']")[0])


# State in the address


def test_an_address_shows_what_it_says_and_keeps_it_in_its_links(client: TestClient) -> None:
    address = "/links?state=live&position=content&sort=source&days=7"
    page = seen(client, address)
    ticked = page.xpath("//form[@id='filter']//input[@checked]")
    assert [(one.get("name"), one.get("value")) for one in ticked] == [
        ("state", "live"),
        ("position", "content"),
    ]
    period = page.xpath("//div[@class='period']/a[@aria-current]")[0]
    assert words(period) == "7 d"
    for link in page.xpath("//nav[@class='rail']/a/@href"):
        assert parse_qs(urlsplit(link).query) == {"days": ["7"]}
    other = page.xpath("//div[@class='period']/a[not(@aria-current)]/@href")[0]
    assert parse_qs(urlsplit(other).query)["state"] == ["live"]
    chip = page.xpath("//ul[@class='chips']//a[contains(., 'state: live')]/@href")[0]
    left = parse_qs(urlsplit(chip).query)
    assert "state" not in left
    assert left["position"] == ["content"]


def test_a_sorted_column_turns(client: TestClient) -> None:
    page = seen(client, "/links")
    to_source = page.xpath("//th[normalize-space()='Link']/a/@href")[0]
    up = opened(seen(client, to_source))
    back = seen(client, to_source).xpath("//th[@aria-sort]/a/@href")[0]
    assert opened(seen(client, back)) == up[::-1]


@pytest.mark.parametrize("address", LISTS)
def test_pages_of_a_list_show_every_row_once(
    client: TestClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backref.faces.serve.pages import domains, ledger, own, referrers

    whole = [words(row) for row in rows(seen(client, address))]
    assert len(whole) >= 2
    for module in (domains, ledger, own, referrers):
        monkeypatch.setattr(module, "ROWS", 1)
    shown, page = [], seen(client, address)
    while True:
        shown += [words(row) for row in rows(page)]
        following = page.xpath("//a[@rel='next']/@href")
        if not following:
            break
        page = seen(client, following[0])
    assert shown == whole
    (back,) = page.xpath("//a[@rel='prev']/@href")
    assert [words(row) for row in rows(seen(client, back))] == whole[-2:-1]


def test_groups_lead_to_their_links(client: TestClient) -> None:
    page = seen(client, "/links?by=domain")
    for row in rows(page)[:3]:
        (href,) = row.xpath(".//a[@class='open']/@href") or [None]
        if href:
            links = words(row.xpath("td[@data-name='Links']")[0])
            assert len(rows(seen(client, href))) == int(links)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/links?sort=nope", 400),
        ("/links?since=yesterday", 400),
        ("/links?after=nope", 400),
        ("/links?days=0", 422),
        ("/links?by=nope", 400),
        ("/domains?sort=nope", 400),
        ("/links/ffffffffffffffff", 404),
        ("/links/nope", 422),
        ("/import/999", 404),
        ("/import/jobs/999", 404),
        ("/?site=other.example", 404),
        ("/nowhere", 404),
    ],
)
def test_a_wrong_address_is_answered_in_words(
    client: TestClient, address: str, status: int
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    page = html.fromstring(answer.text)
    assert len(words(page.xpath("//main")[0])) > 20
    assert "Traceback" not in answer.text


# Files


def test_a_file_holds_what_the_table_shows(client: TestClient, store: Path) -> None:
    address = "state=live&sort=source&days=10"
    ids = [
        href.split("?")[0].rpartition("/")[2] for href in opened(seen(client, f"/links?{address}"))
    ]
    answer = client.get(f"/links.csv?{address}")
    assert answer.headers["content-disposition"] == 'attachment; filename="backref-links.csv"'
    table = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["link_id"] for row in table] == ids
    objects = json.loads(client.get(f"/links.json?{address}").text)
    assert [row["link_id"] for row in objects] == ids
    with Store(Lake.open(store)) as opened_store:
        known = {row.link_id: row for row in opened_store.site().links()}
    for row, one in zip(table, objects, strict=True):
        assert row["source_page"] == known[row["link_id"]].source_page
        assert row["visits"] == ("" if (v := known[row["link_id"]].visits) is None else f"{v:.6g}")
        assert one["visits"] == known[row["link_id"]].visits
        assert one["visits_10_days"] is None or one["visits_10_days"] >= 0


@pytest.mark.parametrize("address", [*LISTS, "/sites", "/links?by=domain"])
def test_every_list_is_exported_whole(client: TestClient, address: str) -> None:
    from openpyxl import load_workbook

    shown = len(rows(seen(client, address)))
    path, _, query = address.partition("?")
    table = list(csv.reader(io.StringIO(client.get(f"{path}.csv?{query}").text)))
    assert len(table) == shown + 1
    assert len({len(row) for row in table}) == 1
    assert len(json.loads(client.get(f"{path}.json?{query}").text)) == shown
    book = load_workbook(io.BytesIO(client.get(f"{path}.xlsx?{query}").content), read_only=True)
    cells = list(book.active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert list(cells[0]) == table[0]
    assert len(cells) == shown + 1


def test_no_cell_of_a_file_is_a_formula(client: TestClient) -> None:
    from openpyxl import load_workbook

    (row,) = csv.DictReader(io.StringIO(client.get("/links.csv?q=evil.test").text))
    assert row["anchor"].startswith("'=")
    book = load_workbook(io.BytesIO(client.get("/links.xlsx?q=evil.test").content))
    types = {cell.data_type for line in book.active.iter_rows() for cell in line}  # type: ignore[union-attr]
    assert "f" not in types


def test_rules_are_there_to_copy(client: TestClient) -> None:
    page = seen(client, "/broken")
    rules = page.xpath("//pre[@id='rules-nginx']")[0].text_content()
    assert "location = /old-guide {" in rules
    assert page.xpath("//button[@data-copies='rules-nginx']")
    assert "RedirectMatch 301" in page.xpath("//pre[@id='rules-apache']")[0].text_content()


# One link


def test_a_link_shows_its_proof_and_the_life_it_had(client: TestClient) -> None:
    page = seen(client, opened(seen(client, "/links?q=news.example.net"))[0])
    assert words(page.xpath("//h1")[0]) == "The story"
    assert page.xpath("//svg[@class='series']/@aria-label")
    assert page.xpath("//a[@href='https://news.example.net/story']")


def test_tags_and_notes_are_given_and_taken(client: TestClient) -> None:
    (link,) = opened(seen(client, "/links?q=stale.test"))
    for tag in ("ask <again>", "paid"):
        answer = client.post(f"{link}/tags", data={"tag": tag}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, link)
    client.post(f"{link}/note", data={"note": "first\n<b>second</b>"})
    page = seen(client, link)
    assert page.xpath("//button[@name='remove']/@value") == ["ask <again>", "paid"]
    assert page.xpath("//textarea")[0].text.strip() == "first\n<b>second</b>"
    tagged = opened(seen(client, "/links?tag=ask+%3Cagain%3E"))
    assert [href.partition("?")[0] for href in tagged] == [link]
    client.post(f"{link}/tags", data={"remove": "paid"})
    assert not rows(seen(client, "/links?tag=paid"))
    assert client.post(f"{link}/tags", data={"tag": ""}).status_code == 400
    assert client.post("/links/ffffffffffffffff/tags", data={"tag": "x"}).status_code == 404


def test_a_filter_is_kept_under_a_name(client: TestClient) -> None:
    query = "state=live&sort=source"
    client.post("/links/filters", data={"name": "the live", "query": query})
    page = seen(client, "/links")
    (kept,) = page.xpath("//div[contains(@class,'kept')]/a")
    assert (words(kept), kept.get("href")) == ("the live", f"/links?{query}")
    answer = client.post(
        "/links/filters", data={"remove": "the live", "query": query}, follow_redirects=False
    )
    assert answer.headers["location"] == f"/links?{query}"
    assert not seen(client, "/links").xpath("//div[contains(@class,'kept')]/a")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"content": b"x=1", "headers": {"content-type": "text/plain"}}, 415),
        ({"data": {"tag": "x" * 70_000}}, 413),
        ({"data": {str(number): "x" for number in range(200)}}, 400),
    ],
)
def test_what_is_no_form_is_refused(client: TestClient, sent: dict, status: int) -> None:
    (link,) = opened(seen(client, "/links?q=stale.test"))
    assert client.post(f"{link}/tags", **sent).status_code == status


def test_another_site_cannot_send_a_form(client: TestClient) -> None:
    (link,) = opened(seen(client, "/links?q=stale.test"))
    sent = {"headers": {"sec-fetch-site": "cross-site"}, "data": {"tag": "x"}}
    assert client.post(f"{link}/tags", **sent).status_code == 403  # type: ignore[arg-type]


# Stores with nothing in them, and with several sites


@pytest.mark.parametrize("address", ["/", "/links", "/domains", "/referrers", "/pages", "/broken"])
def test_an_empty_page_says_what_to_run(empty: TestClient, address: str) -> None:
    assert "backref import" in words(seen(empty, address).xpath("//main")[0])


def test_imports_and_sites_of_an_empty_store(empty: TestClient) -> None:
    assert "Nothing yet" in words(seen(empty, "/import"))
    assert "example.com" in words(seen(empty, "/sites"))


def test_of_several_sites_one_is_chosen(tmp_path: Path) -> None:
    write(tmp_path / ".backref").close()
    with Lake.open(tmp_path / ".backref") as lake:
        lake.save_site(SiteRecord("other.example"))
    with TestClient(create_app(tmp_path / ".backref", Settings()), base_url=BASE) as client:
        answer = client.get("/", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sites")
        page = seen(client, "/sites")
        assert [words(row.xpath("td/a")[0]) for row in rows(page)] == [
            "example.com",
            "other.example",
        ]
        page = seen(client, "/links?site=example.com")
        assert rows(page)
        for link in page.xpath("//nav[@class='rail']/a/@href"):
            assert parse_qs(urlsplit(link).query) == {"site": ["example.com"]}
        assert page.xpath("//form[@class='switch']/@action") == ["/links"]
        assert page.xpath("//select[@id='site']/option[@selected]/text()") == ["example.com"]
        assert not rows(seen(client, "/links?site=other.example"))


def test_the_trouble_of_a_site_is_what_its_pages_say(client: TestClient) -> None:
    (row,) = rows(seen(client, "/sites"))
    assert words(row.xpath("td[@data-name='Last log day']")[0]) == "2026-11-22"
    assert int(words(row.xpath("td[@data-name='Live domains']")[0])) > 0
