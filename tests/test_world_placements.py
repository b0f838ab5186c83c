"""The placement sheet says what was agreed, and tags match what its links carry."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from world_facts import file, truth

if TYPE_CHECKING:
    from backref.world import World


def test_placements_are_the_links_that_the_truth_calls_acquired(tiny_world: World) -> None:
    with file(tiny_world, "placements").open(encoding="utf-8", newline="") as stream:
        sheet = list(csv.DictReader(stream))
    links = {(row["source_url"], row["target_url"]): row for row in truth(tiny_world, "links")}
    agreed = [row for row in sheet if (row["Live URL"], row["Target"]) in links]
    assert len(sheet) - len(agreed) == 2, "two agreed links never went live"
    for row in agreed:
        link = links[row["Live URL"], row["Target"]]
        assert link["acquired"] == row["Acquired"]
        assert not row["Campaign"] or f"utm_campaign={row['Campaign']}" in link["target_url"]
        assert not row["Code"] or f"code={row['Code']}" in link["target_url"]
    acquired = [row for row in links.values() if row["acquired"] != "natural"]
    assert len(acquired) == len(agreed)
    assert any(row["Campaign"] for row in agreed)


def test_what_is_paid_has_a_price(tiny_world: World) -> None:
    with file(tiny_world, "placements").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            assert (row["Currency"] == "EUR") == bool(row["Cost"])
            assert row["Acquired"] != "paid" or int(row["Cost"]) > 0
