"""GA4's report counts consenting people alone and names sources as GA4 does."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from world_facts import file, truth

from backref.world.analytics import source
from backref.world.arrivals import Arrival

if TYPE_CHECKING:
    from backref.world import World


def test_sessions_are_a_part_of_peoples_visits(tiny_world: World) -> None:
    lines = file(tiny_world, "ga4").read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    counted = sum(int(row["Sessions"]) for row in rows)
    people = [visit for visit in truth(tiny_world, "visits") if visit["person"] == "1"]
    assert 0.6 < counted / len(people) < 0.8
    assert all(int(row["Engaged sessions"]) <= int(row["Sessions"]) for row in rows)
    assert f"# End date: {tiny_world.end:%Y%m%d}" in lines


@pytest.mark.parametrize(
    ("kind", "query", "referrer", "named"),
    [
        ("direct", "", "", ("(direct)", "(none)")),
        ("search", "", "https://www.google.co.uk/", ("google", "organic")),
        ("ad", "gclid=x", "https://www.google.com/", ("google", "cpc")),
        ("link", "", "https://www.fernpost.example/", ("fernpost.example", "referral")),
        ("email", "utm_source=newsletter&utm_medium=email", "", ("newsletter", "email")),
        ("ai", "utm_source=chatgpt.com", "", ("chatgpt.com", "(not set)")),
    ],
)
def test_sources(kind: str, query: str, referrer: str, named: tuple[str, str]) -> None:
    assert source(Arrival(0, kind, "/", query, referrer, "", "")) == named
