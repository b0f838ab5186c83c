"""Logs whose format tells no referrers: what came through links is not known, and never zero."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from links_facts import observation as seen
from links_facts import store as store_links
from log_lines import line

from backref.ingest import import_inputs
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord
from backref.pipeline import run
from backref.sources import w3clog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINE = '192.0.2.{} - - [{:02}/Nov/2026:{:02}:00:00 +0000] "GET {} HTTP/1.1" 200 512'
AGENT = "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36"
W3C = (
    "#Fields: date time c-ip cs-method cs-uri-stem sc-status{}\n2026-11-{:02} 10:00:00 {} GET / 200"
)


def common(client: int, day: int, page: str = "/") -> str:
    return LINE.format(client, day, client, page) + "\n"


def combined(client: int, day: int, referrer: str = "-") -> str:
    return LINE.format(client, day, client, "/") + f' "{referrer}" "{AGENT}"\n'


def filled(folder: Path, *logs: str) -> Lake:
    lake = Lake.create(folder / "store")
    lake.save_site(SiteRecord("example.com"))
    to, first = "https://example.com/", datetime(2026, 11, 1, tzinfo=UTC)
    since = {"observed_lo": first, "observed_hi": first}
    store_links(lake, [seen("https://blog.test/one", to, site="example.com", **since)])
    for number, text in enumerate(logs):
        path = folder / f"{number}.log"
        path.write_text(text)
        for report in import_inputs(lake, [str(path)], site="example.com"):
            assert report.stored == report.read
    run(lake)
    return lake


@pytest.fixture
def told(tmp_path) -> Iterator[object]:
    opened: list[Lake] = []

    def rows(query: str, *logs: str) -> list[dict[str, object]]:
        if not opened:
            opened.append(filled(tmp_path, *logs))
        with opened[0].snapshot() as snapshot:
            return snapshot.rows(f"/* test.rows */ {query}")

    yield rows
    for lake in opened:
        lake.close()


VISITS = """
    select s.channel, s.origin, v.certainty from sessions as s
    inner join visit_links as v on v.session_id = s.session_id order by s.started, s.channel
"""
UNKNOWN = ("Unknown", "not logged", "not logged")


def test_a_visit_of_such_a_log_is_unknown_unless_a_tag_tells(told):
    log = common(1, 9) + common(2, 9, "/?utm_source=letter&utm_medium=email") + common(3, 9)
    visits = [tuple(row.values()) for row in told(VISITS, log)]
    assert visits == [UNKNOWN, ("Email", "tag", "none"), UNKNOWN]
    (link,) = told("select visits, not_measurable from ledger")
    assert link == {"visits": None, "not_measurable": "no referrers"}
    assert told("select day, without_referrers from log_days") == [
        {"day": date(2026, 11, 9), "without_referrers": True}
    ]


def test_a_day_of_both_kinds_of_log_is_measured(told):
    logs = common(1, 9) + common(2, 10), combined(3, 10, "https://blog.test/") + combined(4, 10)
    visits = [tuple(row.values()) for row in told(VISITS, *logs)]
    assert visits == [
        UNKNOWN,
        UNKNOWN,
        ("Referral", "referrer", "only candidate"),
        ("Direct", "none", "none"),
    ]
    assert told("select distinct verdict from sessions") == [{"verdict": "person"}]
    days = told("select day, without_referrers from log_days order by day")
    assert [row["without_referrers"] for row in days] == [True, False]
    (link,) = told("select visits, not_measurable, monthly_visits from ledger")
    assert (link["visits"], link["not_measurable"]) == (1.0, None)


@pytest.mark.parametrize("text", [line().decode(), line(referrer="").decode()])
def test_a_log_that_could_have_told_says_that_none_was_sent(told, text):
    (hit,) = told("select without_referrers, referrer_host from hits", text)
    assert hit == {"without_referrers": False, "referrer_host": None}


def test_a_w3c_log_is_judged_line_by_line(told):
    logs = W3C.format("", 9, "192.0.2.1") + "\n" + W3C.format(" cs(Referer)", 10, "192.0.2.2")
    logs += " -\n"
    assert w3clog.is_extended(logs.encode().splitlines())
    days = told("select day, without_referrers from log_days order by day", logs)
    assert [row["without_referrers"] for row in days] == [True, False]
