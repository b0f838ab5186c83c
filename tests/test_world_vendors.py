"""Vendors' exports parse as the real ones do and hold only what the vendor could see."""

from __future__ import annotations

import csv
import gzip
import io
from typing import TYPE_CHECKING

import polars
import pytest
from world_facts import file, moment, truth

if TYPE_CHECKING:
    from backref.world import World


@pytest.fixture(scope="module")
def links(tiny_world: World) -> dict[str, dict[str, str]]:
    return {row["link"]: row for row in truth(tiny_world, "links")}


def test_vendors_see_a_link_only_while_it_lives(
    tiny_world: World, links: dict[str, dict[str, str]]
) -> None:
    sightings = truth(tiny_world, "sightings")
    assert {row["vendor"] for row in sightings} == {"ahrefs", "semrush", "majestic", "gsc"}
    for row in sightings:
        link = links[row["link"]]
        assert moment(link["born"]) <= moment(row["first"]) <= moment(row["last"])
        if link["died"]:
            assert moment(row["last"]) <= moment(link["died"])
        if row["lost"] and row["true"] == "1":
            assert moment(link["died"]) <= moment(row["lost"])


def test_vendors_disagree(tiny_world: World) -> None:
    known: dict[str, set[str]] = {}
    for row in truth(tiny_world, "sightings"):
        known.setdefault(row["vendor"], set()).add(row["link"])
    assert known["ahrefs"] - known["semrush"]
    assert known["semrush"] - known["ahrefs"]
    assert len(set.union(*known.values())) < len(truth(tiny_world, "links"))


def test_ahrefs_is_utf16_with_tabs_and_dates_losses(
    tiny_world: World, links: dict[str, dict[str, str]]
) -> None:
    data = file(tiny_world, "ahrefs").read_bytes()
    assert data.startswith(b"\xff\xfe")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-16")), delimiter="\t"))
    known = [row for row in truth(tiny_world, "sightings") if row["vendor"] == "ahrefs"]
    assert [row["Target URL"] for row in rows] == [
        links[row["link"]]["target_url"] for row in known
    ]
    stamps = [row["lost"].replace("T", " ").rstrip("Z") for row in known]
    assert [row["Lost"] for row in rows] == stamps
    assert {row["Nofollow"] for row in rows} == {"true", "false"}
    assert len(rows[0]) == 37


def test_semrush_parses_with_polars(tiny_world: World) -> None:
    frame = polars.read_csv(file(tiny_world, "semrush"), try_parse_dates=True)
    assert frame.width == 19
    assert frame["First seen"].dtype == frame["Last seen"].dtype == polars.Date
    assert frame["Nofollow"].dtype == polars.Boolean
    assert (frame["First seen"] <= frame["Last seen"]).all()


def test_majestic_leaves_false_flags_blank(tiny_world: World) -> None:
    with file(tiny_world, "majestic").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["FlagNoFollow"] for row in rows} == {"", "+"}
    assert {row["FlagRedirect"] for row in rows} == {""}


def test_search_console_tells_pages_and_days_alone(
    tiny_world: World, links: dict[str, dict[str, str]]
) -> None:
    with file(tiny_world, "Latest-links").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["Linking page", "Last crawled"]
    pages = {row["Linking page"] for row in rows}
    assert len(pages) == len(rows)
    assert pages <= {link["source_url"] for link in links.values()}


def test_ranks_look_like_common_crawls(tiny_world: World) -> None:
    text = gzip.decompress(file(tiny_world, "ranks").read_bytes()).decode()
    head, *rows = text.splitlines()
    assert head == "#harmonicc_pos\t#harmonicc_val\t#pr_pos\t#pr_val\t#host_rev\t#n_hosts"
    positions = [int(row.split("\t")[0]) for row in rows]
    assert positions == sorted(positions)
    names = [row.split("\t")[4] for row in rows]
    assert len(set(names)) == len(names)
    assert "com.reddit" in names
