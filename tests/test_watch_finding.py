from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from farm import Farm, Reply, page

from backref import pipeline
from backref.errors import NotHeld
from backref.ingest import import_inputs
from backref.lake.lake import Lake
from backref.watch.finding import Found, Search, search
from tests.checking_store import SHOP, fetcher, new_store, rows

AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36"
)


def visits(host: str, people: int, day: str = "20/Oct/2026") -> str:
    """Log lines of people whom a host sent."""
    lines = []
    for n in range(people):
        ip = f"198.51.100.{hash(host) % 200 + n % 40}"
        for at, path, came in (
            (0, "/shoes", f"https://{host}/"),
            (2, "/style.css", SHOP),
            (9, "/", SHOP),
        ):
            lines.append(
                f'{ip} - - [{day}:1{n % 10}:00:{at:02} +0000] "GET {path} HTTP/1.1" 200 900 '
                f'"{came}" "{AGENT}"\n'
            )
    return "".join(lines)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = new_store(tmp_path / "store")
    log = tmp_path / "access.log"
    log.write_text(visits("forum.test", 9) + visits("silent.test", 4) + visits("shy.test", 2))
    with Lake.open(path) as lake:
        list(import_inputs(lake, [str(log)], site="shop.test"))
        pipeline.run(lake)
    return path


def find(store: Path, farm: Farm, days: float = 0.0, **wanted: Any) -> Found:
    with Lake.open(store) as lake:
        return search(lake, fetcher(farm, days), Search("shop.test", **wanted))


def listed(*paths: str) -> Reply:
    urls = "".join(f"<url><loc>{path}</loc><lastmod>{at}</lastmod></url>" for path, at in paths)
    return Reply(f"<urlset>{urls}</urlset>".encode(), headers=(("Content-Type", "text/xml"),))


def test_links_are_found_through_sitemaps_and_what_was_in_vain_waits(
    store: Path, farm: Farm
) -> None:
    farm.site(
        "forum.test",
        {
            "/": page("/about"),
            "/sitemap.xml": listed(("/old", "2020-01-01"), ("/thread", "2026-10-19")),
            "/old": page(),
            "/thread": page(SHOP),
        },
    )
    farm.site("silent.test", {"/": page("https://other.test/")})
    farm.site("shy.test", {"/robots.txt": Reply(b"User-agent: *\nDisallow: /\n")})
    found = find(store, farm)
    told = {each.domain: each for each in found.searched}
    assert told["forum.test"].found == ("https://forum.test/thread",)
    assert (told["silent.test"].found, told["silent.test"].pages) == ((), 1)
    assert told["silent.test"].why.startswith("No link on 1 pages.")
    assert "robots.txt" in told["shy.test"].why
    assert "forum.test/thread" in {row["source_page"] for row in rows(store, "links")}
    asked = len(farm.requests())
    again = find(store, farm, 10)
    assert (again.searched, len(farm.requests())) == ((), asked)
    assert {each.domain for each in again.waiting} == {"silent.test", "shy.test"}
    assert {each.domain for each in find(store, farm, 31).searched} == {"silent.test", "shy.test"}


def test_a_budget_bounds_the_pages_of_a_domain(store: Path, farm: Farm) -> None:
    many = [(f"/{n}", "2026-10-19") for n in range(60)]
    farm.site("forum.test", {"/sitemap.xml": listed(*many)}, others=page())
    [told] = find(store, farm, domain="forum.test", most=5).searched
    assert told.pages == 5
    with pytest.raises(NotHeld, match=r"Nobody came from nobody\.test"):
        find(store, farm, domain="nobody.test")


def test_lists_on_other_domains_are_not_asked_because_a_stranger_names_them(
    store: Path, farm: Farm
) -> None:
    named = b"User-agent: *\nSitemap: https://victim.test/s.xml\nSitemap: /own.xml\n"
    feed = b"<link type='application/rss+xml' href='https://victim.test/feed'>"
    html = (("Content-Type", "text/html"),)
    farm.site("forum.test", {"/robots.txt": Reply(named), "/": Reply(feed, headers=html)})
    farm.site("victim.test", {})
    find(store, farm, domain="forum.test")
    asked = {(seen.host, seen.path) for seen in farm.requests()}
    assert ("forum.test", "/own.xml") in asked
    assert "victim.test" not in {host for host, _ in asked}
