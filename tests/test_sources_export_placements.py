"""Placement sheets: what a person types is understood or refused, never guessed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from exports_facts import KEY, SHOP, Reading, read, sample

from backref.sources.export_placements import placement_template
from backref.sources.exports import EXPORTS
from backref.sources.source import DISAGREEING, Chunk, Context, Site

OTHER = Site("other.example", frozenset({"other.example"}))


def sheet(row: dict[str, str], **chosen: Any) -> Reading:
    header = placement_template().strip().split(",")
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, header, restval="")
    writer.writeheader()
    writer.writerow({"Live URL": "https://blog.example/a", **row})
    return read(out.getvalue().encode(), **chosen)


def test_the_template_is_recognised_and_empty() -> None:
    reading = read(placement_template().encode())
    assert (reading.verdict.dialect, reading.read) == ("placement sheet", 0)


def test_the_template_knows_every_column_of_a_placement() -> None:
    full = {
        "Target": "https://shop.example/x",
        "Anchor": "a",
        "Rel": "sponsored",
        "How acquired": "paid",
        "Contact": "@ann",
        "Date": "2026-03-04",
        "Cost": "10",
        "Currency": "EUR",
        "Owner": "Max",
        "Campaign": "spring",
        "Code": "S26",
        "Reach": "1000",
        "Site": "shop.example",
    }
    (row,) = sheet(full).rows["placements"]
    assert {name for name, value in row.items() if value is None} == set()


def test_a_row_is_a_placement_and_a_claim_of_its_link() -> None:
    rows = sample("placements.csv").rows
    placement, claim = rows["placements"][0], rows["link_observations"][0]
    assert (placement["acquired"], placement["cost"], placement["currency"]) == (
        "paid",
        1200.5,
        "EUR",
    )
    assert (placement["day"], placement["campaign"], placement["code"]) == (
        date(2026, 3, 4),
        "spring",
        "SPRING26",
    )
    assert (claim["witness"], claim["assertion"]) == ("placement", "claimed")
    assert claim["observed_lo"] == datetime(2026, 3, 4, tzinfo=UTC)
    assert (claim["rel"], claim["nofollow"], claim["ugc"]) == ("nofollow sponsored", True, False)
    assert (claim["unit"], claim["is_unit"]) == (placement["unit"], False)


def test_spellings_of_the_six_ways() -> None:
    spellings = ["Bought", "GUEST  post", "guest_post", "PR", "Link exchange", "Own site", "Earned"]
    rows = [sheet({"How acquired": word}).rows["placements"][0]["acquired"] for word in spellings]
    assert rows == ["paid", "guest post", "guest post", "outreach", "exchange", "own", "natural"]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"How acquired": "magic"}, "none of natural, outreach, guest post"),
        ({"Date": "2026-13-01"}, "not a date"),
        ({"Date": "03/04/2026"}, "nothing in the file tells"),
        ({"Cost": "a lot"}, "not an amount of money"),
        ({"Cost": "1,200"}, "nothing in the file tells"),
        ({"Cost": "€5", "Currency": "USD"}, "the cost is in EUR, the currency USD"),
        ({"Rel": "no follow!"}, "is not a rel token"),
        ({"Live URL": "soon"}, "not an http(s) address"),
        ({"Live URL": "", "Anchor": "x"}, "no live URL"),
        ({"Site": "stranger.example"}, "no site of this store"),
    ],
)
def test_what_cannot_be_understood_spoils_its_row(cells: dict[str, str], reason: str) -> None:
    reading = sheet(cells)
    (reject,) = reading.rejects
    assert reason in reject.reason
    assert reading.rows.get("placements", []) == []


def test_what_is_not_said_stays_unknown() -> None:
    rows = sheet({}).rows
    (placement,), (claim,) = rows["placements"], rows["link_observations"]
    for name in ("acquired", "cost", "currency", "day", "rel", "target_url"):
        assert placement[name] is None
    assert (claim["observed_lo"], claim["nofollow"], claim["target_domain"]) == (
        None,
        None,
        "shop.example",
    )


@pytest.mark.parametrize(
    ("cells", "chosen", "expected"),
    [
        ({"Site": "other.example"}, SHOP, "other.example"),
        ({"Target": "https://www.other.example/x"}, SHOP, "other.example"),
        ({"Target": "https://shop.test/x"}, None, "shop.example"),
        ({}, SHOP, "shop.example"),
    ],
)
def test_a_placement_is_for_the_site_named_aimed_at_or_chosen(
    cells: dict[str, str], chosen: Site | None, expected: str
) -> None:
    (row,) = sheet(cells, site=chosen, sites=(SHOP, OTHER)).rows["placements"]
    assert (row["site"], row["partition"]) == (expected, expected)


def test_a_placement_for_no_known_site_is_rejected() -> None:
    stranger = {"Target": "https://stranger.example/"}
    assert sheet(stranger, site=None, sites=(SHOP,)).rows["placements"][0]["site"] == SHOP.name
    reading = sheet(stranger, site=None, sites=(SHOP, OTHER))
    assert "no site of this store" in reading.rejects[0].reason


def test_rows_of_one_placement_and_day_that_differ_are_counted() -> None:
    def differing(*rows: str) -> int:
        data = "\n".join(("Live URL,Target,How acquired,Date,Cost,Code", *rows, "")).encode()
        verdict = EXPORTS.sniff(data)
        context = Context(KEY, verdict.dialect, SHOP, (SHOP,), head=data)
        (chunk,) = EXPORTS.chunks(io.BytesIO(data), context)
        assert isinstance(chunk, Chunk)
        return EXPORTS.parse(chunk, context).counts[DISAGREEING]

    row = "https://a.example/,https://shop.example/,paid,2026-10-01,100,n1"
    cheaper = row.replace(",100,", ",90,")
    assert differing(row, row) == 0
    assert differing(row, cheaper.replace("n1", "N1")) == 1
    assert differing(row, cheaper.replace("10-01", "10-02")) == 0
    assert differing(row, cheaper.replace("n1", "n2")) == 0
