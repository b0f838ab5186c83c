"""A store that knows links on the farm's pages, and fetchers that look at them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from farm import Farm, page

from backref import pipeline
from backref.check.clock import Clock
from backref.check.fetcher import Fetcher
from backref.check.settings import Manners
from backref.ingest import import_inputs
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord
from backref.watch import record
from tests.check_facts import DAY, fetched, micros

SHOP = "https://shop.test/shoes"
CONTACT = "https://us.example/"


class Turned(Clock):
    """The machine's clock turned to so many days after the facts' start."""

    def __init__(self, days: float = 0.0) -> None:
        self.days = days
        self._begun = super().now()

    def now(self) -> int:
        return micros(self.days) + super().now() - self._begun


def linking(*links: str) -> bytes:
    """A page with these links."""
    return page(*links).body


def new_store(path: Path, *pages: str, day: float = -20.0) -> Path:
    """A store of shop.test that an archive tells of these pages, each with a link to `SHOP`."""
    archive = path.parent / "archive.warc"
    looks = [fetched(url, linking(SHOP), day=day) for url in pages]
    head = record._record({"WARC-Type": "warcinfo"}, micros(day), b"")
    archive.write_bytes(head + b"".join(record.look(look, (), "") for look in looks))
    with Lake.create(path) as lake:
        lake.save_site(SiteRecord("shop.test"))
        if pages:
            list(import_inputs(lake, [str(archive)]))
        pipeline.run(lake)
    return path


def fetcher(farm: Farm, days: float = 0.0, **manners: Any) -> Fetcher:
    """A fetcher without waits that knows the farm alone."""
    quick: dict[str, Any] = {
        "gap": 0.0, "per_address_gap": 0.0, "slowness": 0.0, "backoff": 0.0, "seconds": 5.0,
    }  # fmt: skip
    rules = Manners(CONTACT, **(quick | manners))
    return Fetcher(
        rules,
        resolver=farm.resolver(),
        guard=farm.guard(),
        clock=Turned(days),
        authorities=farm.authorities,
    )


def states(path: Path) -> dict[str, tuple[str, str | None]]:
    """State and reason of the link on each page."""
    with Lake.open(path) as lake, lake.snapshot() as snapshot:
        rows = snapshot.rows("/* tests.states */ select source_page, state, reason from links")
    return {row["source_page"]: (row["state"], row["reason"]) for row in rows}


def rows(path: Path, table: str) -> list[dict[str, Any]]:
    """All rows of a table."""
    with Lake.open(path) as lake, lake.snapshot() as snapshot:
        return snapshot.rows(f"/* tests.rows */ select * from {table}")


__all__ = ["DAY", "SHOP", "Turned", "fetcher", "linking", "new_store", "rows", "states"]
