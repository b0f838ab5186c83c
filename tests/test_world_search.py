"""Search Console's files add up, and links lift clicks by what the truth says."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from math import inf
from typing import TYPE_CHECKING

import pytest
from world_facts import file, truth

from backref.world.links import Link, Page
from backref.world.publishers import KINDS, Publisher
from backref.world.search import DELAY, RAMP, full_lift, lift

if TYPE_CHECKING:
    from backref.world import World


def tables(world: World, part: str) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(file(world, part)) as archive:
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode())))
            for name in archive.namelist()
        }


@pytest.mark.parametrize("part", ["before.zip", "now.zip"])
def test_pages_and_days_add_up_and_queries_fall_short(tiny_world: World, part: str) -> None:
    found = tables(tiny_world, part)
    total = sum(int(row["Clicks"]) for row in found["Chart.csv"])
    assert sum(int(row["Clicks"]) for row in found["Pages.csv"]) == total
    queries = sum(int(row["Clicks"]) for row in found["Queries.csv"])
    assert 0.4 * total < queries < total
    for row in found["Pages.csv"]:
        share = 100 * int(row["Clicks"]) / max(1, int(row["Impressions"]))
        assert float(row["CTR"].rstrip("%")) == pytest.approx(share, abs=0.006)


def test_charts_hold_the_clicks_of_the_truth_without_overlap(tiny_world: World) -> None:
    days: defaultdict[str, int] = defaultdict(int)
    for row in truth(tiny_world, "clicks"):
        days[row["day"]] += int(row["clicks"])
    loose = csv.DictReader(io.StringIO(file(tiny_world, "Chart.csv").read_text()))
    rows = [*loose]
    for part in ("before.zip", "now.zip"):
        rows += tables(tiny_world, part)["Chart.csv"]
    assert len({row["Date"] for row in rows}) == len(rows)
    assert all(int(row["Clicks"]) == days[row["Date"]] for row in rows)


def link(**changes: object) -> Link:
    publisher = Publisher(KINDS[0], "a.example", "A", 70.0, 1.0, "origin", "", "")
    page = Page(0, publisher, "/a/", "A", "B", 0.0)
    values: dict[str, object] = {
        "number": 0, "page": page, "host": "lumen-garden.example", "path": "/", "tag": {},
        "anchor": "A", "image": False, "rel": (), "place": "content", "born": 0.0,
    }  # fmt: skip
    return Link(**(values | changes))  # type: ignore[arg-type]


def test_a_links_lift_rises_holds_and_fades() -> None:
    whole = full_lift(link())
    assert whole == pytest.approx(0.06)
    lasting = link(died=inf)
    assert lift(lasting, DELAY) == 0
    assert lift(lasting, DELAY + RAMP / 2) == pytest.approx(whole / 2)
    assert lift(lasting, DELAY + 2 * RAMP) == pytest.approx(whole)
    dead = link(died=100.0)
    assert lift(dead, 100 + RAMP / 2) == pytest.approx(whole / 2)
    assert lift(dead, 100 + 2 * RAMP) == 0


def test_clicks_follow_their_means(tiny_world: World) -> None:
    rows = truth(tiny_world, "clicks")
    mean = sum(float(row["plain"]) + float(row["from_links"]) for row in rows)
    assert sum(int(row["clicks"]) for row in rows) == pytest.approx(mean, rel=0.05)
    assert sum(float(row["from_links"]) for row in rows) > 0.02 * mean
