"""Link rows: which observations a vendor's row makes, when, and what each says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from exports_facts import KEY, SHOP, read, sample

from backref import url
from backref.identity import page_hash

HEAD = "Page ascore,Source url,Target url,Anchor,Nofollow,Sponsored,Ugc,Frame,Form,Image,First seen,Last seen,Lost link"  # noqa: E501
ROW = {
    "Page ascore": "9",
    "Source url": "https://www.blog.example/a/",
    "Target url": "https://shop.example/x",
    "Anchor": "x",
    "Nofollow": "false",
    "Sponsored": "false",
    "Ugc": "false",
    "Frame": "false",
    "Form": "false",
    "Image": "false",
    "First seen": "2026-01-01",
    "Last seen": "2026-02-02",
    "Lost link": "false",
}


def semrush(**cells: str) -> list[dict[str, Any]]:
    row = {**ROW, **{name.replace("_", " "): cell for name, cell in cells.items()}}
    data = f"{HEAD}\n{','.join(row[name] for name in HEAD.split(','))}\n"
    return read(data.encode()).rows["link_observations"]


def day(text: str) -> tuple[datetime, datetime]:
    start = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return start, start.replace(hour=23, minute=59, second=59, microsecond=999_999)


def when(row: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    return row["observed_lo"], row["observed_hi"]


def test_a_row_is_its_last_sight_with_the_first_beside_it() -> None:
    last, first = semrush()
    assert (last["assertion"], last["is_unit"], when(last)) == ("present", True, day("2026-02-02"))
    assert (first["assertion"], first["is_unit"], when(first)) == (
        "present",
        False,
        day("2026-01-01"),
    )
    assert last["unit"] == first["unit"] == 0
    assert last["row_id"] != first["row_id"]


def test_one_sight_is_one_observation_whichever_column_holds_it() -> None:
    assert len(semrush(First_seen="2026-02-02")) == 1
    assert [when(row) for row in semrush(First_seen="")] == [day("2026-02-02")]
    assert [when(row) for row in semrush(Last_seen="")] == [day("2026-01-01")]
    assert [when(row) for row in semrush(First_seen="", Last_seen="")] == [(None, None)]


def test_a_flagged_loss_stands_just_after_the_last_sight() -> None:
    last, _, lost = semrush(Lost_link="true")
    assert (lost["assertion"], lost["reason"]) == ("reported_lost", "Lost link")
    assert lost["observed_lo"] == lost["observed_hi"] == datetime(2026, 2, 3, tzinfo=UTC)
    assert lost["observed_lo"] > last["observed_hi"]


def test_only_the_last_sight_tells_of_the_links_qualities() -> None:
    last, first, lost = semrush(Nofollow="true", Lost_link="true")
    assert (last["nofollow"], last["anchor"], last["rel"]) == (True, "x", "nofollow")
    for other in (first, lost):
        assert {other[name] for name in ("nofollow", "anchor", "rel", "element")} == {None}
        assert other["source_page"] == last["source_page"]
        assert other["target_page"] == last["target_page"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, {"rel": None, "nofollow": False, "sponsored": False, "ugc": False}),
        ({"Nofollow": "true", "Ugc": "true"}, {"rel": "nofollow ugc", "nofollow": True}),
        ({"Image": "true"}, {"anchor_kind": "image", "element": "a"}),
        ({"Image": "true", "Anchor": ""}, {"anchor_kind": "image", "anchor": ""}),
        ({"Anchor": ""}, {"anchor_kind": "empty", "anchor": "", "element": "a"}),
        ({"Frame": "true"}, {"element": "frame"}),
        ({"Form": "true"}, {"element": "form"}),
    ],
)
def test_flags_become_rel_anchor_and_element(
    cells: dict[str, str], expected: dict[str, Any]
) -> None:
    unit = semrush(**cells)[0]
    assert {name: unit[name] for name in expected} == expected


def test_pages_are_named_as_everywhere() -> None:
    unit = semrush(Source_url="https://medium.com/@ann/story/?utm_source=x")[0]
    assert unit["source_url"] == "https://medium.com/@ann/story/?utm_source=x"
    assert unit["source_page"] == "medium.com/@ann/story"
    assert unit["source_identity"] == "medium.com/@ann"
    assert unit["source_hash"] == page_hash(KEY, "medium.com/@ann/story")
    assert unit["target_domain"] == "shop.example"
    assert unit["partition"] == url.bucket("shop.example")


def test_ahrefs_tells_times_context_and_losses(shared_data: Any) -> None:
    rows = read((shared_data / "seo/ahrefs_backlinks_extract.csv").read_bytes()).rows
    observations = rows["link_observations"]
    units = [row for row in observations if row["is_unit"]]
    losses = [row for row in observations if row["assertion"] == "reported_lost"]
    assert when(units[0]) == (datetime(2026, 5, 9, 16, 34, 28, tzinfo=UTC),) * 2
    assert when(losses[0]) == (datetime(2026, 5, 9, 22, 51, 8, tzinfo=UTC),) * 2
    assert [row["reason"] for row in losses] == ["pageerror", "pageerror"]
    assert [row["group_size"] for row in units] == [30_359, 1, 18_707, 1, 1]
    assert [row["status"] for row in units] == [403, 200, 403, 200, 200]
    assert units[1]["context"].startswith('"Overview: Cruise line tipping (infographic)" . Cruise')
    assert [row["nofollow"] for row in units] == [False, True, False, True, True]
    ratings = {(r["metric"], r["scope"]): r["value"] for r in rows["ratings"] if r["unit"] == 1}
    assert ratings == {
        ("DR", "domain"): 97,
        ("UR", "page"): 10,
        ("traffic", "domain"): 4_400_120_832,
        ("traffic", "page"): 6_620,
        ("refdomains", "page"): 848,
    }


def test_a_broken_target_is_still_a_presence() -> None:
    rows = sample("ahrefs_broken_backlinks.csv").rows["link_observations"]
    assert {row["assertion"] for row in rows} == {"present"}


def test_a_blank_flag_of_majestic_is_no_and_its_flags_are_read() -> None:
    rows = sample("majestic_backlinks.csv").rows["link_observations"]
    units = [row for row in rows if row["is_unit"]]
    assert [row["nofollow"] for row in units] == [False, True, False]
    assert [row["anchor_kind"] for row in units] == ["text", "image", "empty"]
    assert [row["element"] for row in units] == ["a", "a", "redirect"]
    assert {row["sponsored"] for row in units} == {None}
    assert {row["assertion"] for row in rows} == {"present"}


def test_majestic_losses_have_date_and_reason_and_days_come_first() -> None:
    last, first, lost = sample("majestic_backlinks_lost.csv").rows["link_observations"]
    assert when(last) == day("2026-02-28")
    assert when(first) == day("2025-04-03")
    assert (when(lost), lost["reason"]) == (day("2026-03-05"), "Deleted")


def test_search_console_knows_the_linking_page_alone() -> None:
    rows = sample("gsc_latest_links.csv").rows["link_observations"]
    assert [when(row) for row in rows] == [day("2026-09-15"), day("2026-09-03")]
    for row in rows:
        assert (row["witness"], row["target_domain"]) == ("gsc", SHOP.name)
        assert (row["target_url"], row["target_page"], row["anchor"]) == (None, None, None)


def test_sample_links_are_undated() -> None:
    reading = read(b"Linking page\nhttps://a.example/1\n")
    assert reading.verdict.dialect == "search console sample links"
    assert when(reading.rows["link_observations"][0]) == (None, None)


def test_without_a_site_pages_that_name_no_target_are_rejected() -> None:
    reading = read(b"Linking page\nhttps://a.example/1\n", site=None)
    assert [reject.reason for reject in reading.rejects] == [
        "no site is known that these pages link to"
    ]


def test_the_same_search_console_row_of_two_sites_is_two_records() -> None:
    data = b"Linking page\nhttps://a.example/1\n"
    other = type(SHOP)("other.example", frozenset({"other.example"}))
    assert (
        read(data).ids("link_observations").isdisjoint(read(data, other).ids("link_observations"))
    )
