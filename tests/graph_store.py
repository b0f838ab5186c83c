"""A small store with a site, some links and a ranked graph, for tests of what people see of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph_facts import ranked
from links_facts import hours, observation, store

from backref import pipeline
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from pathlib import Path

GOAL = "https://shop.example/"
LINKS = (
    observation("https://a.example/one", GOAL, hours(1)),
    observation("https://a.example/two", GOAL, hours(1), rel="nofollow", nofollow=True),
    observation("https://b.example/", GOAL, hours(1)),
    observation("https://stranger.example/", GOAL, hours(1)),
    observation("https://medium.com/@ann/story", "https://rival.example/", hours(1)),
)
EDGES = [
    ("a.example", "shop.example"),
    ("a.example", "c.example"),
    ("b.example", "shop.example"),
    ("c.example", "a.example"),
    ("c.example", "rival.example"),
    ("d.example", "a.example"),
    ("d.example", "rival.example"),
    ("e.example", "rival.example"),
    ("e.example", "other.example"),
    ("f.example", "e.example"),
    ("g.example", "e.example"),
    ("medium.com", "rival.example"),
    ("b.example", "rival.example"),
    ("shop.example", "d.example"),
]


def made(folder: Path) -> Path:
    """The store, in a folder that is not there yet."""
    with Lake.create(folder) as lake:
        lake.save_site(SiteRecord("shop.example"))
        store(lake, LINKS)
        ranked(folder / "graphs" / "web", EDGES, release="2026-06")
        pipeline.run(lake)
    return folder
