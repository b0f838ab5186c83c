"""`backref engagement`: the same hits under several definitions, grouped and added up."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from backref.errors import UsageError
from backref.faces import cli
from backref.faces.query import Site, open_store
from backref.visits.definitions import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINE = (
    '192.0.2.{who} - - [{day}/Nov/2026:{at} +0000] "GET {path} HTTP/1.1" 200 512 '
    '"{referrer}" "Mozilla/5.0 (X11; Linux x86_64; rv:{who}.0) Gecko/20100101 Firefox/1{who}.0"\n'
)
PARTS = (
    '192.0.2.{who} - - [{day}/Nov/2026:{at} +0000] "GET /a.css HTTP/1.1" 200 512 '
    '"-" "Mozilla/5.0 (X11; Linux x86_64; rv:{who}.0) Gecko/20100101 Firefox/1{who}.0"\n'
)
NEWS, FORUM = "https://news.example.net/", "https://forum.example.net/"
VIEWS = [
    (41, 20, "10:50:00", "/", NEWS),
    (41, 20, "11:10:00", "/a", "https://example.com/"),
    (41, 20, "11:20:00", "/a?utm_source=letter&utm_medium=email", "-"),
    (42, 20, "23:50:00", "/", FORUM),
    (42, 21, "00:10:00", "/thanks", "https://example.com/"),
    (43, 21, "09:00:00", "/", NEWS),
]
BACKLINKS = (
    "Referring page title,Referring page URL,Domain rating,Target URL,Anchor,First seen,Last seen\n"
    "News,https://news.example.net/post,40,https://example.com/,here,2026-01-01,2026-11-22\n"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("engagement")
    log = folder / "access.log"
    told = [dict(zip(("who", "day", "at", "path", "referrer"), row, strict=True)) for row in VIEWS]
    log.write_text("".join(line.format(**row) for row in told for line in (LINE, PARTS)))
    links = folder / "links.csv"
    links.write_text(BACKLINKS)
    for arguments in (
        ["init", "example.com", "--goal", "/thanks"],
        ["import", str(log), str(links)],
    ):
        run([*arguments, "--store", str(folder / "store")])
    return folder / "store"


@pytest.fixture
def site(store: Path) -> Iterator[Site]:
    with open_store(store) as opened:
        yield opened.site()


def run(arguments: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["backref", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
    assert not end.value.code


def test_one_row_for_each_definition(site: Site) -> None:
    rows = {row.definition: row for row in site.engagement()}
    assert list(rows) == list(DEFINITIONS)
    assert {name: row.visits for name, row in rows.items()} == {
        "backref": 4,  # the letter began another visit
        "ga4": 3,
        "matomo": 5,  # so did midnight
        "plausible": 3,
        "umami": 5,  # so did eleven o'clock, and the letter did not
    }
    assert {row.views for row in rows.values()} == {6}
    ga4, matomo = rows["ga4"], rows["matomo"]
    assert (ga4.engaged_visits, ga4.bounced_visits, ga4.bounce_rate) == (2, 1, round(1 / 3, 9))
    assert (ga4.seconds, ga4.pages_per_visit) == ((1800 + 1200 + 0) / 3, 2)
    assert (matomo.engaged_visits, matomo.bounced_visits, matomo.seconds) == (None, 4, 1200 / 5)
    assert rows["backref"].seconds == 1200, "visits of one view say nothing of their duration"
    assert {row.conversions for row in rows.values()} == {1}


def test_the_own_definition_is_what_the_sessions_hold(site: Site) -> None:
    (row,) = site.engagement(definition="backref")
    told = site.view.snapshot.rows("/* tests.sessions */ SELECT * FROM sessions")
    assert row.visits == len(told)
    assert row.engaged_visits == sum(one["engaged"] for one in told)
    assert row.views == sum(one["views"] for one in told)


@pytest.mark.parametrize("by", ["channel", "source", "page", "link"])
def test_every_grouping_adds_up_to_the_same(site: Site, by: str) -> None:
    whole = {row.definition: row for row in site.engagement()}
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in site.engagement(by=by):
        for name in ("visits", "bounced_visits", "views", "conversions"):
            sums[row.definition][name] += getattr(row, name)
    for definition, found in sums.items():
        for name, total in found.items():
            assert total == pytest.approx(getattr(whole[definition], name), abs=1e-5)


def test_what_visits_are_grouped_by(site: Site) -> None:
    def visits(**asked: Any) -> dict[str, float]:
        return {row.group: row.visits for row in site.engagement(**asked)}

    assert visits(by="channel", definition="backref") == {"Referral": 3, "Email": 1}
    assert visits(by="source", definition="matomo") == {
        "example.net": 3,
        "letter": 1,
        "(direct)": 1,
    }
    assert visits(by="source", definition="ga4") == {"example.net": 3}, "the entry's source stays"
    assert visits(by="page", definition="umami") == {"/": 3, "/a": 1, "/thanks": 1}
    links = visits(by="link", definition="plausible")
    assert links["news.example.net/post -> example.com"] == 2
    assert links["(host)"] == 1


def test_a_span_takes_the_visits_that_began_in_it(site: Site) -> None:
    (row,) = site.engagement(since="2026-11-21", definition="plausible")
    assert row.visits == 1
    assert site.engagement(since="2026-11-22") == []


def test_the_command_says_what_a_log_cannot_tell(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["engagement", "--definition", "matomo", "--store", str(store)])
    shown = capsys.readouterr()
    assert "matomo" in shown.out
    assert "leaves no request in a log" in shown.err
    run(["engagement", "--definition", "matomo", "--json", "--store", str(store)])
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert row["engaged_visits"] is None
    assert row["not_measurable"]["engaged_visits"] == "Matomo has no such measure"


def test_a_wrong_request_says_what_there_is(site: Site) -> None:
    with pytest.raises(UsageError, match="choose one of channel, source, page, link"):
        site.engagement(by="colour")
