"""The ledger against a store whose every row is known, and against random visits."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lake_rows import swap_in
from small_store import (
    BLOG,
    CONSOLE,
    EARLY,
    GONE,
    HIDDEN,
    LINKS,
    NEWS,
    OWN,
    REPORTED,
    SITE,
    STALE,
    Visits,
    days_ago,
    link,
    rows,
)

from backref import schema, url
from backref.lake.lake import Lake
from backref.lake.model import Model
from backref.ledger import build
from backref.pipeline import run
from backref.visits.build import VISIT_SUMS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OUTSIDE = ("tagged", "page", "only candidate", "inferred", "host")


@pytest.fixture(scope="module")
def lake(small_store: Path) -> Iterator[Lake]:
    with Lake.open(small_store) as opened:
        yield opened


@pytest.fixture(scope="module")
def ledger(lake: Lake) -> list[dict[str, Any]]:
    with lake.snapshot() as snapshot:
        return snapshot.rows("select * from ledger /* test.ledger */")


def of(ledger: list[dict[str, Any]], link: dict[str, Any]) -> dict[str, Any]:
    (row,) = [row for row in ledger if row["link_id"] == link["link_id"]]
    return row


def test_every_link_from_outside_has_one_row(ledger: list[dict[str, Any]]) -> None:
    found = sorted(row["source_page"] for row in ledger if row["row_kind"] == "link")
    assert found == sorted(link["source_page"] for link in LINKS if link is not OWN)


def test_rows_hold_the_columns_of_the_schema(lake: Lake) -> None:
    with lake.snapshot() as snapshot:
        assert build.rows(snapshot, "example.com").schema.equals(schema.LEDGER.arrow)


@pytest.mark.parametrize(
    ("link", "visits", "why"),
    [
        (NEWS, 8, None),
        (BLOG, 4, None),
        (GONE, 40, None),
        (STALE, 0, None),
        (REPORTED, 0, None),
        (CONSOLE, None, "no target"),
        (HIDDEN, None, "noreferrer"),
        (EARLY, None, "before logs"),
    ],
)
def test_a_number_zero_and_unknown_are_three_things(
    ledger: list[dict[str, Any]], link: dict[str, Any], visits: float | None, why: str | None
) -> None:
    row = of(ledger, link)
    assert row["visits"] == (None if visits is None else pytest.approx(visits))
    assert row["not_measurable"] == why
    assert (row["conversions"] is None) == (visits is None)


def test_bots_and_suspects_count_nowhere(ledger: list[dict[str, Any]]) -> None:
    assert sum(row["visits"] or 0 for row in ledger) == pytest.approx(66)
    assert not [row for row in ledger if row["source_domain"] == "spam.test"]


def test_a_portals_visits_belong_to_the_domain(ledger: list[dict[str, Any]]) -> None:
    (portal,) = [row for row in ledger if row["source_domain"] == "portal.test"]
    assert (portal["row_kind"], portal["link_id"], portal["visits_host"]) == ("host", None, 9)


def test_what_the_sheet_declares(ledger: list[dict[str, Any]]) -> None:
    declared = of(ledger, BLOG)
    assert (declared["acquired"], declared["cost"], declared["owner"]) == ("outreach", 120, "ann")
    assert of(ledger, NEWS)["acquired"] is None
    (letter,) = [row for row in ledger if row["source_identity"] == "letter.test"]
    assert (letter["row_kind"], letter["visits_tagged"], letter["cost"]) == ("host", 2, 30)


def test_reported_visits_stand_beside_and_breakdowns_are_not_added(
    ledger: list[dict[str, Any]],
) -> None:
    assert of(ledger, NEWS)["reported_visits"] == 7
    assert of(ledger, BLOG)["reported_visits"] is None


def report(lo: int | None, hi: int | None, visits: float, **told: Any) -> dict[str, Any]:
    """A row of `traffic_reports` about the days `lo` to `hi` of one October and November."""
    first = date(2026, 10, 1)
    lasts = {
        "day_lo": None if lo is None else first + timedelta(lo - 1),
        "day_hi": None if hi is None else first + timedelta(hi - 1),
    }
    domain = {"source_host": "example.net", "source_domain": "example.net"}
    fixed = {"site": "example.com", "tool": "ga4", "source": "example.net", "visits": visits}
    return domain | fixed | lasts | {"breakdown": " ".join(["source", *told])} | told


@pytest.mark.parametrize(
    ("given_rows", "expected"),
    [
        ([report(1, 28, 9), report(15, 42, 10)], 10),
        ([report(1, 30, 9), report(15, 42, 10)], 9),
        ([report(1, 28, 9), report(29, 56, 10)], 19),
        ([report(1, 28, 9), report(1, 28, 11)], 11),
        ([report(1, 28, 9, landing_page="/a"), report(1, 28, 4, landing_page="/b")], 13),
        ([report(1, 28, 9), report(1, 28, 9, medium="referral")], 9),
        ([report(1, 28, 9, medium="referral"), report(1, 28, 4, medium=None)], 13),
        ([report(1, 28, 9, content="top"), report(1, 28, 4, content="foot")], 13),
        ([report(None, None, 50), report(1, 28, 9)], 9),
        ([report(None, None, 50), report(None, None, 40)], 50),
        ([report(1, 30, 9), report(3, 3, 2), report(31, 31, 4)], 13),
    ],
)
def test_what_overlapping_exports_report_counts_once(
    tmp_path: Path, given_rows: list[dict[str, Any]], expected: float
) -> None:
    for number, order in enumerate((given_rows, given_rows[::-1])):
        with Lake.create(tmp_path / str(number)) as lake:
            lake.save_site(SITE)
            _put_links(lake)
            _put_facts(lake, "traffic_reports", order)
            run(lake, stages=(build.LEDGER,))
            with lake.snapshot() as snapshot:
                found = snapshot.rows(
                    "/* test.reported */ SELECT source_domain, reported_visits FROM ledger "
                    "WHERE reported_visits IS NOT NULL"
                )
        assert found == [{"source_domain": "example.net", "reported_visits": expected}]


def _put_facts(lake: Lake, table: str, given_rows: list[dict[str, Any]]) -> None:
    """Each row by an import of its own, in this order."""
    numbered = [
        row | {"row_id": _digest(row), "import_id": number}
        for number, row in enumerate(given_rows, 1)
    ]
    swap_in(lake, {table: rows(table, *numbered)}, "example.com", table)


def _digest(row: dict[str, Any]) -> bytes:
    return blake2b(repr(sorted(row.items(), key=str)).encode(), digest_size=16).digest()


def agreement(**told: Any) -> dict[str, Any]:
    """A placement on the page of `NEWS`."""
    page = {name: NEWS[name] for name in schema.PLACEMENTS.names if name in NEWS}
    fixed = {"site": "example.com", "live_url": NEWS["source_url"], "day": date(2026, 10, 1)}
    return page | fixed | {"cost": 100.0, "currency": "EUR", "owner": "Max", "code": "n1"} | told


@pytest.mark.parametrize(
    ("corrected", "expected"),
    [
        (agreement(cost=150.0, owner="Eva"), (150, "Eva")),
        (agreement(cost=50.0, owner="Eva", day=date(2026, 10, 2)), (50, "Eva")),
        (agreement(cost=50.0, owner="Eva"), (50, "Eva")),
        (agreement(owner=None), (100, None)),
        (agreement(code="N1", cost=99.0), (99, "Max")),
    ],
)
def test_a_placement_told_twice_is_one(
    tmp_path: Path, corrected: dict[str, Any], expected: tuple[float, str]
) -> None:
    later_day = corrected["day"] > agreement()["day"]
    orders = ([agreement(), corrected], [corrected, agreement()])
    for number, order in enumerate(orders[: 1 + later_day]):
        with Lake.create(tmp_path / str(number)) as lake:
            lake.save_site(SITE)
            _put_links(lake)
            _put_facts(lake, "placements", order)
            run(lake, stages=(build.LEDGER,))
            with lake.snapshot() as snapshot:
                declared = snapshot.rows(
                    "/* test.declared */ SELECT cost, owner, placement_id FROM ledger "
                    "WHERE placement_id IS NOT NULL"
                )
                spoken = snapshot.rows(Model("backref.visits", "sheet.sql"), until_day=None)
        assert [(row["cost"], row["owner"]) for row in declared] == [expected]
        assert [row["row_id"] for row in spoken] == [declared[0]["placement_id"]]


def test_a_month_is_measured_before_the_loss(ledger: list[dict[str, Any]]) -> None:
    """40 visits in the 57 days of log up to the loss, and 8 in the whole log of 60 days."""
    assert of(ledger, GONE)["monthly_visits"] == pytest.approx(40 * 30 / 57, abs=1e-6)
    assert of(ledger, NEWS)["monthly_visits"] == pytest.approx(8 * 30 / 60)


def test_search_shares_sum_to_one_over_live_links(ledger: list[dict[str, Any]]) -> None:
    assert sum(row["search_share"] or 0 for row in ledger) == pytest.approx(1)
    assert of(ledger, GONE)["search_share"] == 0
    assert of(ledger, STALE)["search_share"] is None
    assert of(ledger, NEWS)["search_basis"] == "ahrefs DR"


def test_as_it_stood_then(lake: Lake) -> None:
    with lake.snapshot() as snapshot:
        then = build.rows(snapshot, "example.com", days_ago(25)).to_pylist()
    assert not [row for row in then if row["link_id"] == BLOG["link_id"]], "it began later"
    assert of(then, GONE)["state"] == of(then, REPORTED)["state"] == "live"
    assert of(then, EARLY)["state"] == "lost"
    assert of(then, GONE)["visits"] == 0
    assert of(then, GONE)["search_share"] > 0
    assert sum(row["search_share"] or 0 for row in then) == pytest.approx(1)


def test_without_any_log_nothing_is_measurable(tmp_path: Path) -> None:
    with Lake.create(tmp_path / "store") as lake:
        lake.save_site(SITE)
        _put_links(lake)
        run(lake, stages=(build.LEDGER,))
        with lake.snapshot() as snapshot:
            found = snapshot.rows("select visits, not_measurable from ledger /* test.no_log */")
    assert {(row["visits"], row["not_measurable"]) for row in found} == {(None, "no log")}


def test_a_link_that_stood_on_no_day_with_a_log_is_not_measurable(lake: Lake) -> None:
    """A log of the last ten days, and one that ends forty days ago."""
    held = {
        name: link(
            f"https://blog.example.org/{name}",
            state="lost",
            first_seen_lo=days_ago(first),
            lost_hi=days_ago(lost),
        )
        for name, first, lost in (("between", 30, 20), ("earlier", 50, 20), ("later", 30, 5))
    }
    days = "/* t.t */ select * from log_days where day < $gone or day > $back"
    with lake.snapshot() as snapshot:
        log = snapshot.table(days, gone=days_ago(40).date(), back=days_ago(10).date())
        known = {"links": rows("links", *held.values()), "log_days": log}
        found = build.rows(snapshot, SITE.name, known=known).to_pylist()
    told = {name: of(found, row)["not_measurable"] for name, row in held.items()}
    assert told == {"between": "no log", "earlier": None, "later": None}
    assert of(found, held["between"])["visits"] is None
    assert of(found, held["later"])["visits"] == 0


def test_only_what_a_site_depends_on_rebuilds_it(lake: Lake) -> None:
    assert run(lake, stages=(build.LEDGER,)) == 0


def test_a_rebuild_gives_the_same_digest(lake: Lake) -> None:
    with lake.snapshot() as snapshot:
        once, again = (build.build(snapshot, "example.com")["ledger"] for _ in range(2))
        stored = snapshot.table("select * from ledger /* test.ledger */").select(once.column_names)
    assert once.equals(again)
    assert stored.to_pylist() == once.to_pylist()


def _put_links(lake: Lake) -> None:
    by_bucket: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for known in (NEWS, BLOG, GONE):
        by_bucket[url.bucket(known["target_domain"])].append(known)
    for name, held in by_bucket.items():
        swap_in(lake, {"links": rows("links", *held)}, name, "by hand")


way = st.tuples(st.sampled_from([NEWS, BLOG, OWN, None]), st.sampled_from(OUTSIDE[:-1]))
visit = st.tuples(
    st.sampled_from([1, 30, 59]),
    st.sampled_from(["person", "person", "bot"]),
    st.lists(way, min_size=1, max_size=5),
)


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with Lake.create(tmp_path_factory.mktemp("random") / "store") as made:
        made.save_site(SITE)
        _put_links(made)
        yield made


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(visits=st.lists(visit, max_size=12))
def test_any_visits_add_up_and_none_counts_twice(linked: Lake, visits: list[Any]) -> None:
    """The ledger's visits are the persons' sessions, whatever shares and links they have."""
    made = Visits()
    for ago, verdict, ways in visits:
        share = 1 / len(ways)
        shared = [
            (certainty if link else "host", link, share) for link, certainty in ways
        ]  # fmt: skip
        made.add(ago, "news.example.net", shared, verdict=verdict)
    for ago in (1, 30, 59):
        day = days_ago(ago).date()
        held = rows("visit_links", *made.visit_links.get(day, []))
        swap_in(linked, {"visit_links": held}, f"example.com/{day}", "random")
    run(linked, stages=(VISIT_SUMS,))
    with linked.snapshot() as snapshot:
        found = build.rows(snapshot, "example.com").to_pylist()
    people = [ways for _, verdict, ways in visits if verdict == "person"]
    news = sum(Fraction(1, len(ways)) for ways in people for link, _ in ways if link is NEWS)
    assert sum(row["visits"] or 0 for row in found) == pytest.approx(len(people), abs=1e-4)
    assert of(found, NEWS)["visits"] == pytest.approx(float(news), abs=1e-4) if news else True
