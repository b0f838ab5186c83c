"""Own hosts from log to listing: pages of different hosts are different pages where a log tells."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from links_facts import capture, observation
from links_facts import store as store_links
from visits_facts import CHROME

from backref import pipeline
from backref.faces.query import open_store
from backref.ingest.importing import import_inputs
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from backref.faces.query import Site

MAIN, OTHER = "shop.example", "oldshop.test"
SITE = SiteRecord(MAIN, was=(OTHER,))
DAY = datetime(2026, 11, 10, 12, tzinfo=UTC)
SEEN = (DAY - timedelta(days=30), DAY - timedelta(days=30))
TO_MAIN, TO_OTHER = "https://blog.test/one", "https://forum.test/two"
DERIVED = ("sessions", "page_days", "log_days", "visit_links", "ledger")


class Log:
    """Lines of a log, each asked for by somebody else."""

    def __init__(self, host: str | None = None) -> None:
        self._host = host
        self.lines: list[str] = []

    def view(self, path: str, sender: str, status: int = 200, day: int = 0) -> Log:
        """One request that came from a page of another host."""
        number = len(self.lines) + sum(map(ord, self._host or ""))
        at = f"{DAY + timedelta(days=day, minutes=number % 60):%d/%b/%Y:%H:%M:%S} +0000"
        begin = f"{self._host}:443 " if self._host else ""
        self.lines.append(
            f"{begin}192.0.2.{number % 250} - - [{at}] "
            f'"GET {path} HTTP/1.1" {status} 99 "https://{sender}/" "{CHROME}"\n'
        )
        return self


def both() -> list[dict[str, Any]]:
    """A link to the same path of either host."""
    return [
        *(observation(page, f"https://{host}/a", SEEN, site=host) for page, host in PAIRS),
        *(capture(page, SEEN) for page, _ in PAIRS),
    ]


PAIRS = ((TO_MAIN, MAIN), (TO_OTHER, OTHER))


def imported(lake: Lake, folder: Path, *logs: Log) -> None:
    for number, log in enumerate(logs):
        path = folder / f"{len(list(folder.iterdir()))}-{number}.log"
        path.write_text("".join(log.lines), encoding="ascii")
        (report,) = import_inputs(lake, [str(path)])
        assert report.stored == len(log.lines)
    pipeline.run(lake)


@contextmanager
def asked(folder: Path, *logs: Log) -> Iterator[Site]:
    """The site after its logs and links were imported."""
    with Lake.create(folder / "store") as lake:
        lake.save_site(SITE)
        store_links(lake, both())
        imported(lake, folder, *logs)
    with open_store(folder / "store") as store:
        yield store.site(as_of="2026-11-30")


def visits(site: Site) -> dict[str, tuple[float | None, str | None]]:
    return {row.source_url: (row.visits, row.not_measurable) for row in site.links()}


def pages(site: Site) -> dict[tuple[str | None, str], float | None]:
    return {(row.host, row.page): row.visits for row in site.pages()}


@pytest.mark.parametrize(
    ("dead", "alive", "shown"), [(OTHER, MAIN, OTHER), (MAIN, OTHER, None)], ids=["other", "main"]
)
def test_a_page_that_is_dead_on_one_host_and_alive_on_another(
    dead: str, alive: str, shown: str | None, tmp_path: Path
) -> None:
    gone = Log(dead).view("/a", "portal.test", 404).view("/a", "portal.test", 404)
    well = Log(alive).view("/a", "portal.test").view("/a", "portal.test")
    with asked(tmp_path, gone, well) as site:
        (row,) = site.broken()
        assert (row.host, row.page, row.people, row.links, row.redirect) == (
            shown,
            "/a",
            2,
            1,
            None,
        )
        assert row.address == f"{shown or ''}/a"


def test_a_visit_comes_through_links_to_the_host_that_it_entered(tmp_path: Path) -> None:
    main = Log(MAIN).view("/a", "blog.test").view("/a", "forum.test")
    other = Log(OTHER).view("/a", "forum.test").view("/a", "blog.test").view("/a", "blog.test")
    with asked(tmp_path, main, other) as site:
        assert visits(site) == {TO_MAIN: (1, None), TO_OTHER: (1, None)}
        assert pages(site) == {(None, "/a"): 2, (OTHER, "/a"): 3}
        groups = {row.group: row.visits for row in site.groups("page")}
        assert groups == {"/a": 1, f"{OTHER}/a": 1, "no known link": 3}
        assert len(site.links(page=f"{OTHER}/a")) == 1


@pytest.mark.parametrize("host", [None, "web01.internal"], ids=["none", "a server's own name"])
def test_a_log_that_names_no_own_host_speaks_of_all(host: str | None, tmp_path: Path) -> None:
    log = Log().view("/a", "blog.test").view("/a", "forum.test").view("/a", "forum.test", 404)
    with asked(tmp_path, log) as site:
        assert visits(site) == {TO_MAIN: (1, None), TO_OTHER: (2, None)}
        assert pages(site) == {(None, "/a"): 3}
        assert [row.host for row in site.broken()] == []


def test_pages_of_a_host_without_a_log_are_not_measurable(tmp_path: Path) -> None:
    with asked(tmp_path, Log(MAIN).view("/a", "blog.test").view("/a", "forum.test")) as site:
        assert visits(site) == {TO_MAIN: (1, None), TO_OTHER: (None, "no log")}
        rows = {(row.host, row.page): row for row in site.pages()}
        assert (rows[None, "/a"].visits, rows[None, "/a"].not_measurable) == (2, None)
        blank = rows[OTHER, "/a"]
        assert (blank.visits, blank.engaged_visits, blank.not_measurable) == (None, None, "no log")
        assert blank.links == 1
        (unknown,) = [one for one in site.overview().unknowns if "cannot be counted" in one.what]
        assert unknown.amount == 1


def test_a_log_without_hosts_cannot_speak_of_a_host_while_another_log_names_it(
    tmp_path: Path,
) -> None:
    """The other host's log begins on the third day, and ends on the fifth."""
    silent = Log()
    for day in range(7):
        silent.view("/a", "forum.test", day=day)
    other = Log(OTHER).view("/b", "x.test", day=2).view("/b", "x.test", day=4)
    with asked(tmp_path, silent, other) as site:
        assert visits(site)[TO_OTHER] == (4, None)
        assert sum(row.visits or 0 for row in site.links()) == 4


def test_logs_in_any_order_give_what_a_rebuild_gives(tmp_path: Path) -> None:
    silent = Log().view("/a", "forum.test").view("/a", "forum.test", day=1)
    other = Log(OTHER).view("/a", "blog.test", day=1).view("/a", "forum.test", 404, day=3)
    one, two = (
        built(tmp_path / name, logs)
        for name, logs in (("1", [silent, other]), ("2", [other, silent]))
    )
    assert one == two


def built(folder: Path, logs: Sequence[Log]) -> dict[str, str]:
    """Digests of a store that imported log after log, found to be those of its rebuild."""
    folder.mkdir()
    with Lake.create(folder / "store") as lake:
        lake.save_site(SITE)
        store_links(lake, both())
        for log in logs:
            imported(lake, folder, log)
        # Digests of visitors differ by the store's key and salts; what is counted must not.
        before = {table: lake.content_digest(table) for table in DERIVED}
        pipeline.rebuild(lake)
        assert {table: lake.content_digest(table) for table in DERIVED} == before
        return {table: before[table] for table in ("page_days", "log_days", "ledger")}
