"""The report of a store that holds hostile links, hosts and file names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hostile_page import ATTACKS, parsed
from small_store import NOW, SITE, days_ago, link, visits, write

from backref.faces.query import open_store
from backref.faces.report import content, render
from backref.lake.lake import Lake
from backref.lake.records import ImportRecord

if TYPE_CHECKING:
    from pathlib import Path

    from lxml.html import HtmlElement

    from backref.faces.report.view import Report

NO_ADDRESSES = (
    "javascript:alert(1)//https://a.test/",
    "JaVaScRiPt:alert(1)",
    " data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
)


def hostile_links() -> list[dict[str, object]]:
    titled = [
        link(f"https://evil{at}.test/", title=attack, anchor=attack, reason=attack)
        for at, attack in enumerate(ATTACKS)
        if "\ud800" not in attack  # the store holds UTF-8
    ]
    sent_away = [
        link(f"https://away{at}.test/", source_url=address, state="lost", lost_hi=days_ago(3))
        for at, address in enumerate(NO_ADDRESSES)
    ]
    return [*titled, *sent_away]


def imported(name: str) -> ImportRecord:
    return ImportRecord(
        1,
        f"/logs/{name}",
        "log",
        "",
        1.0,
        None,
        "",
        NOW,
        NOW,
        "done",
        3,
        2,
        1,
        0,
        {},
        0.1,
        "",
        None,
        None,
        "",
    )


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = tmp_path_factory.mktemp("hostile") / ".backref"
    seen = visits()
    seen.add(2, "evil.test", [("host", None, 1.0)], 9, referrer_host='"><svg/onload=alert(1)>')
    write(path, hostile_links(), seen).close()
    with open_store(path) as store:
        site = store.site("example.com", as_of="2026-11-22")
        return content(site, [imported(attack) for attack in ATTACKS if "/" not in attack], "1")


@pytest.fixture(scope="module")
def page(report: Report) -> HtmlElement:
    return parsed(render(report))


def test_hostile_links_hosts_and_files_are_words(page: HtmlElement) -> None:
    said = page.text_content()
    assert said.count("<script>alert(1)</script>") >= 2
    assert '"><svg/onload=alert(1)>' in said
    assert '"onmouseover="alert(1)' in page.xpath("//section[@aria-labelledby='files']//td//text()")


def test_only_addresses_of_pages_are_linked(report: Report) -> None:
    held = {row.source: row.source_href for row in report.rows if "away" in row.source}
    held |= {
        item.detail: item.href
        for pile in report.piles
        for item in pile.items
        if "away" in item.detail
    }
    assert len(held) >= len(NO_ADDRESSES)
    assert set(held.values()) == {""}
    assert any(row.source_href == "https://news.example.net/story" for row in report.rows)


def test_what_was_not_measured_is_not_zero(report: Report) -> None:
    by_source = {row.source: row for row in report.rows}
    hidden, console = by_source["forum.test/thread"], by_source["console.test/a"]
    assert (hidden.visits, hidden.visits_note) == ("not measurable", "noreferrer")
    assert (console.visits, console.target) == ("not measurable", "")
    assert hidden.weeks is None
    assert hidden.search == "no rating"


def test_a_site_without_anything_is_not_known_rather_than_zero(tmp_path: Path) -> None:
    with Lake.create(tmp_path / ".backref") as lake:
        lake.save_site(SITE)
    with open_store(tmp_path / ".backref") as store:
        made = content(store.site(), [], "1")
    assert "not known" in [figure.value for figure in made.figures]
    said = parsed(render(made)).text_content()
    assert "not known" in said
    assert said.count("Not known: import access logs.") == 2
    assert "Nothing here" not in said
