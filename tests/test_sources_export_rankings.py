"""Search Console performance rows in several languages, and whose they are."""

from __future__ import annotations

from datetime import date

import pytest
from exports_facts import SHOP, read, sample

from backref.sources.source import Site

BLOG = Site("blog.shop.example", frozenset({"blog.shop.example"}))


def test_german_numbers_with_semicolons() -> None:
    first, second = sample("gsc_queries_german.csv").rows["rankings"]
    assert (first["value"], first["clicks"], first["impressions"]) == ("laden", 1240, 16_000)
    assert (first["ctr"], first["average_position"]) == (0.0775, 3.4)
    assert (second["ctr"], second["average_position"]) == (0.0067, 12.0)


def test_french_names_with_english_numbers() -> None:
    (row,) = sample("gsc_queries_french.csv").rows["rankings"]
    assert (row["dimension"], row["value"], row["ctr"]) == ("query", "boutique", 0.0769)


@pytest.mark.parametrize(
    ("header", "dimension"),
    [
        ("Pays,Clics,Impressions,CTR,Position", "country"),
        ("Gerät,Klicks,Impressionen,CTR,Position", "device"),
        ("Dispositivo,Clics,Impresiones,CTR,Posición", "device"),
        ("Search Appearance,Clicks,Impressions,CTR,Position", "appearance"),
        ("Principais consultas,Cliques,Impressões,CTR,Posição", "query"),
        ("Najczęstsze zapytania,Kliknięcia,Wyświetlenia,CTR,Pozycja", "query"),
    ],
)
def test_dimensions_by_their_localised_names(header: str, dimension: str) -> None:
    (row,) = read(f"{header}\nx,1,2,50%,3\n".encode()).rows["rankings"]
    assert (row["dimension"], row["value"], row["clicks"]) == (dimension, "x", 1)


def test_days_are_their_own_period() -> None:
    data = b"Date,Clicks,Impressions,CTR,Position\n2026-03-15,0,3,0%,1.7\n"
    (row,) = read(data).rows["rankings"]
    assert (row["value"], row["day_lo"], row["day_hi"]) == (
        "2026-03-15",
        date(2026, 3, 15),
        date(2026, 3, 15),
    )


def test_a_day_beside_another_dimension_dates_its_row() -> None:
    data = b"date,query,clicks,impressions,ctr,position\n2026-03-15,shop,1,3,0.33,1.7\n"
    (row,) = read(data).rows["rankings"]
    assert (row["dimension"], row["value"], row["day_lo"]) == ("query", "shop", date(2026, 3, 15))


def test_two_dimensions_in_one_row_are_not_squeezed_into_one() -> None:
    reading = read(b"query,page,clicks,impressions,ctr,position\nx,https://a.example/,1,3,0.3,1\n")
    assert reading.verdict.confidence == 0.0


def test_pages_are_fold_keys_and_go_to_the_site_of_their_host() -> None:
    data = (
        b"Top pages,Clicks,Impressions,CTR,Position\n"
        b"https://www.shop.example/a/,1,2,50%,3\n"
        b"https://blog.shop.example/b,1,2,50%,3\n"
        b"https://elsewhere.example/,1,2,50%,3\n"
    )
    reading = read(data, site=None, sites=(SHOP, BLOG))
    rows = reading.rows["rankings"]
    assert [(row["value"], row["site"], row["partition"]) for row in rows] == [
        ("shop.example/a", "shop.example", "shop.example"),
        ("blog.shop.example/b", "blog.shop.example", "blog.shop.example"),
    ]
    (reject,) = reading.rejects
    assert reject.position == 3
    assert "elsewhere.example" in reject.reason


@pytest.mark.parametrize("chosen", [SHOP, None])
def test_foreign_pages_are_nobodys(chosen: Site | None) -> None:
    data = (
        b"Top pages,Clicks,Impressions,CTR,Position\n"
        b"https://shop.test/a,1,2,50%,3\nhttps://elsewhere.example/,1,2,50%,3\n"
    )
    reading = read(data, site=chosen, sites=(SHOP, BLOG))
    assert [row["site"] for row in reading.rows["rankings"]] == ["shop.example"]
    assert [reject.position for reject in reading.rejects] == [2]
    assert "elsewhere.example" in reading.rejects[0].reason


def test_a_page_of_another_site_than_the_chosen_one_is_rejected() -> None:
    data = b"Top pages,Clicks,Impressions,CTR,Position\nhttps://blog.shop.example/b,1,2,50%,3\n"
    chosen = Site("other.example", frozenset({"other.example"}))
    reading = read(data, site=chosen, sites=(SHOP, BLOG, chosen))
    assert reading.units == 0
    assert reading.rejects[0].reason == "blog.shop.example is no host of other.example"


@pytest.mark.parametrize("cells", ["x,,2,50%,3", ",1,2,50%,3", "x,1,2,500%,3"])
def test_rows_without_their_counts_are_rejected(cells: str) -> None:
    reading = read(f"Top queries,Clicks,Impressions,CTR,Position\n{cells}\n".encode())
    assert (reading.units, len(reading.rejects)) == (0, 1)


def test_a_query_named_total_is_a_query() -> None:
    data = b"Top queries,Clicks,Impressions,CTR,Position\nGrand total,1,2,50%,3\n"
    assert read(data).units == 1
