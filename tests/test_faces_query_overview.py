"""The overview of stores that know little: what was never measured is not known, and not zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backref.faces import importing, overview
from backref.faces.query import Site, Store
from backref.faces.query.overview import click_periods
from backref.faces.query.view import View
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord
from backref.ledger import quadrants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LOG = (
    '192.0.2.{n} - - [21/Nov/2026:10:{n:02}:00 +0000] "GET /{path} HTTP/1.1" 200 512 '
    '"https://{host}/" "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"\n'
)
EXPORT = "Referring page URL,Target URL,Anchor,Domain rating,First seen,Last seen\n" + "".join(
    f"https://{host}/a,https://example.com/,x,40,2026-10-01 00:00:00,2026-11-20 00:00:00\n"
    for host in ("news.example.net", "blog.example.org")
)
LOG_LINES = "".join(LOG.format(n=n, path="", host="news.example.net") for n in range(1, 9))
QUERIES = "Top queries,Clicks,Impressions,CTR,Position\nlamp,12,120,10%,3\nexample,4,9,44%,1\n"
PAGES = "Top pages,Clicks,Impressions,CTR,Position\nhttps://example.com/,40,400,10%,3\n"
CHART = "Date,Clicks,Impressions,CTR,Position\n2026-11-01,30,9,1%,3\n2026-11-02,9,9,1%,3\n"


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """A site whose store holds the given files."""
    opened: list[Store] = []

    def ask(*, goals: tuple[str, ...] = (), **files: str) -> Site:
        lake = Lake.create(tmp_path / ".backref")
        lake.save_site(SiteRecord("example.com", brand=("example",), goals=goals))
        paths = []
        for name, text in files.items():
            paths.append(tmp_path / f"{name}.txt")
            paths[-1].write_text(text, encoding="utf-8")
        if paths:
            importing.into(lake, [str(path) for path in paths], lambda _: None)
        opened.append(Store(lake))
        return opened[0].site()

    yield ask
    for store in opened:
        store.close()


def test_an_empty_store_names_the_next_command(asked: Callable[..., Site]) -> None:
    found = asked().overview()
    assert found.headline == "Nothing imported yet. Next: backref import FILES"
    assert all(number.value is None and number.why for number in found.numbers)
    assert overview.text(found, colours=False).count("not known") == 8, "numbers and piles"


@pytest.mark.parametrize("files", [{"log": LOG_LINES}, {"queries": QUERIES}])
def test_without_a_link_source_links_are_not_known(
    asked: Callable[..., Site], files: dict[str, str]
) -> None:
    found = asked(**files).overview()
    live, flow, *_ = found.numbers
    assert "not known: import a crawl or a backlink export" in found.headline
    for number in (live, flow):
        assert number.value is number.before is None
        assert number.why == "import a crawl or a backlink export"
        assert not number.parts
    assert found.comparison.sentence.startswith(quadrants.CANNOT)
    told = overview.text(found, colours=False)
    assert "not known: import a crawl or a backlink export" in told


def test_with_an_export_of_links_they_are_known(asked: Callable[..., Site]) -> None:
    found = asked(links=EXPORT).overview()
    assert [number.value for number in found.numbers[:2]] == [2, 0]
    assert "Thank top senders: not known: import access logs." in overview.text(
        found, colours=False
    )


def test_without_a_goal_conversions_are_not_known(asked: Callable[..., Site]) -> None:
    site = asked(log=LOG_LINES, links=EXPORT)
    converted = site.overview().numbers[4]
    assert converted.value is None
    assert converted.why == "no goal: run `backref init example.com --goal PATH`"
    (host,) = site.referrers()
    assert (host.visits, host.conversions, host.converted_visits) == (8, None, None)
    assert host.rate is host.rate_low is host.rate_high is None
    everything = [*site.links(), *site.domains(), *site.pages(), *site.groups("domain")]
    assert everything
    assert {row.conversions for row in [*everything, *site.groups("channel")]} == {None}


def test_with_a_goal_no_conversion_is_a_zero(asked: Callable[..., Site]) -> None:
    site = asked(goals=("/thanks",), log=LOG_LINES, links=EXPORT)
    (host,) = site.referrers()
    assert (host.conversions, host.rate) == (0, 0)
    assert site.overview().numbers[4].value == 0


@pytest.mark.parametrize(
    ("files", "hidden", "every", "said"),
    [
        ({"q": QUERIES}, None, None, "how many clicks have a hidden query is not known"),
        ({"q": QUERIES, "p": PAGES}, 24, 40, "24 of all 40 clicks have a hidden query"),
        ({"p": PAGES, "q": QUERIES, "c": CHART}, 23, 39, "2026-11-01 to 2026-11-02"),
    ],
)
def test_clicks_of_hidden_queries_are_told(
    asked: Callable[..., Site],
    files: dict[str, str],
    hidden: int | None,
    every: int | None,
    said: str,
) -> None:
    clicks = asked(**files).overview().numbers[2]
    assert clicks.value == 12
    assert clicks.parts == {
        "brand clicks": 4,
        "clicks of hidden queries": hidden,
        "all clicks": every,
    }
    assert said in clicks.why


@pytest.mark.parametrize(
    ("commands", "every"),
    [
        ([["a/Queries.csv", "a/Pages.csv"]], 40),
        ([["a/Queries.csv"], ["a/Pages.csv"]], None),
        ([["a/Queries.csv", "b/Pages.csv"]], None),
        ([["a/Queries.csv", "a/Pages.csv", "b/Queries 2.csv", "b/Pages 2.csv"]], 40),
        ([["a/Queries.csv", "a/Pages.csv", "a/Pages 2.csv"]], None),
    ],
)
def test_loose_files_belong_together_as_they_were_imported(
    tmp_path: Path, commands: list[list[str]], every: int | None
) -> None:
    texts = {
        "Queries.csv": QUERIES,
        "Pages.csv": PAGES,
        "Queries 2.csv": QUERIES.replace("lamp,12", "bulb,3"),
        "Pages 2.csv": PAGES.replace(",40,", ",70,"),
    }
    with Lake.create(tmp_path / "store") as lake:
        lake.save_site(SiteRecord("example.com", brand=("example",)))
        for names in commands:
            paths = [tmp_path / name for name in names]
            for path in paths:
                path.parent.mkdir(exist_ok=True)
                path.write_text(texts[path.name])
            importing.into(lake, [str(path) for path in paths], lambda _: None)
        with lake.snapshot() as snapshot:
            periods = click_periods(View(snapshot, snapshot.site("example.com")))
    (told,) = (row for row in periods if row["non_brand_clicks"] == 12)
    assert told["all_clicks"] == every


def test_quadrants_are_cut_on_what_the_chart_plots(small_store: Path) -> None:
    """Whoever has the larger share of the search value is never the weaker in search."""
    with Store(Lake.open(small_store)) as store:
        rows = store.site("example.com", as_of="2026-11-22").domains()
    strong = ("champions", "authority only")
    placed = [row for row in rows if row.quadrant != "not measurable"]
    inside = [row.search_share for row in placed if row.quadrant in strong]
    outside = [row.search_share for row in placed if row.quadrant not in strong]
    assert inside
    assert min(inside) > max(outside)
    assert {row.search_share is None for row in placed} == {False}


ARCHIVED = (
    "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://other.example/\r\n"
    "WARC-Date: {day}T10:00:00Z\r\nContent-Length: {size}\r\n\r\n{block}\r\n\r\n"
)
ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>no link"


@pytest.mark.parametrize(("day", "known"), [("2026-11-22", False), ("2026-11-20", True)])
def test_of_a_time_before_all_archives_who_links_is_not_known(
    asked: Callable[..., Site], day: str, known: bool
) -> None:
    site = asked(a=LOG_LINES, b=ARCHIVED.format(day=day, size=len(ANSWER), block=ANSWER))
    found = site.overview()
    assert found.headline.startswith(
        "No referring domain was lost" if known else "Who links to example.com is not known: every"
    )
    assert [number.value for number in found.numbers[:2]] == ([0, 0] if known else [None, None])
