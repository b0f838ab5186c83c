"""Sheets of leads and sales, answers to how people heard of the site, and disavow files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from exports_facts import KEY, read, sample

from backref.identity import click_hash
from backref.sources.exports import EXPORTS


def test_leads_and_sales() -> None:
    reading = sample("leads.csv")
    assert (reading.verdict.dialect, reading.read, reading.rejects) == ("leads and sales", 4, [])
    rows = reading.rows["conversions"]
    assert [(row["stage"], row["value"], row["currency"]) for row in rows] == [
        ("lead", None, None),
        ("sale", 1250, "EUR"),
        ("sale", 80.5, "EUR"),
        ("refund", -80.5, "EUR"),
    ]
    assert rows[0]["at_lo"] == rows[0]["at_hi"] == datetime(2026, 9, 3, 10, 11, 12, tzinfo=UTC)
    assert rows[1]["at_hi"] - rows[1]["at_lo"] == datetime.resolution * (86_400_000_000 - 1)
    assert [row["code"] for row in rows] == ["n1", "n1", None, None]
    assert [row["landing_page"] for row in rows] == ["/tea", None, "/tea", None]
    assert {row["site"] for row in rows} == {"shop.example"}


def test_of_click_ids_and_numbers_of_leads_hashes_stay() -> None:
    rows = sample("leads.csv").rows["conversions"]
    assert [row["click_id"] for row in rows] == [None, None, "gclid", None]
    assert rows[2]["click"] == click_hash(KEY, "Cj0KCQ")
    assert rows[0]["reference"] == rows[1]["reference"] != rows[2]["reference"]
    assert not any("Cj0KCQ" in str(cell) for row in rows for cell in row.values())


def test_an_advertising_networks_conversions() -> None:
    rows = read(
        b"Google Click ID,Conversion Name,Conversion Time,Conversion Value,Conversion Currency\n"
        b"abc,Purchase,2026-09-03 10:11:12+02:00,12.5,usd\n"
    ).rows["conversions"]
    assert [(row["stage"], row["value"], row["currency"]) for row in rows] == [
        ("purchase", 12.5, "USD")
    ]
    assert rows[0]["at_lo"] == datetime(2026, 9, 3, 8, 11, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "why"),
    [(",lead,5,n1", "no date"), ("2026-09-03,lead,lots,n1", "not an amount of money")],
)
def test_leads_that_are_none(row: str, why: str) -> None:
    (reject,) = read(f"Date,Stage,Value,Code\n{row}\n".encode()).rejects
    assert why in reject.reason


def test_sums_by_source_are_no_leads() -> None:
    assert EXPORTS.sniff(b"Date,Source,Sessions,Revenue\n2026-09-03,x,4,5\n").confidence == 0.0


def test_answers_are_counted() -> None:
    reading = sample("self_reports.csv")
    assert (reading.verdict.dialect, reading.read) == ("self-reported sources", 3)
    rows = reading.rows["self_reports"]
    assert [(row["day_lo"], row["answer"], row["people"]) for row in rows] == [
        (date(2026, 9, 3), "A friend", 1),
        (date(2026, 9, 3), "A friend", 1),
        (date(2026, 9, 4), 'Podcast "Tea Talk"', 1),
    ]
    months = read(b"Month,Wie haben Sie von uns erfahren?,Anzahl\n2026-09,Freunde,17\n")
    (row,) = months.rows["self_reports"]
    assert (row["day_hi"], row["people"]) == (date(2026, 9, 30), 17)


def test_a_disavow_file() -> None:
    reading = sample("disavow.txt")
    assert (reading.verdict.dialect, reading.read, reading.rejects) == ("disavow list", 3, [])
    rows = reading.rows["disavows"]
    assert [(row["scope"], row["host"], row["domain"], row["page"]) for row in rows] == [
        ("domain", "spam.example", "spam.example", None),
        ("domain", "links.farm.example", "farm.example", None),
        ("page", "forum.example", "forum.example", "forum.example/t/9"),
    ]


def test_lines_that_disavow_nothing_are_rejected() -> None:
    reading = read(b"domain:a.example\n" * 30 + b"b.example\ndomain:\ndomain:c.example/x\n")
    assert reading.units == 30
    assert [reject.reason for reject in reading.rejects] == [
        "disavowed: 'b.example' is neither domain:NAME nor an http(s) address",
        "disavowed: 'domain:' names no domain",
        "disavowed: 'domain:c.example/x' names no domain",
    ]


def test_a_list_of_addresses_is_no_disavow_file() -> None:
    listed = b"https://a.example/1\n" * 19 + b"domain:c.example\n"
    assert EXPORTS.sniff(listed).dialect == "url list"


def test_real_disavow_files_hold_what_is_known_of_them(shared_data: Path) -> None:
    found = {}
    for path in sorted((shared_data / "disavow").iterdir()):
        reading = read(path.read_bytes())
        assert reading.verdict.dialect == "disavow list"
        scopes = [row["scope"] for row in reading.rows["disavows"]]
        found[path.name] = (
            scopes.count("domain"),
            scopes.count("page"),
            [reject.sample for reject in reading.rejects],
        )
    assert found == {
        "maesitos-disavowed.txt": (1_814, 1, []),
        "petroglyph-disavow.txt": (5, 0, []),
        "samplewebsite_org_disavowFinal_2013-08-09.txt": (52, 0, []),
    }
